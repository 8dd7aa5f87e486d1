import { join } from 'node:path';
import type { Peer } from './peer.ts';

const script = `import pg from 'pg';

const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
for (let n = 0; n < Number(process.argv[2]); n++) await client.query('select 1');
await client.end();
`;

/** The least that a network with a delay allows: one round trip for each revision, and no work at all. */
export default {
  name: 'round-trips',
  note: 'node with pg: one empty query for each revision, each answer awaited',
  missing: () => undefined,
  prepare: ({ write }) => {
    write('round-trips.mjs', script);
    write('versions/none', '');
  },
  command: ({ case: { delayMs }, folder, changes }, action) =>
    delayMs !== undefined && action === 'up'
      ? { program: process.execPath, args: [join(folder, 'round-trips.mjs'), String(changes.length)] }
      : undefined,
} satisfies Peer;
