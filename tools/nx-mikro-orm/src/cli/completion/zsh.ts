import { shellQuoted, type CommandWord, type OptionWord } from './words.ts';

/** `_describe` splits a word from its help at a colon. */
const described = ({ word, help }: { word: string; help: string }): string => shellQuoted(`${word}:${help}`);

const caseOf = ({ word, takesRevision, options }: CommandWord): string =>
  `    ${word})
      options=(${options.map((option: OptionWord) => described(option)).join(' ')})
      revisions=${takesRevision ? 'yes' : "''"} ;;`;

/** The script that zsh reads. It completes nx-mikro-orm, also behind npx. */
export const zshScript = (words: readonly CommandWord[]): string => `#compdef nx-mikro-orm
# Completion of nx-mikro-orm for zsh. In ~/.zshrc, after compinit:
#   source <(npx nx-mikro-orm completion zsh)
_nx_mikro_orm() {
  local at=1 revisions=''
  local -a options
  while (( at < CURRENT )) && [[ \${words[at]:t} != nx-mikro-orm ]]; do (( at += 1 )); done
  if (( at == CURRENT )); then _default; return; fi
  if (( CURRENT == at + 1 )); then
    options=(${words.map(described).join(' ')})
    _describe command options
    return
  fi
  case \${words[at + 1]} in
${words.map(caseOf).join('\n')}
  esac
  if [[ $PREFIX == -* ]]; then
    _describe option options
  elif [[ -n $revisions ]]; then
    options=(\${(f)"$("\${(@)words[1,at]}" completion revisions 2>/dev/null)"})
    compadd -a options
  else
    _default
  fi
}
compdef _nx_mikro_orm nx-mikro-orm
(( \${+_comps[npx]} )) || compdef _nx_mikro_orm npx
`;
