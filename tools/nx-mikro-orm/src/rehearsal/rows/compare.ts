/** What became of rows and values between two readings. Pure. */
import { columnAfter, tableAfter, valueAfter, type RenamedThing } from './names.ts';
import { pairRows } from './pair.ts';
import type { HeldRows, HeldColumn, Reading } from './read.ts';
import { sameTable, type TableName } from './table.ts';

export interface Comparison {
  tables: TableComparison[];
  /** Tables that only the later reading has. */
  come: TableName[];
}

export interface TableComparison {
  table: TableName;
  /** What it is called afterwards; undefined where it is gone. */
  now: TableName | undefined;
  rows: number;
  /** Rows that are not there any more, and rows that nobody had put there. */
  lost: number;
  come: number;
  /** Those of before, in their order. */
  columns: ColumnComparison[];
}

export interface ColumnComparison {
  before: HeldColumn;
  /** Undefined where it is gone. */
  after: HeldColumn | undefined;
  /** Rows in which the value is what it was, or what it is called now. */
  same: number;
  /** Labels that are called otherwise, as in the list of names. */
  renamed: RowChange[];
  differs: RowChange[];
}

/** A value before and after. */
export type RowChange = readonly [old: string | null, now: string | null];

/**
 * `names` says what is called otherwise afterwards; what it does not mention has the same name. `tells` is whether a column of a
 * key says which row is which: one whose values began anew may hold another row's by chance.
 */
export function compareRows(
  before: Reading,
  after: Reading,
  names: readonly RenamedThing[] = [],
  tells: (table: TableName, column: string) => boolean = () => true,
): Comparison {
  const found = new Set<HeldRows>();
  const tables = before.map((held) => {
    const name = tableAfter(held, names);
    const now = after.find((one) => sameTable(one, name));
    if (now) found.add(now);
    return compareTable(held, now, names, tells);
  });
  const come = after.filter((one) => !found.has(one)).map(({ schema, name }) => ({ schema, name }));
  return { tables, come };
}

function compareTable(
  held: HeldRows,
  now: HeldRows | undefined,
  names: readonly RenamedThing[],
  tells: (table: TableName, column: string) => boolean,
): TableComparison {
  const table = { schema: held.schema, name: held.name };
  const columns = held.columns.map((before, place) => {
    const name = columnAfter(table, before.name, names);
    const at = now?.columns.findIndex((one) => one.name === name) ?? -1;
    return { before, place, at, after: now?.columns[at], expected: valueAfter(before.values, names) };
  });
  if (!now)
    return {
      table,
      now: undefined,
      rows: held.rows.length,
      lost: held.rows.length,
      come: 0,
      columns: columns.map(({ before }) => ({ before, after: undefined, same: 0, renamed: [], differs: [] })),
    };
  const shared = columns.filter(({ after }) => after);
  const expectedOf = ({ place, expected }: (typeof columns)[number], row: HeldRows['rows'][number]): string | null => {
    const value = row[place] ?? null;
    return value === null ? null : expected(value);
  };
  const { pairs, lost, come } = pairRows(
    held.rows.map((row) => shared.map((column) => expectedOf(column, row))),
    now.rows.map((row) => shared.map(({ at }) => row[at] ?? null)),
    shared.flatMap(({ before }, at) => (before.inKey && tells(table, before.name) ? [at] : [])),
  );
  return {
    table,
    now: { schema: now.schema, name: now.name },
    rows: held.rows.length,
    lost: lost.length,
    come: come.length,
    columns: columns.map((column): ColumnComparison => {
      const result: ColumnComparison = {
        before: column.before,
        after: column.after,
        same: 0,
        renamed: [],
        differs: [],
      };
      for (const [one, other] of column.after ? pairs : []) {
        const row = held.rows[one] ?? [];
        const old = row[column.place] ?? null;
        const value = now.rows[other]?.[column.at] ?? null;
        if (value !== expectedOf(column, row)) result.differs.push([old, value]);
        else result.same += 1;
        if (value !== old && value === expectedOf(column, row)) result.renamed.push([old, value]);
      }
      return result;
    }),
  };
}
