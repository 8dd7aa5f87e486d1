/** What a change does to the values that were there, up and down and up again. Pure. */
import type { PlainCast } from './casts.ts';
import { compareRows, type RowChange, type ColumnComparison, type TableComparison } from './compare.ts';
import type { RenamedThing } from './names.ts';
import type { HeldColumn, Reading } from './read.ts';
import { sameTable, type TableName } from './table.ts';

/** What was held before the change, after it, after it was taken back (if it can be), and after it was made again. */
export interface Readings {
  before: Reading;
  up: Reading;
  down?: Reading | undefined;
  again?: Reading | undefined;
}

export interface Survival {
  /** What was looked at. */
  tables: number;
  rows: number;
  /** What the change was meant to keep, and did not: it is wrong. */
  failures: Failure[];
  /** Columns whose type is another, or whose values somebody said what to do with. */
  changed: Changed[];
  /** What does not come back when the change is taken back. Undefined where it cannot be. */
  lost: Lost[] | undefined;
}

export interface Failure {
  stage: 'up' | 'down' | 'up again';
  /** By the names of before. */
  table: TableName;
  /** Undefined where rows are lost, or have come. */
  column?: string;
  /** Values, or rows. */
  count: number;
  what: 'values differ' | 'rows are lost' | 'rows have come' | 'the column is not there';
  example?: RowChange;
}

interface Changed {
  table: TableName;
  column: string;
  from: string;
  to: string;
  /** Values are as before; as the server's cast makes them; something else. For labels: as they were mapped. */
  up: 'same' | 'cast' | 'mapped' | 'other';
  /** A value that is not as before. */
  example?: RowChange;
  /** Whether every value comes back. Undefined where there is no way back. */
  back: boolean | undefined;
}

export interface Lost {
  table: TableName;
  /** Undefined where it is all rows of a table. */
  column?: string;
  /** Values, or rows. */
  count: number;
  example?: RowChange;
}

/** `names` says what is called otherwise after the change; `casts`, what the server makes of values by itself. */
export function survival(
  readings: Readings,
  names: readonly RenamedThing[] = [],
  casts: readonly PlainCast[] = [],
): Survival {
  const { before, down } = readings;
  const tables = tablesThrough(readings, names).map((table) => ({ table, columns: columnsThrough(table) }));
  return {
    tables: before.filter(({ rows }) => rows.length > 0).length,
    rows: before.reduce((sum, { rows }) => sum + rows.length, 0),
    failures: tables.flatMap(({ table, columns }) => [...failuresOfRows(table), ...columns.flatMap(failuresOfColumn)]),
    changed: tables.flatMap(({ columns }) => columns.flatMap((column) => changeOf(column, casts))),
    lost: down && tables.flatMap(({ table, columns }) => [...lostRows(table), ...columns.flatMap(lostValues)]),
  };
}

/** A table through all readings, each compared with the one that it has to be like. */
interface TableThrough {
  up: TableComparison;
  /** Of before with what is there when the change is taken back. */
  down: TableComparison | undefined;
  /** Of the first time up with the second one. */
  again: TableComparison | undefined;
}

function tablesThrough({ before, up, down, again }: Readings, names: readonly RenamedThing[]): TableThrough[] {
  const there = compareRows(before, up, names).tables;
  const isKept = (table: TableName, name: string) =>
    there
      .find((one) => sameTable(one.table, table))
      ?.columns.some((column) => column.before.name === name && fateOf(column) === 'kept') ?? false;
  const back = down && compareRows(before, down, [], isKept).tables;
  const repeated = again && compareRows(up, again).tables;
  return there.map((one, at) => {
    const { now } = one;
    return { up: one, down: back?.[at], again: now && repeated?.find(({ table }) => sameTable(table, now)) };
  });
}

/** It is not there when the change is taken back: all of its rows are told of at once. */
const doesNotReturn = ({ down }: TableThrough): boolean => down !== undefined && !down.now;

function failuresOfRows(one: TableThrough): Failure[] {
  const { up, down, again } = one;
  const { table, now } = up;
  // What goes with the change may stay away.
  if (!now) return [];
  if (down && doesNotReturn(one)) return [{ stage: 'down', table, count: down.rows, what: 'rows are lost' }];
  return [
    ...ofRows('up', up),
    ...(down ? ofRows('down', down) : []),
    ...(again ? ofRows('up again', { ...again, table }) : []),
  ];
}

const lostRows = ({ up, down }: TableThrough): Lost[] =>
  down && !up.now && down.lost > 0 ? [{ table: up.table, count: down.lost }] : [];

/** How a column fares: its values are to be kept, or depend on its new type, or go. */
type Fate = 'kept' | 'changed' | 'dropped';

