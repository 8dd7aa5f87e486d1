import { defineRule } from '../rule.ts';
import { asWholes, builtIndexes, firstNames, lockOn, shownRelation, rewrittenTables } from '../seen.ts';
import { stopsWriters, whoWaits } from '../trace/locks.ts';

export default defineRule({
  code: 'index-build',
  class: 'index_build_blocking',
  severity: 'error',
  danger:
    'The server reads the whole table and sorts it while nobody can write to it; where a constraint is added, nobody can read it either.',
  instead:
    'create the index concurrently, in a step outside of a transaction; make a constraint of it by `add constraint … using index`',
  bad: [
    'create index on teacher (name)',
    'alter table teacher add constraint teacher_name_key unique (name)',
    'reindex table teacher',
  ],
  good: [
    { sql: 'create index concurrently on teacher (name)', autocommit: true },
    'create index on only event (happened_at)',
  ],
  check: (seen) => {
    const rewritten = rewrittenTables(seen);
    const built = builtIndexes(seen).filter(({ table }) => !rewritten.includes(table));
    return asWholes(
      seen,
      built.map(({ table }) => table),
    ).flatMap((id) => {
      const lock = lockOn(seen, id);
      if (!lock || !stopsWriters(lock)) return [];
      const relation = shownRelation(seen, id);
      const own = built.filter(({ table }) => table === id).map(({ index }) => index.name);
      const indexes = own.length > 0 ? firstNames(own) : 'an index of each partition';
      return [
        { relation, lock, message: `${indexes} is built on ${relation}; ${whoWaits(lock)} of it waits (${lock})` },
      ];
    });
  },
});
