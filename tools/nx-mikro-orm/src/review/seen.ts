/** A statement as rules see it: what it says, what it did, and what was done around it. */
import type { Statement } from '../sql/parse.ts';
import { stopsReaders, stopsWriters, type Mode } from './trace/locks.ts';
import {
  holdsRows,
  shown,
  type TracedColumn,
  type Constraint,
  type Relation,
  type TracedState,
} from './trace/state.ts';
import type { Traced, Unit } from './trace/trace.ts';

export interface Seen extends Traced {
  unit: Unit;
  /** Where it stands in its unit. */
  at: number;
  /** What was there before the first statement: only that has readers and writers. */
  base: TracedState;
  /** What is there after the last one. */
  end: TracedState;
  autocommit: boolean;
  /** All statements of the file, and which of them it is. */
  all: readonly Statement[];
  number: number;
  /** The same of every statement of the file. */
  whole: readonly Seen[];
}

/** Every statement of a file, as rules see it. */
export function seenIn(units: readonly Unit[], around: Pick<Seen, 'base' | 'end' | 'autocommit'>): Seen[] {
  const all = units.flatMap(({ statements }) => statements.map(({ statement }) => statement));
  const whole: Seen[] = [];
  for (const unit of units)
    for (const [at, traced] of unit.statements.entries())
      whole.push({ ...traced, ...around, unit, at, all, number: whole.length, whole });
  return whole;
}

/** A table or materialized view that others use: it was there before, and is not temporary. */
export const isUsed = ({ base }: Seen, id: string): boolean => {
  const relation = base.relations.get(id);
  return relation !== undefined && holdsRows(relation) && relation.persistence !== 't';
};

/** The name of a relation, as it was before the statement; for one that it made, after it. */
export const shownRelation = ({ before, after }: Pick<Seen, 'before' | 'after'>, id: string): string => {
  const relation = before.relations.get(id) ?? after.relations.get(id);
  return relation ? shown(relation) : id;
};

/** Locks on tables in use that stop their writers, the strongest first: those that the statement added, or held before. */
export function strongLocks(seen: Seen, which: 'added' | 'held'): [id: string, mode: Mode][] {
  // Nobody writes to a materialized view.
  const isFelt = (id: string, mode: Mode) => stopsReaders(mode) || seen.base.relations.get(id)?.kind !== 'm';
  const all = [...seen[which]].filter(([id, mode]) => stopsWriters(mode) && isUsed(seen, id) && isFelt(id, mode));
  const strength = (mode: Mode) => Number(mode === 'AccessExclusiveLock');
  return all.sort(([one, a], [other, b]) => strength(b) - strength(a) || Number(one) - Number(other));
}

/** Tables, but instead of partitions the table that they are of, where that is locked as a whole. */
export function asWholes(seen: Seen, ids: readonly string[]): string[] {
  const whole = (id: string): string => {
    const parent = seen.before.relations.get(id)?.parent;
    const lock = parent == null ? undefined : lockOn(seen, parent);
    return parent != null && lock && stopsWriters(lock) ? whole(parent) : id;
  };
  return [...new Set(ids.map(whole))];
}

/** A partition that is told as the table that it is of. */
export const isPartOfWhole = (seen: Seen, id: string): boolean => asWholes(seen, [id])[0] !== id;

/** The strongest lock on a relation that the statement needed or had. */
export const lockOn = ({ added, held }: Seen, id: string): Mode | undefined => added.get(id) ?? held.get(id);

/** Tables in use whose files were replaced by ones with the same rows. */
export function rewrittenTables(seen: Seen): string[] {
  if (isTruncate(seen)) return [];
  return changedFiles(seen).filter(
    (id) => isUsed(seen, id) && (!isCode(seen.statement) || seen.announced.rewritten.includes(bareName(seen, id))),
  );
}

const bareName = ({ before }: Seen, id: string): string => before.relations.get(id)?.name ?? '';

const isTruncate = ({ statement }: Seen): boolean => statement.type === 'TruncateStmt';

/** Tables in use that were emptied by giving them a new file. */
export function truncatedTables(seen: Seen): string[] {
  const { statement, announced } = seen;
  if (!isTruncate(seen) && !isCode(statement)) return [];
  return changedFiles(seen).filter((id) => isUsed(seen, id) && !announced.rewritten.includes(bareName(seen, id)));
}

function changedFiles({ before, after }: Seen): string[] {
  return [...before.relations.values()].flatMap(({ id, file }) => {
    const now = after.relations.get(id);
    return now && file !== null && now.file !== null && now.file !== file ? [id] : [];
  });
}

