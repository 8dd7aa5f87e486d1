/** What a statement did that takes the longer the more rows there are. */
import { writesOf } from './bounds.ts';
import {
  builtIndexes,
  isCode,
  isRead,
  isUsed,
  shownRelation,
  rewrittenTables,
  scannedTables,
  writtenRows,
  firstNames,
  type Seen,
} from './seen.ts';

/** Work in proportion to the rows of tables in use, as the rest of a sentence; undefined for none. */
export function workOf(seen: Seen): string | undefined {
  const rewritten = rewrittenTables(seen);
  if (rewritten.length > 0) return `${names(seen, rewritten)} is written anew`;
  const built = builtIndexes(seen);
  if (built.length > 0) return `an index on ${names(seen, [...new Set(built.map(({ table }) => table))])} is built`;
  const scanned = scannedTables(seen);
  if (scanned.length > 0) return `all of ${names(seen, scanned)} is read`;
  const written = unboundedTables(seen);
  if (written.length > 0) return `any number of rows of ${names(seen, written)} is written`;
  if (/\bpg_sleep(_for|_until)?\s*\(/i.test(seen.statement.text) && isCode(seen.statement)) return 'it sleeps';
  const read = isBounded(seen)
    ? []
    : [...seen.before.relations.keys()].filter((id) => isUsed(seen, id) && isRead(seen, id));
  return read.length > 0 ? `all of ${names(seen, read)} is read` : undefined;
}

/** So many rows are many, whoever counted them. */
const many = 1000;

/** Tables in use of which one statement writes as many rows as there are. */
export function unboundedTables(seen: Seen): string[] {
  const said = writesOf(seen).filter(({ table, isBounded }) => isUsed(seen, table.id) && !isBounded);
  // A body is known by what it wrote.
  const least = (id: string) => (isCode(seen.statement) ? Math.min(seen.rows.get(id) || many, many) : many);
  const wrote = [...seen.before.relations.keys()].filter(
    (id) => isUsed(seen, id) && writtenRows(seen, id) >= least(id) && !isSaid(seen, id),
  );
  return [...new Set([...said.map(({ table }) => table.id), ...wrote])];
}

/** Code whose every write to a table is bounded writes no more than that: once, or in batches that each commit. */
function isSaid(seen: Seen, id: string): boolean {
  const { repeats, commits } = seen.inner;
  const own = writesOf(seen).filter(({ table }) => table.id === id);
  return isCode(seen.statement) && (commits || !repeats) && own.length > 0 && own.every((one) => one.isBounded);
}

/** A statement that says itself how many rows it is about reads no more on a table with an index for it. */
const isBounded = (seen: Seen): boolean => {
  const writes = writesOf(seen);
  return writes.length > 0 && writes.every((one) => one.isBounded);
};

const names = (seen: Seen, ids: readonly string[]): string => firstNames(ids.map((id) => shownRelation(seen, id)));
