import { defineRule } from '../rule.ts';
import { firstNames, shownRelation } from '../seen.ts';
import { unboundedTables } from '../work.ts';

export default defineRule({
  code: 'unbounded-write',
  class: 'unbounded_write',
  severity: 'error',
  danger:
    'One statement writes as many rows as there are: each stays locked until the end, the old versions stay as bloat, replicas fall behind, and an interruption loses everything.',
  instead: 'write in batches along the key, each in a transaction of its own',
  bad: [
    'update teacher set active = true',
    "delete from lesson where status = 'done'",
    'insert into room (id, name) select id + 900000, name from teacher',
  ],
  good: [
    'update teacher set active = true where id = 7',
    'update teacher set active = true where id between 1 and 1000',
    "insert into room (id, name) values (900001, 'Aula')",
  ],
  check: (seen) => {
    const tables = unboundedTables(seen);
    if (tables.length === 0 || seen.failure) return [];
    const relation = firstNames(tables.map((id) => shownRelation(seen, id)));
    return [
      {
        relation,
        message: `one statement writes any number of rows of ${relation}; all of them stay locked until it ends`,
      },
    ];
  },
});
