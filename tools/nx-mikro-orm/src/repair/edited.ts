import { typed } from '../errors.ts';
import { known } from '../history/state.ts';
import { contentOf } from '../history/content.ts';
import { changesOf } from '../run/content/edited.ts';
import { recordContent } from '../ledger/record.ts';
import type { Finding, Kind, Seen } from './finding.ts';

/** An applied revision whose file means something else now. */
export const edited: Kind = {
  kind: 'edited',
  needs: 'files',
  flags: ['accept'],
  find: async (seen) => {
    const found = [];
    for (const one of seen.edited) found.push(await findingOf(seen, one));
    return found;
  },
};

async function findingOf({ client, project }: Seen, one: Seen['edited'][number]): Promise<Finding> {
  const { revision, row } = one;
  const changes = await changesOf(client, project, one);
  return {
    kind: 'edited',
    weight: 'wrong',
    about: [row.name],
    found: `${row.name} was edited after being applied: a database that runs it now gets something else than this one has.`,
    evidence: [known(row), revision.path, ...changes],
    next: [
      `put it back: git log --oneline -- '${revision.path}'`,
      `move the change into a new revision: ${typed('create')} --empty -m "…"`,
    ],
    remedies: [
      {
        flag: 'accept',
        when: 'if this database has the change already',
        mend: ({ write }, _, reason) =>
          write(async ({ journal }) => {
            await recordContent(client, project, { revision, content: await contentOf(revision) });
            const message = changes.join('\n');
            await journal.add(client, { event: 'accepted', revision: row.name, message, reason });
            return `${row.name} counts as applied the way it is now. Nothing was run.`;
          }),
      },
    ],
  };
}
