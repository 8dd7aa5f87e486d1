import type { Recorded } from '../ledger/journal.ts';

/** What is applied, as the journal tells it: by name, the row that says so. Pure. */
export function remembered(decisions: readonly Recorded[]): Map<string, Recorded> {
  const applied = new Map<string, Recorded>();
  for (const row of decisions) {
    const { event, revision, plan = [] } = row;
    if (revision === undefined) continue;
    if (event === 'replaced') for (const name of plan) applied.delete(name);
    if (event === 'reverted' || event === 'forgotten') applied.delete(revision);
    else applied.set(revision, row);
  }
  return applied;
}
