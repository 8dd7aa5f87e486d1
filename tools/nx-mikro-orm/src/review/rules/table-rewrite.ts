import { defineRule } from '../rule.ts';
import { asWholes, lockOn, shownRelation, rewrittenTables } from '../seen.ts';
import { stopsWriters, whoWaits } from '../trace/locks.ts';

export default defineRule({
  code: 'table-rewrite',
  class: 'table_rewrite',
  severity: 'error',
  danger:
    'The server writes every row of the table anew, and its indexes; readers and writers wait until that is done.',
  instead:
    'add a new column that nothing computes, fill it in batches, and let the application change over; for the table as a whole, pg_repack does without the lock',
  bad: [
    'alter table lesson alter column minutes type bigint',
    'alter table teacher add column token uuid default gen_random_uuid()',
    { sql: 'vacuum full teacher', autocommit: true },
  ],
  good: [
    "alter table teacher add column country text default 'DE'",
    'alter table teacher alter column email type text',
  ],
  check: (seen) =>
    asWholes(seen, rewrittenTables(seen)).flatMap((id) => {
      const lock = lockOn(seen, id);
      if (!lock || !stopsWriters(lock)) return [];
      const relation = shownRelation(seen, id);
      return [{ relation, lock, message: `${relation} is written anew; ${whoWaits(lock)} of it waits (${lock})` }];
    }),
});
