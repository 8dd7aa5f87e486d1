/** Columns that hold the same values because one references the other: they are given them from one list. */
import type { RowTable } from './table.ts';

export const columnKey = (table: { id: number }, column: string): string => `${table.id} ${column}`;

/** For every column of the tables, the keys of all columns that it is tied to, itself among them. */
export function classesOf(tables: readonly RowTable[]): Map<string, string[]> {
  const classes = new Map<string, string[]>();
  for (const table of tables)
    for (const { name } of table.columns) classes.set(columnKey(table, name), [columnKey(table, name)]);
  for (const table of tables)
    for (const { columns, to, toColumns } of table.references)
      for (const [at, column] of columns.entries()) {
        const own = classes.get(columnKey(table, column));
        const other = classes.get(columnKey({ id: to }, toColumns[at] ?? ''));
        if (!own || !other || own === other) continue;
        own.push(...other);
        for (const key of other) classes.set(key, own);
      }
  return classes;
}

/**
 * Referenced tables first. In a circle, one comes first whose references may be null, so that rows can do without, or
 * else any of them.
 */
export function inOrderOfReference(tables: readonly RowTable[]): RowTable[] {
  const left = new Set(tables);
  const ids = new Set(tables.map(({ id }) => id));
  const waits = (table: RowTable, strict: boolean): boolean =>
    table.references.some(
      ({ to, columns }) =>
        to !== table.id && ids.has(to) && !(strict && columns.some((column) => mayBeNull(table, column))),
    );
  const ordered: RowTable[] = [];
  while (left.size > 0) {
    const all = [...left];
    const ready = all.filter((table) => !waits(table, false));
    const next =
      ready.length > 0
        ? ready
        : [all.find((table) => !waits(table, true)) ?? all[0]].filter((one) => one !== undefined);
    for (const table of next) {
      ordered.push(table);
      left.delete(table);
      ids.delete(table.id);
    }
  }
  return ordered;
}

const mayBeNull = (table: RowTable, column: string): boolean =>
  table.columns.some(({ name, notNull }) => name === column && !notNull);
