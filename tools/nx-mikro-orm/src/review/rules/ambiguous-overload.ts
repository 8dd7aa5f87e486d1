import { defineRule } from '../rule.ts';
import { came } from '../seen.ts';
import { shown, type Routine } from '../trace/state.ts';

export default defineRule({
  code: 'ambiguous-overload',
  class: 'client_break',
  severity: 'error',
  danger: 'Two functions take the same call, and the server does not choose: it fails.',
  instead: 'drop the old one in the same transaction, or give the new one another name',
  bad: ["create function greeting(name text, loud boolean default false) returns text language sql as 'select name'"],
  good: ["create function greeting(name text, times integer) returns text language sql as 'select name'"],
  check: ({ before, after, base, end }) =>
    came(before.routines, after.routines).flatMap((added) => {
      const old = [...base.routines.values()].find((one) => end.routines.has(one.id) && takesSame(added, one));
      return old
        ? [
            {
              message: `a call of ${shown(old)} with ${old.types.length} argument(s) fits both functions of that name, and fails`,
            },
          ]
        : [];
    }),
});

/** Whether a call of the old one could as well be one of the new one, by leaving out what has a default. */
function takesSame(added: Routine, old: Routine): boolean {
  const [most, fewest] = [added.types.length, added.types.length - added.defaults];
  if (added.schema !== old.schema || added.name !== old.name || added.id === old.id) return false;
  const count = old.types.length;
  return count >= fewest && count < most && old.types.every((type, at) => type === added.types[at]);
}
