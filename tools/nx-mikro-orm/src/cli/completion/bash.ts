import { shellQuoted, type CommandWord } from './words.ts';

const caseOf = ({ word, takesRevision, options }: CommandWord): string =>
  `    ${word}) options=${shellQuoted(options.map((option) => option.word).join(' '))}${takesRevision ? ' revisions=yes' : ''} ;;`;

/** The script that bash reads. It completes nx-mikro-orm, and npx where nothing else does. */
export const bashScript = (
  words: readonly CommandWord[],
): string => `# Completion of nx-mikro-orm for bash. In ~/.bashrc:
#   source <(npx nx-mikro-orm completion bash)
_nx_mikro_orm() {
  local word=\${COMP_WORDS[COMP_CWORD]} at=0 options='' revisions=''
  COMPREPLY=()
  while (( at < COMP_CWORD )) && [[ \${COMP_WORDS[at]##*/} != nx-mikro-orm ]]; do (( at += 1 )); done
  (( at == COMP_CWORD )) && return
  if (( COMP_CWORD == at + 1 )); then
    COMPREPLY=($(compgen -W ${shellQuoted(words.map(({ word }) => word).join(' '))} -- "$word"))
    return
  fi
  case \${COMP_WORDS[at + 1]} in
${words.map(caseOf).join('\n')}
  esac
  if [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$word"))
  elif [[ $revisions ]]; then
    COMPREPLY=($(compgen -W "$("\${COMP_WORDS[@]:0:at+1}" completion revisions 2>/dev/null)" -- "$word"))
  fi
}
complete -o default -F _nx_mikro_orm nx-mikro-orm
complete -p npx &>/dev/null || complete -o default -F _nx_mikro_orm npx
`;
