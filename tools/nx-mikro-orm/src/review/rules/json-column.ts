import { defineRule } from '../rule.ts';
import { came, isUsed, shownRelation } from '../seen.ts';

export default defineRule({
  code: 'json-column',
  class: 'client_break',
  severity: 'warning',
  danger:
    'json knows no equality: `select distinct`, `group by` and `union` over all columns of the table fail from then on.',
  instead: 'use jsonb',
  bad: ['alter table teacher add column settings json'],
  good: ['alter table teacher add column settings jsonb'],
  check: (seen) =>
    came(seen.before.columns, seen.after.columns).flatMap(({ table, name, type }) => {
      const relation = shownRelation(seen, table);
      return type === 'json' && isUsed(seen, table)
        ? [{ relation, message: `${name} is json, which has no equality: select distinct * from ${relation} fails` }]
        : [];
    }),
});
