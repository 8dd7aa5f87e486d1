import { earlierLines } from '../ledger/earlier.ts';
import { holderLine } from '../postgres/lock.ts';
import type { Finding, Kind } from './finding.ts';

/** A run that did not end well, or has not ended. */
export const lastRun: Kind = {
  kind: 'last-run',
  needs: 'database',
  flags: [],
  find: ({ earlier, half, holder }) => {
    const note = (found: string, evidence: string[], next: string[]): Finding[] => [
      { kind: 'last-run', weight: 'note', about: [], found, evidence, next, remedies: [] },
    ];
    if (holder)
      return note(`A runner is at work right now: what is found here may be its doing.`, [holderLine(holder)], []);
    if (!earlier) return [];
    const [found = '', ...evidence] = earlierLines(earlier, half);
    return note(found, evidence, ['nothing has to be done about that: the next run begins where this one left off']);
  },
};