/** A column through all readings. */
interface ColumnThrough {
  table: TableName;
  name: string;
  rows: number;
  fate: Fate;
  up: ColumnComparison;
  down: ColumnComparison | undefined;
  again: ColumnComparison | undefined;
  /** Values that do not come back; of a table that goes, all rows are told of at once. */
  gone: readonly RowChange[];
}

/** The columns of a table that comes back, without those that the server computes. */
function columnsThrough(one: TableThrough): ColumnThrough[] {
  if (doesNotReturn(one)) return [];
  const { table, now, rows, columns } = one.up;
  return columns.flatMap((up, at) => {
    const fate = now ? fateOf(up) : 'dropped';
    if (fate === 'computed') return [];
    const down = one.down?.columns[at];
    const again = one.again?.columns.find(({ before }) => before.name === up.after?.name);
    const gone = now ? (down?.differs ?? []) : [];
    return [{ table, name: up.before.name, rows, fate, up, down, again, gone }];
  });
}

const isMissing = ({ down }: ColumnThrough): boolean => down !== undefined && !down.after;

/** Whether values may be lost on the way back: what up kept, down has to keep too. */
const mayGo = ({ fate, up }: ColumnThrough): boolean =>
  fate !== 'kept' || up.renamed.length > 0 || up.differs.length > 0;

function failuresOfColumn(column: ColumnThrough): Failure[] {
  const { table, name, rows, fate, up, again, gone } = column;
  const differing = (stage: Failure['stage'], differs: readonly RowChange[]): Failure[] =>
    differs.length > 0
      ? [{ stage, table, column: name, count: differs.length, what: 'values differ', ...exampleOf(differs) }]
      : [];
  const kept =
    fate === 'kept'
      ? [
          ...differing(
            'up',
            up.differs.filter((change) => !isFilled(up, change)),
          ),
          ...differing('up again', again?.differs ?? []),
        ]
      : [];
  if (isMissing(column))
    return [...kept, { stage: 'down', table, column: name, count: rows, what: 'the column is not there' }];
  return mayGo(column) ? kept : [...kept, ...differing('down', gone)];
}

function lostValues(column: ColumnThrough): Lost[] {
  const { table, name, gone } = column;
  if (isMissing(column) || !mayGo(column) || gone.length === 0) return [];
  return [{ table, column: name, count: gone.length, ...exampleOf(gone) }];
}

function changeOf(column: ColumnThrough, casts: readonly PlainCast[]): Changed[] {
  const { table, name, fate, up, down, gone } = column;
  const isMapped = fate === 'kept' && up.renamed.length > 0;
  if (isMissing(column) || !(fate === 'changed' || isMapped)) return [];
  const cast = casts.find((one) => sameTable(one.table, table) && one.column === name);
  return [
    {
      table,
      column: name,
      from: up.before.type,
      to: up.after?.type ?? '',
      up: outcomeOf(up, cast),
      ...exampleOf(up.differs.length > 0 ? up.differs : up.renamed),
      back: down && gone.length === 0,
    },
  ];
}

function ofRows(stage: Failure['stage'], { table, lost, come }: TableComparison): Failure[] {
  return [
    ...(lost > 0 ? [{ stage, table, count: lost, what: 'rows are lost' as const }] : []),
    ...(come > 0 ? [{ stage, table, count: come, what: 'rows have come' as const }] : []),
  ];
}

const exampleOf = ([example]: readonly RowChange[]): { example?: RowChange } => (example ? { example } : {});

function fateOf({ before, after }: ColumnComparison): Fate | 'computed' {
  if (!after) return 'dropped';
  if (after.generated !== null) return 'computed';
  if (areLabels(before, after)) return 'kept';
  return before.type === after.type && before.attributes === after.attributes ? 'kept' : 'changed';
}

/** Both are of an enum, or both arrays of one: their values are labels, whatever the type is called. */
const areLabels = (before: HeldColumn, after: HeldColumn): boolean =>
  before.values !== null &&
  after.values !== null &&
  !before.values.within &&
  !after.values.within &&
  before.type.endsWith('[]') === after.type.endsWith('[]');

/** Null where it may not be null any more had to become something. */
const isFilled = ({ before, after }: ColumnComparison, [old, now]: RowChange): boolean =>
  old === null && now !== null && !before.notNull && after?.notNull === true;

function outcomeOf({ differs, renamed }: ColumnComparison, cast: PlainCast | undefined): Changed['up'] {
  if (differs.length === 0) return renamed.length > 0 ? 'mapped' : 'same';
  const isCast = ([old, now]: RowChange) => old !== null && cast?.texts.get(old) === now;
  return differs.every(isCast) ? 'cast' : 'other';
}
