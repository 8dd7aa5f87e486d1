/** Texts of other programs, cut to what one line can hold and is the same in every run. */

const longest = 260;

/** One line, without the names of throw-away databases and folders. */
export function oneLine(text: string): string {
  const line = text
    .replaceAll(/(?:file:\/\/)?\/\S*\.nx-mikro-orm\/stock\/\S*/g, 'the migration')
    .replaceAll(/test_\d+_[0-9a-f]{10}/g, 'the database')
    .replaceAll(/Migration\d{14}/g, 'Migration')
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim();
  const letters = Array.from(line);
  return letters.length > longest ? `${letters.slice(0, longest).join('')}…` : line;
}

/** What the server said, or whoever else failed: the first line of it. */
export const wordsOf = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error);
  return oneLine(text.split('\n').find((line) => line.trim() !== '') ?? 'no reason given');
};
