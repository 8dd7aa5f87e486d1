import { defineRule } from '../rule.ts';
import { isUsed, shownRelation, columnsNowRequired } from '../seen.ts';

export default defineRule({
  code: 'insert-breaks',
  class: 'client_break',
  severity: 'error',
  danger: 'Inserts of the release that runs now do not name the column, and fail.',
  instead: 'give the column a default until no release leaves it out',
  bad: ['alter table teacher add column code text not null', 'alter table teacher alter column active drop default'],
  good: ['alter table teacher add column code text', 'alter table teacher alter column bio drop default'],
  check: (seen) => {
    const { before, after } = seen;
    const required = [...after.columns.values()].filter(({ id, table, notNull, isFilled }) => {
      const was = before.columns.get(id);
      return isUsed(seen, table) && notNull && !isFilled && was?.notNull === true && was.isFilled;
    });
    const added = columnsNowRequired(seen);
    return [...required, ...added].map(({ table, name }) => {
      const relation = shownRelation(seen, table);
      return { relation, message: `an insert into ${relation} that leaves ${name} out fails from now on` };
    });
  },
});
