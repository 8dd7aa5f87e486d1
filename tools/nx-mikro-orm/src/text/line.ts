import widthOf from 'fast-string-width';

/** A text on one line: no line ends, no runs of blanks. */
export const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** What an error says in its first line. */
export const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

/** The beginning of a text, of at most so many characters; what ends in `…` is not all of it. */
export const shortened = (text: string, most: number): string =>
  text.length > most ? `${withoutHalf(text.slice(0, most - 1))}…` : text;

/** A text that was cut, without the first half of a character that takes two units. */
const withoutHalf = (text: string): string => text.replace(/[\ud800-\udbff]$/, '');

/** A text in lines of at most so many columns of a terminal, broken between words. */
export function wrapped(text: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : undefined;
    if (longer !== undefined && widthOf(longer) <= most) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** A statement or an output within a message: each of its lines behind a bar. */
export const margin = (text: string): string =>
  text
    .split('\n')
    .map((line) => `  | ${line}`)
    .join('\n');
