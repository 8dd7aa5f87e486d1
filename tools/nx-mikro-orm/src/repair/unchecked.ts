import type { Applied } from '../history/state.ts';
import { contentOf } from '../history/content.ts';
import { recordContent } from '../ledger/record.ts';
import type { Kind, Seen } from './finding.ts';

/** Rows that say only that a revision was applied: stock MikroORM wrote them, or somebody did by hand. */
export const unchecked: Kind = {
  kind: 'unchecked',
  needs: 'files',
  flags: ['adopt'],
  find: ({ client, project, history, ...seen }) => {
    const found = bareRows(seen).flatMap(({ name }) => history.byName.get(name) ?? []);
    if (found.length === 0) return [];
    return [
      {
        kind: 'unchecked',
        weight: 'note',
        about: found.map(({ name }) => name),
        found: `${found.length === 1 ? 'A row' : `${found.length} rows`} of the ledger cannot tell what was applied, so an edit of the file would go unnoticed: stock MikroORM wrote ${found.length === 1 ? 'it' : 'them'}, or somebody by hand.`,
        evidence: found.map(({ name }) => name),
        next: [],
        remedies: [
          {
            flag: 'adopt',
            when: 'to record what the file says now, which nobody can compare with what ran then',
            mend: ({ write }, names) =>
              write(async ({ journal }) => {
                for (const revision of found.filter(({ name }) => names.includes(name))) {
                  await recordContent(client, project, { revision, content: await contentOf(revision) });
                  const message = 'its row had no statements; those of the file were taken, unseen';
                  await journal.add(client, { event: 'accepted', revision: revision.name, message });
                }
                return `Recorded what the ${names.length === 1 ? 'file says' : 'files say'} of ${names.join(', ')}.`;
              }),
          },
        ],
      },
    ];
  },
};

function bareRows({ state, edited, unreadable }: Pick<Seen, 'state' | 'edited' | 'unreadable'>): Applied[] {
  const others = new Set([...edited, ...unreadable].map(({ row }) => row.name));
  const rows = new Map(state.applied.map((row) => [row.name, row]));
  return [...rows.values()].filter(({ name, checksum }) => checksum === undefined && !others.has(name));
}
