import { margin, shortened } from '../text/line.ts';

/** Exit codes of every command, documented in docs/commands.md. Nx flattens every failure to 1. */
export const exits = {
  ok: 0,
  failed: 1,
  usage: 2,
  differs: 3,
  refused: 4,
  unreachable: 5,
  interrupted: 130,
} as const;

export type Exit = keyof typeof exits;

export interface ErrorEntry<Facts> {
  exit: Exit;
  /** What was found, and what was not done. One or more lines. */
  say: (facts: Facts) => string;
  /** Commands or edits that lead out, most likely first. */
  next: (facts: Facts) => string[];
}

/** One refusal or failure. */
export const entry = <Facts>(
  exit: Exit,
  say: (facts: Facts) => string,
  next: (facts: Facts) => string[] = () => [],
): ErrorEntry<Facts> => ({ exit, say, next });

/** Names, each on a line of its own. */
export const list = (names: readonly string[]): string => names.map((name) => `\n  ${name}`).join('');

/** As much of a statement as a message has room for. */
export const excerpt = (sql: string): string => margin(shortened(sql, 200));

/** A word as a shell takes it; in double quotes where it has single ones, and nothing that those would expand. */
export const shellWord = (text: string): string => {
  if (/^[\p{L}\p{N}_.,:@%+=/-]+$/u.test(text)) return text;
  if (text.includes("'") && !/["$`\\!]/.test(text)) return `"${text}"`;
  return `'${text.replaceAll("'", `'\\''`)}'`;
};

export { typed } from './typed.ts';
