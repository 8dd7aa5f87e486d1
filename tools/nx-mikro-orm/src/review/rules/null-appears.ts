import { defineRule } from '../rule.ts';
import { isUsed, lockOn, shownRelation } from '../seen.ts';

export default defineRule({
  code: 'null-appears',
  class: 'client_break',
  severity: 'warning',
  danger:
    'The release that runs now does not expect null where it never was, and may fail on the first row that has it.',
  instead: 'deploy a release first that reads null there',
  bad: ['alter table teacher alter column name drop not null'],
  good: ['alter table teacher alter column bio drop not null'],
  check: (seen) =>
    [...seen.after.columns.values()].flatMap(({ id, table, name, notNull }) => {
      const was = seen.before.columns.get(id);
      if (!was?.notNull || notNull || !seen.base.columns.has(id) || !isUsed(seen, table)) return [];
      if (seen.after.relations.get(table)?.parent) return [];
      const lock = lockOn(seen, table);
      const relation = shownRelation(seen, table);
      return [{ relation, message: `${relation}.${name} may be null from now on`, ...(lock && { lock }) }];
    }),
});
