import { typed } from '../errors.ts';
import type { Recorded } from '../ledger/journal.ts';
import type { Kind } from './finding.ts';
import { remembered } from './remembered.ts';

/** The journal says that they were applied, and nothing says that they were reverted; yet the ledger has no row of them. */
export const vanished: Kind = {
  kind: 'vanished',
  needs: 'database',
  flags: ['forget'],
  find: ({ client, decisions, state }) => {
    const rows = new Set(state.applied.map(({ name }) => name));
    const gone = [...remembered(decisions)].filter(([name]) => !rows.has(name));
    const names = gone.map(([name]) => name);
    if (names.length === 0) return [];
    return [
      {
        kind: 'vanished',
        weight: 'wrong',
        about: names,
        found: `${names.length === 1 ? 'A revision was' : `${names.length} revisions were`} applied and never reverted, says the journal; the ledger has no row of ${names.length === 1 ? 'it' : 'them'}. Somebody has deleted rows, or copied only a part.`,
        evidence: gone.map(([name, row]) => `${name}\n  ${toldBy(row)}`),
        next: [
          `if ${names.length === 1 ? 'its effects are' : 'their effects are'} in this database: ${typed('stamp')} <revision>, which looks at the schema and records all up to there`,
          `if not: ${typed('up')}, which runs ${names.length === 1 ? 'it' : 'them'} again`,
        ],
        remedies: [
          {
            flag: 'forget',
            when: 'if it was reverted by hand, and is to count as not applied',
            mend: ({ write }, about, reason) =>
              write(async ({ journal }) => {
                for (const revision of about)
                  await journal.add(client, { event: 'forgotten', revision, direction: 'down', reason });
                return `${about.join(', ')} counts as not applied. The ledger was not changed.`;
              }),
          },
        ],
      },
    ];
  },
};

const toldBy = ({ event, at, by, host }: Recorded): string =>
  `${event} ${at.toISOString()} by ${[by, host].filter(Boolean).join('@')}`;
