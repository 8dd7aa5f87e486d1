import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { installed, missingPackage } from './installed.ts';
import type { Peer } from './peer.ts';

// Umzug leaves the storage and the transaction to the project.
const script = `import path from 'node:path';
import pg from 'pg';
import { Umzug } from 'umzug';

const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
await client.query('create table if not exists umzug (name text primary key)');
const umzug = new Umzug({
  migrations: { glob: path.join(import.meta.dirname, 'versions/*.cjs') },
  context: client,
  logger: undefined,
  storage: {
    executed: async () => (await client.query('select name from umzug order by name')).rows.map(({ name }) => name),
    logMigration: ({ name }) => client.query('insert into umzug values ($1)', [name]),
    unlogMigration: ({ name }) => client.query('delete from umzug where name = $1', [name]),
  },
});
if (process.argv[2] === 'up') await umzug.up();
else for (const { name } of process.argv[2] === 'current' ? await umzug.executed() : await umzug.pending()) console.log(name);
await client.end();
`;

/** Umzug in a script, with a table of names: each statement commits by itself, as in most projects. */
export default {
  name: 'umzug',
  note: 'a script with Umzug.executed() | pending() | up() (no transaction)',
  missing: () => missingPackage('umzug/package.json'),
  prepare: ({ folder, changes, write }) => {
    symlinkSync(installed(''), join(folder, 'node_modules'), 'junction');
    write('package.json', '{ "type": "module" }\n');
    write('migrate.js', script);
    for (const { slug, up, down } of changes) {
      const body = (statements: string[]) =>
        statements.map((sql) => `  await client.query(${JSON.stringify(sql)});`).join('\n');
      write(
        `versions/${slug}.cjs`,
        `exports.up = async ({ context: client }) => {\n${body(up)}\n};\n\nexports.down = async ({ context: client }) => {\n${body(down)}\n};\n`,
      );
    }
  },
  command: ({ folder }, action) =>
    action === 'create' || action === 'verify'
      ? undefined
      : { program: process.execPath, args: [join(folder, 'migrate.js'), action] },
} satisfies Peer;
