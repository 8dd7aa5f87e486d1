/** Which values a row gets: every column its own, referenced ones those of a row that is there. Pure. */
import type { Key, Reference, RowTable } from './table.ts';

/** A text that the column's type reads; undefined stands for the default. */
type Value = string | null | undefined;
export type Row = Map<string, Value>;

/** Columns whose values are chosen together. */
export interface FillUnit {
  columns: string[];
  tuples: (string | null)[][];
  /** Those that are null in a row that has as few values as it may, and where there is nothing to choose from. */
  nullable: string[];
  /** A reference, which null satisfies; to the columns of `own` where it is to rows of the same table. */
  reference?: { own: string[] | undefined };
  /** Where another unit has chosen already, its choice has to be one of these. */
  strict: boolean;
  /** There is no value that could be offered, but the column has a default. */
  byDefault?: true;
}

export interface FillPlan {
  table: RowTable;
  /** References first, then what conditions tie together, then columns by themselves. */
  units: FillUnit[];
  /** How many rows it takes for every value that has to occur. */
  rows: number;
  /** References that no unit is for: to a table whose turn comes later, or of columns that the server computes. */
  left: Reference[];
  /** One row has as few values as it may. */
  isSparse: boolean;
}

/** The rows of a table so far. */
export class Rows {
  readonly all: Row[] = [];
  readonly #keys: readonly Key[];
  readonly #seen: Set<string>[];

  constructor({ keys }: { keys: readonly Key[] }) {
    this.#keys = keys;
    this.#seen = keys.map(() => new Set());
  }

  copy(): Rows {
    const copy = new Rows({ keys: this.#keys });
    for (const row of this.all) copy.add(row);
    return copy;
  }

  #entry({ columns, nullsNotDistinct }: Key, row: Row): string | undefined {
    const values = columns.map((column) => row.get(column));
    // Computed columns and defaults are not known here.
    if (values.some((value) => value === undefined || (value === null && !nullsNotDistinct))) return undefined;
    return JSON.stringify(values);
  }

  isFree(row: Row): boolean {
    return this.#keys.every((key, at) => {
      const entry = this.#entry(key, row);
      return entry === undefined || !this.#seen[at]?.has(entry);
    });
  }

  add(row: Row): void {
    this.all.push(row);
    for (const [at, key] of this.#keys.entries()) {
      const entry = this.#entry(key, row);
      if (entry !== undefined) this.#seen[at]?.add(entry);
    }
  }
}

/** The row that has as few values as it may. */
const sparse = 1;

/** How often something else is tried for a row. */
export const attemptsFor = ({ units }: FillPlan): number => Math.min(3 + 4 * units.length, 40);

/** Row `number` of a table at this attempt, if there is one that goes with those that are there. */
export function rowAt(plan: FillPlan, number: number, attempt: number, present: Rows): Row | undefined {
  const row: Row = new Map();
  for (const [at, unit] of plan.units.entries()) {
    // Null is always another value: where no other is left, it will do.
    const isSparse = (plan.isSparse && number === sparse && attempt === 0) || (attempt > 0 && attempt === attemptsFor(plan) - 1);
    if (!choose(unit, row, number + shift(plan, at, attempt), isSparse, present)) return undefined;
  }
  return present.isFree(row) ? row : undefined;
}

/** First all units take something unremarkable from further down their lists, then each by itself something else. */
function shift({ units }: FillPlan, at: number, attempt: number): number {
  if (attempt === 0) return 0;
  if (attempt <= 2) return units[at]?.reference ? 0 : ([10, 17][attempt - 1] ?? 0);
  return (attempt - 3) % units.length === at ? Math.floor((attempt - 3) / units.length) + 1 : 0;
}

/** Adds the unit's values to the row; false where none go with what the row has already. */
function choose(unit: FillUnit, row: Row, start: number, isSparse: boolean, present: Rows): boolean {
  const { columns, nullable, reference } = unit;
  const own = reference?.own;
  const free = nullable.filter((column) => !row.has(column));
  if (reference && columns.some((column) => row.get(column) === null)) return true;
  if (isSparse && free.length > 0 && free.length === nullable.length) return put(row, free, null);
  if (isChosen(unit, row)) return true;
  const tuples = own ? present.all.map((one) => own.map((column) => one.get(column))) : unit.tuples;
  // A row references the one before it.
  const tuple = firstFitting(columns, tuples, own ? tuples.length - 1 : start, row);
  if (tuple) return put(row, columns, tuple);
  if (free.length > 0) return put(row, free, null);
  if (unit.byDefault) return put(row, columns, undefined);
  // The first row of all may reference itself.
  return own !== undefined && tuples.length === 0;
}

/** Gives each column its value, or all of them the same. */
function put(row: Row, columns: readonly string[], values: readonly Value[] | null | undefined): true {
  for (const [at, column] of columns.entries()) row.set(column, values ? values[at] : values);
  return true;
}

/** Whether other units have left nothing of this one to choose. */
function isChosen({ columns, nullable, reference, strict }: FillUnit, row: Row): boolean {
  if (reference) return false;
  if (!strict && columns.every((column) => row.has(column))) return true;
  return nullable.some((column) => row.get(column) === null);
}

/** The first tuple, from a place on and round to it, that goes with what the row has already. */
function firstFitting(
  columns: readonly string[],
  tuples: readonly (readonly Value[])[],
  from: number,
  row: Row,
): readonly Value[] | undefined {
  for (let step = 0; step < tuples.length; step++) {
    const tuple = tuples[(from + step) % tuples.length] ?? [];
    if (columns.every((column, at) => !row.has(column) || row.get(column) === tuple[at])) return tuple;
  }
  return undefined;
}
