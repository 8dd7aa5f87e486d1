/** What a shell offers at the command line, from the table of commands. */
import type { Command } from '../commands/command.ts';
import { globals } from '../parse.ts';

/** One option as it is typed, with both dashes. */
export interface OptionWord {
  word: string;
  help: string;
  /** A text follows it. */
  takesText: boolean;
}

export interface CommandWord {
  word: string;
  help: string;
  /** Its argument is a revision of the project. */
  takesRevision: boolean;
  options: OptionWord[];
}

/** Names that arguments have where a revision is meant. */
const ofRevisions = new Set(['target', 'revision', 'revisions']);

/** Every command with its options, those of every command last. */
export const commandWords = (table: Record<string, Command>): CommandWord[] =>
  Object.entries(table).map(([name, { summary, argument, options }]) => ({
    word: name,
    help: summary,
    takesRevision: ofRevisions.has(argument?.name ?? ''),
    options: Object.entries({ ...options, ...globals }).map(([option, { help, type }]) => ({
      word: `--${option}`,
      help,
      takesText: type === 'string',
    })),
  }));

/** A text in single quotes, as bash, zsh and fish read it. */
export const shellQuoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
