import { defineRule } from '../rule.ts';
import type { RuleRemark } from '../finding.ts';
import { isUsed, lockOn, shownRelation, type Seen } from '../seen.ts';

export default defineRule({
  code: 'rows-hidden',
  class: 'client_break',
  severity: 'error',
  danger: 'Row level security without a policy shows no row at all, and takes none, from whoever is not the owner.',
  instead: 'create the policies before, in the same transaction',
  bad: ['alter table teacher enable row level security'],
  good: ['create policy all_of_them on teacher using (true); alter table teacher enable row level security'],
  check: (seen) => switched(seen, true).flatMap((id) => (hasPolicy(seen, id) ? [] : [hidden(seen, id)])),
});

/** Tables in use whose row level security was switched. */
export const switched = (seen: Seen, on: boolean): string[] =>
  [...seen.after.relations.values()].flatMap(({ id, rowSecurity }) => {
    const was = seen.before.relations.get(id);
    return was && was.rowSecurity !== on && rowSecurity === on && isUsed(seen, id) ? [id] : [];
  });

const hasPolicy = ({ end, after, autocommit }: Seen, id: string): boolean =>
  [...(autocommit ? after : end).policies.values()].some(({ of }) => of === id);

function hidden(seen: Seen, id: string): RuleRemark {
  const lock = lockOn(seen, id);
  const relation = shownRelation(seen, id);
  return {
    relation,
    message: `${relation} has no policy, so nobody but its owner sees a row of it`,
    ...(lock && { lock }),
  };
}
