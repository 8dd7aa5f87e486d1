import { readStored, rowsOf } from '../ledger/ledger.ts';
import { removeRows } from '../ledger/record.ts';
import type { Finding, Kind, Seen } from './finding.ts';

/** A revision with several rows: the table of stock MikroORM allows it, and two of its runners at once make them. */
export const duplicate: Kind = {
  kind: 'duplicate',
  needs: 'database',
  flags: ['unique'],
  find: async (seen) => {
    const found = [];
    for (const { name } of seen.state.duplicated) found.push(await findingOf(seen, name));
    return found;
  },
};

async function findingOf({ client, project }: Seen, name: string): Promise<Finding> {
  const rows = await rowsOf(client, project, name);
  const [oldest, ...others] = rows;
  return {
    kind: 'duplicate',
    weight: 'wrong',
    about: [name],
    found: `${name} has ${rows.length} rows in the ledger: two runners without a lock may have run it twice. Look whether its effects are there twice.`,
    evidence: rows.map((row) => `row ${row.id}: ${row.name}, ${row.at.toISOString()}`),
    next: [],
    remedies: [
      {
        flag: 'unique',
        when: `to keep the oldest row, ${oldest?.id}`,
        mend: ({ write }) =>
          write(async ({ journal }) => {
            const ids = others.map(({ id }) => id);
            const kept = await readStored(client, project, name);
            await removeRows(client, project, name, ids);
            const message = `row ${oldest?.id} was kept, removed: ${ids.join(', ')}${kept.up ? `; up was: ${kept.up.join('; ')}` : ''}`;
            await journal.add(client, { event: 'accepted', revision: name, message });
            return `Of ${name}, row ${oldest?.id} was kept; ${ids.length} removed.`;
          }),
      },
    ],
  };
}
