import { known } from '../history/state.ts';
import { contentOf } from '../history/content.ts';
import { recordContent, renameRow } from '../ledger/record.ts';
import { renamedIn, type Renamed } from '../history/renamed.ts';
import type { Finding, Kind, Seen } from './finding.ts';

/** An applied revision whose file has another name now. */
export const renamed: Kind = {
  kind: 'renamed',
  needs: 'files',
  flags: ['renamed'],
  find: async (seen) => (await renamedIn(seen.state)).map((one) => findingOf(seen, one)),
};

const findingOf = ({ client, project }: Seen, { row, revision }: Renamed): Finding => ({
  kind: 'renamed',
  weight: 'wrong',
  about: [row.name, revision.name],
  found: `${row.name} is applied and has no file, and ${revision.name}, which is not applied, means exactly the same: it was renamed.`,
  evidence: [known(row), revision.path],
  next: [`give the file its name back: git mv '${revision.path}' …/${row.name}.ts, and its class too`],
  remedies: [
    {
      flag: 'renamed',
      when: 'if every database is to know it by its new name',
      mend: ({ write }) =>
        write(async ({ journal }) => {
          await renameRow(client, project, row.name, revision.name);
          await recordContent(client, project, { revision, content: await contentOf(revision) });
          const old = { event: 'forgotten', revision: row.name, direction: 'down' } as const;
          await journal.add(client, { ...old, message: `its name is ${revision.name} now` });
          const now = { event: 'stamped', revision: revision.name, direction: 'up' } as const;
          await journal.add(client, { ...now, message: `its name was ${row.name}` });
          return `The row of ${row.name} bears the name ${revision.name} now. Nothing was run.`;
        }),
    },
  ],
});