/** Indexes on tables in use that were built, or built anew: each with its table. */
export function builtIndexes(seen: Seen): { index: Relation; table: string }[] {
  const { before, after } = seen;
  // With no row left, there is nothing to build from.
  const emptied = truncatedTables(seen);
  return [...after.relations.values()].flatMap((index) => {
    const { id, kind, table, file } = index;
    if (kind !== 'i' || table === null || !isUsed(seen, table) || emptied.includes(table)) return [];
    // A type that is stored as it was gives the index another number, and keeps its file.
    const isKept = [...before.relations.values()].some((one) => one.kind === 'i' && one.file === file);
    return isKept || before.relations.get(id)?.file === file ? [] : [{ index, table }];
  });
}

/** The table of an announcement, which has no schema; several may have the name. */
function tablesNamed({ before }: Seen, name: string): string[] {
  return [...before.relations.values()].filter((one) => one.name === name && holdsRows(one)).map(({ id }) => id);
}

/** Tables in use of which all rows were read by a statement that defines something. */
export function scannedTables(seen: Seen): string[] {
  const { announced, after, before, statement } = seen;
  const verified = announced.verified.flatMap((name) => tablesNamed(seen, name));
  const validated = [...after.constraints.values()]
    .filter(({ name }) => announced.validated.includes(name))
    .flatMap(({ table }) => (table === null ? [] : [table]));
  // What rows hold cannot be in the way of what does not read them.
  const met = seen.inTheWay && isDefinition(statement) ? tablesMet(seen, seen.inTheWay.table) : [];
  const read = isDefinition(statement) ? [...before.relations.keys()].filter((id) => isRead(seen, id)) : [];
  const all = [...new Set([...verified, ...validated, ...read, ...met])];
  return all.filter((id) => isUsed(seen, id) && before.relations.get(id)?.kind !== 'p');
}

const tablesMet = (seen: Seen, name: string | undefined): string[] =>
  name === undefined ? strongLocks(seen, 'added').map(([id]) => id) : tablesNamed(seen, name);

/** Whether so many rows of a table were read that it must have been all of them. */
export function isRead({ before, after, rows }: Seen, id: string): boolean {
  const [was, is] = [before.relations.get(id), after.relations.get(id)];
  const present = rows.get(id) ?? 0;
  return was !== undefined && is !== undefined && present > 0 && is.read - was.read >= present;
}

/** Rows of a table that were written. */
export const writtenRows = ({ before, after }: Seen, id: string): number =>
  (after.relations.get(id)?.written ?? 0) - (before.relations.get(id)?.written ?? 0);

/** A body of code: its statements are not seen one by one. */
export const isCode = ({ type }: Statement): boolean => ['DoStmt', 'CallStmt', 'SelectStmt'].includes(type);

const manipulations: Statement['type'][] = ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt', 'CopyStmt'];

/** Reads or writes rows, and defines nothing. */
export const isManipulation = ({ type }: Statement): boolean => manipulations.includes(type);

const isDefinition = (statement: Statement): boolean => !isCode(statement) && !isManipulation(statement);

/** Things of a kind that were there before the statement, and are not after it. */
export const gone = <T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>): T[] =>
  [...before].filter(([id]) => !after.has(id)).map(([, one]) => one);

/** The other way round. */
export const came = <T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>): T[] => gone(after, before);

/** A constraint after a statement that made it anew, as a change of types does. */
export const madeAnew = ({ constraints }: TracedState, { table, name, type }: Constraint): Constraint | undefined =>
  [...constraints.values()].find((one) => one.table === table && one.name === name && one.type === type);

/** New columns of tables in use that must hold something, and have nothing to hold. */
export const columnsNowRequired = (seen: Seen): TracedColumn[] =>
  came(seen.before.columns, seen.after.columns).filter(
    ({ table, notNull, isFilled }) =>
      isUsed(seen, table) && notNull && !isFilled && seen.before.relations.get(table)?.parent === null,
  );

/** A relation by its name. */
export const relationNamed = ({ relations }: TracedState, { schema, name }: { schema: string; name: string }) =>
  [...relations.values()].find((one) => one.name === name && one.schema === schema && !'iI'.includes(one.kind));

/** Names of a relation's columns. */
export const columnsOf = ({ columns }: TracedState, relation: string): Set<string> =>
  new Set([...columns.values()].filter(({ table }) => table === relation).map(({ name }) => name));

export const firstNames = (names: readonly string[]): string =>
  names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
