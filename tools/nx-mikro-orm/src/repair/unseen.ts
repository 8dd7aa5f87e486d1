import { known } from '../history/state.ts';
import type { Kind } from './finding.ts';
import { remembered } from './remembered.ts';

/** Rows of ours that the journal knows nothing of. */
export const unseen: Kind = {
  kind: 'unseen',
  needs: 'database',
  flags: [],
  find: ({ decisions, state }) => {
    const told = remembered(decisions);
    // A row without a checksum is not ours, and told elsewhere.
    const rows = state.applied.filter(({ name, checksum }) => checksum !== undefined && !told.has(name));
    if (rows.length === 0) return [];
    return [
      {
        kind: 'unseen',
        weight: 'note',
        about: rows.map(({ name }) => name),
        found: `${rows.length === 1 ? 'A row' : `${rows.length} rows`} of the ledger ${rows.length === 1 ? 'is' : 'are'} not in its journal: copied from another database, or restored without it.`,
        evidence: rows.map((row) => `${row.name}\n  ${known(row)}`),
        next: [],
        remedies: [],
      },
    ];
  },
};
