import widthOf from 'fast-string-width';

/** A column of a table; those that do not fit a narrow terminal are left out, from the right. */
export interface TextColumn<Row> {
  title: string;
  of: (row: Row) => string;
  /** Numbers. */
  right?: boolean;
  /** May be cut, down to this many columns of the terminal. */
  least?: number;
}

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
  const sizes = widest(table);
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

/** Rows of cells as lines, each column as wide as its widest cell; those whose numbers are in `right` end alike. */
export function aligned(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const sizes = widest(rows);
  return rows.map((row) =>
    row
      .map((cell, at) => fitted(cell, sizes[at] ?? 0, right.includes(at)))
      .join(gap)
      .trimEnd(),
  );
}

const widest = (rows: readonly (readonly string[])[]): number[] =>
  Array.from({ length: Math.max(0, ...rows.map(({ length }) => length)) }, (_, at) =>
    Math.max(...rows.map((row) => widthOf(row[at] ?? ''))),
  );

/** A cell that is as wide as it has to be on a terminal, where a Chinese character takes two columns. */
function fitted(text: string, to: number, right = false): string {
  const room = to - widthOf(text);
  if (room < 0) return fitted(cut(text, to), to);
  return right ? ' '.repeat(room) + text : text + ' '.repeat(room);
}

/** The beginning of a text that is too wide, in whole characters, and `…`. */
function cut(text: string, to: number): string {
  let shown = '';
  let room = to - 1;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    room -= widthOf(segment);
    if (room < 0) break;
    shown += segment;
  }
  return `${shown}…`;
}
