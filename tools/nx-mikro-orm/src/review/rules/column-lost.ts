import { defineRule } from '../rule.ts';
import { gone, isUsed, lockOn, shownRelation } from '../seen.ts';

export default defineRule({
  code: 'column-lost',
  class: 'data_loss',
  severity: 'error',
  danger: 'What the column holds is gone, and the way back does not bring it.',
  instead: 'stop reading and writing it in one release, and drop it in a later one',
  bad: ['alter table teacher drop column bio', 'drop type mood cascade'],
  good: ['alter table teacher add column scratchpad text; alter table teacher drop column scratchpad'],
  check: (seen) => {
    const { before, after, base } = seen;
    if (seen.failure) return [];
    return gone(before.columns, after.columns).flatMap(({ id, table, name }) => {
      if (!base.columns.has(id) || !isUsed(seen, table) || !after.relations.has(table)) return [];
      if (base.relations.get(table)?.kind === 'm') return [];
      // Its parent says so already.
      if ('parent' in (after.relations.get(table) ?? {}) && after.relations.get(table)?.parent) return [];
      const lock = lockOn(seen, table);
      return [
        {
          relation: shownRelation(seen, table),
          message: `all values of ${shownRelation(seen, table)}.${name} are gone`,
          ...(lock && { lock }),
        },
      ];
    });
  },
});
