import { defineRule } from '../rule.ts';
import { came, isUsed, lockOn, shownRelation } from '../seen.ts';

export default defineRule({
  code: 'new-trigger',
  class: 'exclusive_lock_op',
  severity: 'note',
  danger: 'Writers of the table wait while a trigger is created, and all later writes run it.',
  instead: 'create it in a step of its own, under a lock time-out',
  bad: ['create trigger lesson_touch before update on lesson for each row execute function touch()'],
  good: [
    'create table note (id bigint); create trigger note_touch before update on note for each row execute function touch()',
  ],
  check: (seen) =>
    came(seen.before.triggers, seen.after.triggers).flatMap(({ table, name, isInternal }) => {
      const lock = lockOn(seen, table);
      if (isInternal || !isUsed(seen, table) || !lock || isAgain(seen.base.triggers.values(), table, name)) return [];
      const relation = shownRelation(seen, table);
      return [{ relation, lock, message: `writers of ${relation} wait while ${name} is created (${lock})` }];
    }),
});

/** A trigger that is made anew under its name. */
const isAgain = (all: Iterable<{ table: string; name: string }>, table: string, name: string): boolean =>
  [...all].some((one) => one.table === table && one.name === name);
