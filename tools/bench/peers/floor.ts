import { join } from 'node:path';
import type { Peer } from './peer.ts';

/** The least that a command in Node can take: start, load `pg`, connect, ask one thing, end. */
export default {
  name: 'floor',
  note: 'node with pg: one connection, one query',
  missing: () => undefined,
  prepare: ({ write }) => {
    write(
      'query.mjs',
      `import pg from 'pg';

const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
console.log((await client.query('select 1 as one')).rows);
await client.end();
`,
    );
    write('versions/none', '');
  },
  command: (site, action) =>
    site.case.database === 'at-head' && action !== 'create'
      ? { program: process.execPath, args: [join(site.folder, 'query.mjs')] }
      : undefined,
} satisfies Peer;
