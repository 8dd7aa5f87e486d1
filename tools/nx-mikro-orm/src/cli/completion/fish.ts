import { shellQuoted, type CommandWord } from './words.ts';

const ofCommand = ({ word, help, takesRevision, options }: CommandWord): string =>
  [
    `complete -c nx-mikro-orm -n __nx_mikro_orm_no_command -a ${word} -d ${shellQuoted(help)}`,
    ...options.map(
      (option) =>
        `complete -c nx-mikro-orm -n '__nx_mikro_orm_in ${word}' -l ${option.word.slice(2)}${option.takesText ? ' -r' : ''} -d ${shellQuoted(option.help)}`,
    ),
    ...(takesRevision
      ? [
          `complete -c nx-mikro-orm -n '__nx_mikro_orm_in ${word}' -a '(nx-mikro-orm completion revisions 2>/dev/null; or npx --no nx-mikro-orm completion revisions 2>/dev/null)'`,
        ]
      : []),
  ].join('\n');

/** The script that fish reads. It completes nx-mikro-orm, and that behind npx. */
export const fishScript = (
  words: readonly CommandWord[],
): string => `# Completion of nx-mikro-orm for fish. In ~/.config/fish/config.fish:
#   npx nx-mikro-orm completion fish | source
function __nx_mikro_orm_words
    commandline -opc | string match -v -r '^-|(^|/)(npx|nx-mikro-orm)$'
end
function __nx_mikro_orm_no_command
    test (count (__nx_mikro_orm_words)) -eq 0
end
function __nx_mikro_orm_in
    set -l words (__nx_mikro_orm_words)
    test (count $words) -ge 1; and test $words[1] = $argv[1]
end
function __nx_mikro_orm_behind_npx
    set -l words (commandline -opc)
    test (count $words) -ge 2; and test $words[2] = nx-mikro-orm
end
complete -c nx-mikro-orm -f
${words.map(ofCommand).join('\n')}
complete -c npx -n __nx_mikro_orm_behind_npx -f -a '(complete -C "nx-mikro-orm "(string join " " (commandline -opc)[3..-1] (commandline -ct)))'
`;
