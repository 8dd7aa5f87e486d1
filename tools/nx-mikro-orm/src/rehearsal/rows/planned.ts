import { columnKey } from './classes.ts';
import type { Offer } from './offers.ts';
import type { FillPlan, Rows, FillUnit } from './plan.ts';
import type { Reference, RowTable } from './table.ts';
import type { Groups } from './units.ts';

/** Rows that a table gets where nothing asks for more, and the most that it gets for combinations that should all occur. */
const fewest = 8;
const mostCombinations = 20;

export interface Choices {
  offers: ReadonlyMap<string, Offer>;
  groups: Groups;
  /** Of the tables that have been filled, by id. */
  rows: ReadonlyMap<number, Rows>;
  /** One row of each table has as few values as it may. */
  isSparse: boolean;
}

/** What rows of this table are chosen from, now that the tables it references have theirs. */
export function fillPlanFor(table: RowTable, { offers, groups, rows, isSparse }: Choices): FillPlan {
  const grouped = groups.get(table) ?? [];
  const inGroups = new Set(grouped.flatMap(({ unit }) => unit.columns));
  const all = table.columns.flatMap(({ name }) => offers.get(columnKey(table, name)) ?? []);
  const nullable = new Set(all.filter(({ mayBeNull }) => mayBeNull).map(({ column }) => column.name));
  // What references a table whose turn comes later takes what that one will have.
  const isKnown = ({ columns, to }: Reference) =>
    (to === table.id || rows.has(to)) && columns.every((name) => offers.has(columnKey(table, name)));
  const references = table.references
    .filter(isKnown)
    .toSorted((a, b) => b.columns.length - a.columns.length)
    .map((reference) => referring(table, reference, nullable, rows));
  const singles = all.filter(({ column }) => !inGroups.has(column.name)).map(single);
  const wanted = [...all.map(wantedFor), ...grouped.map(({ every }) => Math.min(every, mostCombinations))];
  return {
    table,
    units: [...references, ...grouped.map(({ unit }) => unit), ...singles],
    rows: Math.max(fewest, ...wanted),
    left: table.references.filter((reference) => !isKnown(reference) || reference.to === table.id),
    isSparse,
  };
}

function referring(
  table: RowTable,
  reference: Reference,
  nullable: ReadonlySet<string>,
  rows: Choices['rows'],
): FillUnit {
  const { columns, to, toColumns, full } = reference;
  const free = columns.filter((name) => nullable.has(name));
  const tuples = (to === table.id ? [] : (rows.get(to)?.all ?? []))
    .map((row) => toColumns.map((column) => row.get(column)))
    .filter((tuple): tuple is string[] => tuple.every((value) => typeof value === 'string'));
  return {
    columns,
    tuples,
    nullable: full && free.length < columns.length ? [] : free,
    reference: { own: to === table.id ? toColumns : undefined },
    strict: true,
  };
}

const single = ({ column, values, mayBeNull, strict }: Offer): FillUnit => ({
  columns: [column.name],
  tuples: values.map((value) => [value]),
  nullable: mayBeNull ? [column.name] : [],
  strict,
  ...(values.length === 0 && column.hasDefault && { byDefault: true as const }),
});

/** One row is for what is null, and the value that it would have had comes round again. */
const wantedFor = ({ every, mayBeNull }: Offer): number => (every > 0 && mayBeNull ? every + 2 : every);
