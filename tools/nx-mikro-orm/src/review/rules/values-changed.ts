import { defineRule } from '../rule.ts';
import { isUsed, lockOn, shownRelation } from '../seen.ts';

export default defineRule({
  code: 'values-changed',
  class: 'data_loss',
  severity: 'error',
  danger: 'Values become other ones without an error, and the way back does not bring what they were.',
  instead: 'add a column of the new type beside it, fill it, and keep the old one until nobody misses it',
  bad: [
    'alter table payment alter column amount type integer',
    'alter table lesson alter column starts_at type date using starts_at::date',
  ],
  good: [
    'alter table lesson alter column minutes type bigint',
    'alter table teacher alter column rate type numeric(10, 2)',
  ],
  check: (seen) =>
    seen.changedValues.flatMap(({ column, was, became }) => {
      const { table, name, type } = seen.after.columns.get(column) ?? { table: '', name: '', type: '' };
      if (!seen.base.columns.has(column) || !isUsed(seen, table)) return [];
      const relation = shownRelation(seen, table);
      const lock = lockOn(seen, table);
      const example = `${JSON.stringify(was)} becomes ${became === null ? 'null' : JSON.stringify(became)}`;
      return [
        { relation, message: `values of ${relation}.${name} change: as ${type}, ${example}`, ...(lock && { lock }) },
      ];
    }),
});
