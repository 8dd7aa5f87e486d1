/** A table of a page; the first row is its head, and columns whose numbers are in `right` end alike. */
export const markdownTable = (rows: readonly (readonly string[])[], right: readonly number[] = []): string => {
  const [head = [], ...body] = rows;
  return [head, head.map((_, at) => (right.includes(at) ? '--:' : '---')), ...body]
    .map((cells) => `| ${cells.map(cell).join(' | ')} |`)
    .join('\n');
};

/** A text that may stand in a cell. */
const cell = (text: string): string => text.replaceAll(/(?<!\\)\|/g, '\\|').replaceAll(/\n\s*/g, '<br>');
