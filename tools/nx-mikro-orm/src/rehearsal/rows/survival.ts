/** What a change does to the values that were there, up and down and up again. Pure. */
import type { PlainCast } from './casts.ts';
import { compareRows, type Change, type ColumnComparison, type TableComparison } from './compare.ts';
import type { Renamed } from './names.ts';
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
  example?: Change;
}

interface Changed {
  table: TableName;
  column: string;
  from: string;
  to: string;
  /** Values are as before; as the server's cast makes them; something else. For labels: as they were mapped. */
  up: 'same' | 'cast' | 'mapped' | 'other';
  /** A value that is not as before. */
  example?: Change;
  /** Whether every value comes back. Undefined where there is no way back. */
  back: boolean | undefined;
}

export interface Lost {
  table: TableName;
  /** Undefined where it is all rows of a table. */
  column?: string;
  /** Values, or rows. */
  count: number;
  example?: Change;
}

/** How a column fares: its values are to be kept, or depend on its new type, or go. */
type Fate = 'kept' | 'changed' | 'dropped' | 'computed';

/** `names` says what is called otherwise after the change; `casts`, what the server makes of values by itself. */
export function survival(
  { before, up, down, again }: Readings,
  names: readonly Renamed[] = [],
  casts: readonly PlainCast[] = [],
): Survival {
  const upward = compareRows(before, up, names).tables;
  const back = down && compareRows(before, down).tables;
  const repeated = again && compareRows(up, again).tables;
  const failures: Failure[] = [];
  const changed: Changed[] = [];
  const lost: Lost[] = [];
  for (const [at, one] of upward.entries()) {
    const { table, now } = one;
    const returned = back?.[at];
    if (returned && (!now || !returned.now)) {
      if (now) failures.push({ stage: 'down', table, count: returned.rows, what: 'rows are lost' });
      else if (returned.lost > 0) lost.push({ table, count: returned.lost });
      if (!returned.now) continue;
    }
    if (now) failures.push(...ofRows('up', one));
    if (now && returned) failures.push(...ofRows('down', returned));
    const next = now && repeated?.find((other) => sameTable(other.table, now));
    if (next) failures.push(...ofRows('up again', { ...next, table }));
    for (const [place, column] of one.columns.entries()) {
      const fate = now ? fateOf(column) : 'dropped';
      const name = column.before.name;
      const downward = returned?.columns[place];
      const third = next?.columns.find((other) => other.before.name === column.after?.name);
      const wrong = (stage: Failure['stage'], differs: readonly Change[]): void => {
        if (differs.length > 0)
          failures.push({
            stage,
            table,
            column: name,
            count: differs.length,
            what: 'values differ',
            ...exampleOf(differs),
          });
      };
      if (fate === 'computed') continue;
      if (fate === 'kept')
        wrong(
          'up',
          column.differs.filter((change) => !isFilled(column, change)),
        );
      if (fate === 'kept' && third) wrong('up again', third.differs);
      if (downward && !downward.after) {
        failures.push({ stage: 'down', table, column: name, count: one.rows, what: 'the column is not there' });
        continue;
      }
      // All rows of the table are told at once.
      const gone = now ? (downward?.differs ?? []) : [];
      // What up kept, down has to keep too.
      const mayGo = fate !== 'kept' || column.renamed.length > 0 || column.differs.length > 0;
      if (!mayGo) wrong('down', gone);
      else if (gone.length > 0) lost.push({ table, column: name, count: gone.length, ...exampleOf(gone) });
      if (fate === 'changed' || (fate === 'kept' && column.renamed.length > 0))
        changed.push({
          table,
          column: name,
          from: column.before.type,
          to: column.after?.type ?? '',
          up: outcomeOf(
            column,
            casts.find((cast) => sameTable(cast.table, table) && cast.column === name),
          ),
          ...exampleOf(column.differs.length > 0 ? column.differs : column.renamed),
          back: downward && gone.length === 0,
        });
    }
  }
  return {
    tables: before.filter(({ rows }) => rows.length > 0).length,
    rows: before.reduce((sum, { rows }) => sum + rows.length, 0),
    failures,
    changed,
    lost: down && lost,
  };
}

function ofRows(stage: Failure['stage'], { table, lost, come }: TableComparison): Failure[] {
  return [
    ...(lost > 0 ? [{ stage, table, count: lost, what: 'rows are lost' as const }] : []),
    ...(come > 0 ? [{ stage, table, count: come, what: 'rows have come' as const }] : []),
  ];
}

const exampleOf = ([example]: readonly Change[]): { example?: Change } => (example ? { example } : {});

function fateOf({ before, after }: ColumnComparison): Fate {
  if (!after) return 'dropped';
  if (after.generated !== null) return 'computed';
  return before.type === after.type || areLabels(before, after) ? 'kept' : 'changed';
}

/** Both are of an enum, or both arrays of one: their values are labels, whatever the type is called. */
const areLabels = (before: HeldColumn, after: HeldColumn): boolean =>
  before.values !== null && after.values !== null && before.type.endsWith('[]') === after.type.endsWith('[]');

/** Null where it may not be null any more had to become something. */
const isFilled = ({ before, after }: ColumnComparison, [old, now]: Change): boolean =>
  old === null && now !== null && !before.notNull && after?.notNull === true;

function outcomeOf({ differs, renamed }: ColumnComparison, cast: PlainCast | undefined): Changed['up'] {
  if (differs.length === 0) return renamed.length > 0 ? 'mapped' : 'same';
  const isCast = ([old, now]: Change) => old !== null && cast?.texts.get(old) === now;
  return differs.every(isCast) ? 'cast' : 'other';
}
