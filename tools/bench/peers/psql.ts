import { join } from 'node:path';
import { onPath, type Peer } from './peer.ts';

const psql = onPath('psql');

const loop = `import { readFileSync } from 'node:fs';
import pg from 'pg';

const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
const transactions = readFileSync(new URL('versions/all.sql', import.meta.url), 'utf8').split(/(?<=^commit;\\n)/m);
for (const statement of transactions.flatMap((text) => text.split(/(?<=;)\\n/)))
  if (statement) await client.query(statement);
await client.end();
`;

/** The same SQL and nothing else, one transaction for each revision: no ledger, no lock, no reading of files. */
export default {
  name: psql ? 'psql' : 'pg-loop',
  note: psql
    ? 'psql -f: the same SQL, one transaction each'
    : 'node with pg (psql is not installed): the same SQL, one transaction each',
  missing: () => undefined,
  prepare: ({ changes, write }) => {
    write('loop.mjs', loop);
    const transaction = (up: string[]) => ['begin', ...up, 'commit'].map((sql) => `${sql};\n`).join('');
    write('versions/all.sql', changes.map(({ up }) => transaction(up)).join(''));
  },
  command: (site, action) => {
    if (site.case.database !== 'empty' || action !== 'up') return undefined;
    if (!psql) return { program: process.execPath, args: [join(site.folder, 'loop.mjs')] };
    const { hostname, port, username, password, pathname } = new URL(site.url);
    return {
      program: psql,
      args: ['--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1', '--file', join(site.folder, 'versions/all.sql')],
      env: {
        PGHOST: hostname,
        PGPORT: port,
        PGUSER: decodeURIComponent(username),
        PGPASSWORD: decodeURIComponent(password),
        PGDATABASE: pathname.slice(1),
      },
    };
  },
} satisfies Peer;
