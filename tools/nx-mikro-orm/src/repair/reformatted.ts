import { contentOf } from '../history/content.ts';
import { recordContent } from '../ledger/record.ts';
import type { Kind, Seen } from './finding.ts';

/** Applied revisions whose file has other bytes, and still means the same. */
export const reformatted: Kind = {
  kind: 'reformatted',
  needs: 'files',
  flags: ['refresh'],
  find: ({ client, project, ...seen }) => {
    const found = onlyReformatted(seen);
    if (found.length === 0) return [];
    return [
      {
        kind: 'reformatted',
        weight: 'note',
        about: found.map(({ name }) => name),
        found: `${found.length === 1 ? 'The file of an applied revision has' : `The files of ${found.length} applied revisions have`} other bytes than when applied, and the same meaning: only comments or layout changed.`,
        evidence: found.map(({ path }) => path),
        next: [],
        remedies: [
          {
            flag: 'refresh',
            when: 'nothing has to be done; to record the present bytes',
            mend: ({ write }, names) =>
              write(async ({ journal }) => {
                for (const revision of found.filter(({ name }) => names.includes(name))) {
                  await recordContent(client, project, { revision, content: await contentOf(revision) });
                  const message = 'only its layout had changed';
                  await journal.add(client, { event: 'accepted', revision: revision.name, message });
                }
                return `Recorded the present bytes of ${names.join(', ')}.`;
              }),
          },
        ],
      },
    ];
  },
};

function onlyReformatted({ state, edited, unreadable }: Pick<Seen, 'state' | 'edited' | 'unreadable'>) {
  const others = new Set([...edited, ...unreadable].map(({ row }) => row.name));
  return state.changed.filter(({ row }) => !others.has(row.name)).map(({ revision }) => revision);
}
