import { isValidation } from '../../sql/kind.ts';
import { defineRule } from '../rule.ts';
import {
  isCode,
  isUsed,
  firstNames,
  shownRelation,
  scannedTables,
  builtIndexes,
  rewrittenTables,
  strongLocks,
  type Seen,
} from '../seen.ts';
import { isStronger, whoWaits, type Mode } from '../trace/locks.ts';
import { workOf } from '../work.ts';

export default defineRule({
  code: 'lock-held',
  class: 'lock_held_during_work',
  severity: 'error',
  danger:
    'A lock is kept until the transaction ends, so that whoever wants the table waits for all that comes after the statement which took it.',
  instead: 'do the work in a transaction of its own, before the one that takes the lock or after it',
  bad: [
    'alter table teacher add column slug text; update teacher set slug = lower(name)',
    "alter table teacher add constraint named check (name <> '') not valid; alter table teacher validate constraint named",
  ],
  good: [
    {
      sql: "alter table teacher add constraint named check (name <> '') not valid; alter table teacher validate constraint named",
      autocommit: true,
    },
    "alter table teacher add column slug text; insert into room (id, name) values (900001, 'Aula')",
  ],
  check: (seen) => {
    const work = seen.isApart ? undefined : workOf(seen);
    if (work === undefined) return [];
    const waiting = [...heldBefore(seen), ...heldByCode(seen)];
    const [first] = waiting;
    if (!first) return [];
    const [id, lock] = first;
    const relation = shownRelation(seen, id);
    const all = firstNames(waiting.map(([one]) => shownRelation(seen, one)));
    const since = isCode(seen.statement) && seen.added.has(id) ? 'the same statement' : 'an earlier statement';
    return [
      {
        relation,
        lock,
        message: `${work} while ${since} has ${all} locked; ${whoWaits(lock)} of it waits until the end (${lock})`,
      },
    ];
  },
});

/** Locks of earlier statements, but for those on tables that this one locks as strongly for its own work. */
function heldBefore(seen: Seen): [string, Mode][] {
  const own = [...rewrittenTables(seen), ...builtIndexes(seen).map(({ table }) => table), ...scannedTables(seen)];
  return strongLocks(seen, 'held').filter(([id, mode]) => {
    if (!own.includes(id)) return true;
    const { statement } = seen;
    // It would have locked the table as strongly by itself.
    if (statement.type === 'AlterTableStmt' && !isValidation(statement)) return false;
    return isStronger(mode, seen.added.get(id) ?? 'ShareLock');
  });
}

/** A body of code takes locks, and does its work, within one statement. */
function heldByCode(seen: Seen): [string, Mode][] {
  if (!isCode(seen.statement)) return [];
  const own = [...rewrittenTables(seen), ...builtIndexes(seen).map(({ table }) => table)];
  const isVerified = seen.announced.verified.length + seen.announced.validated.length > 0;
  const validates = seen.inner.statements.some(isValidation);
  if (isVerified && !validates) return [];
  return strongLocks(seen, 'added').filter(([id]) => isUsed(seen, id) && !own.includes(id));
}
