/** A column of a table; those that do not fit a narrow terminal are left out, from the right. */
export interface TextColumn<Row> {
  title: string;
  of: (row: Row) => string;
  /** Numbers. */
  right?: boolean;
  /** May be cut, down to this many characters. */
  least?: number;
}

const size = (text: string): number => Array.from(text).length;
const gap = '  ';

/**
 * Rows as lines. On a terminal of `width` columns they stand in columns, and the longest is cut; without one, each line is
 * its cells with two spaces between them, whole, so that grep finds what it looks for.
 */
export function textTable<Row>(
  rows: readonly Row[],
  all: readonly TextColumn<Row>[],
  width: number | undefined,
): string[] {
  const cells = rows.map((row) => all.map(({ of }) => of(row)));
  if (width === undefined) return cells.map((line) => line.filter((text) => text !== '').join(gap));
  const table = [all.map(({ title }) => title), ...cells];
  const sizes = all.map((_, at) => Math.max(...table.map((line) => size(line[at] ?? ''))));
  const kept = all.filter((_, at) => cells.some((line) => line[at] !== ''));
  const total = () => kept.reduce((sum, column) => sum + (sizes[all.indexOf(column)] ?? 0) + gap.length, -gap.length);
  const elastic = all.findIndex(({ least }) => least !== undefined);
  const most = sizes[elastic] ?? 0;
  const least = Math.min(most, all[elastic]?.least ?? 0);
  while (kept.length > 1 && total() - most + least > width && !kept.at(-1)?.least) kept.pop();
  if (elastic >= 0) sizes[elastic] = Math.max(least, most - Math.max(0, total() - width));
  return table.map((line) =>
    kept
      .map((column) => {
        const at = all.indexOf(column);
        return fitted(line[at] ?? '', sizes[at] ?? 0, column.right);
      })
      .join(gap)
      .trimEnd(),
  );
}

function fitted(text: string, to: number, right = false): string {
  const room = to - size(text);
  if (room < 0)
    return `${Array.from(text)
      .slice(0, to - 1)
      .join('')}…`;
  return right ? ' '.repeat(room) + text : text + ' '.repeat(room);
}
