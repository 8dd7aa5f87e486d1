import { countersBehind } from '../ledger/counters.ts';
import type { InconsistencyKind } from './finding.ts';

/** The counter of ledger or journal stands behind its rows. */
export const counters: InconsistencyKind = {
  kind: 'counter',
  needs: 'database',
  flags: [],
  find: async ({ client, project }) => {
    const found = await countersBehind(client, project);
    return found.map(({ table, sequence, rows }) => ({
      kind: 'counter',
      weight: 'note',
      about: [],
      found: `The counter of ${table} (${sequence}) stands behind its rows, the last of which is ${rows}: logical replication and partial restores copy rows without it.`,
      evidence: [],
      next: ['nothing has to be done about that: whatever writes next into it takes the next free number'],
      remedies: [],
    }));
  },
};
