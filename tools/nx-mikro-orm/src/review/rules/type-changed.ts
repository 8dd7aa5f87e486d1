import { defineRule } from '../rule.ts';
import { isUsed, shownRelation } from '../seen.ts';

export default defineRule({
  code: 'type-changed',
  class: 'client_break',
  severity: 'error',
  danger: 'The column holds another kind of value: statements that compare or compute with it, or send it, fail.',
  instead: 'add a column of the new type beside it, write both, and let the application change over',
  bad: ['alter table lesson alter column room_id type text'],
  good: ['alter table teacher alter column email type text'],
  check: (seen) =>
    [...seen.after.columns.values()].flatMap(({ id, table, name, category, type }) => {
      const was = seen.before.columns.get(id);
      if (!was || was.category === category || !isUsed(seen, table) || !seen.base.columns.has(id)) return [];
      // A text that a statement sends is read as whatever the column is.
      if (isText.test(was.category) && !/[NB]/.test(category)) return [];
      const relation = shownRelation(seen, table);
      return [{ relation, message: `${relation}.${name} is ${type} from now on, and was ${was.type}` }];
    }),
});

/** Strings, enums, and what is of no category, as uuid and json are. */
const isText = /[SEU]/;
