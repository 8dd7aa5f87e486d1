import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { installed, missingPackage } from './installed.ts';
import type { Peer } from './peer.ts';

// Kysely has no command line of its own: a project writes a script like this one.
const script = `import { promises as fs } from 'node:fs';
import path from 'node:path';
import { Kysely, PostgresDialect } from 'kysely';
import { FileMigrationProvider, Migrator } from 'kysely/migration';
import pg from 'pg';

const dialect = new PostgresDialect({ pool: new pg.Pool({ connectionString: process.env.DATABASE_URL }) });
const db = new Kysely({ dialect });
const migrationFolder = path.join(import.meta.dirname, 'versions');
const migrator = new Migrator({ db, provider: new FileMigrationProvider({ fs, path, migrationFolder }) });
if (process.argv[2] === 'up') {
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
} else for (const { name, executedAt } of await migrator.getMigrations()) console.log(name, executedAt);
await db.destroy();
`;

/** Kysely's migrator in a script: all pending revisions in one transaction, its default. */
export default {
  name: 'kysely',
  note: 'a script with Migrator.getMigrations() | migrateToLatest() (one transaction for all)',
  missing: () => missingPackage('kysely/package.json'),
  prepare: ({ folder, changes, write }) => {
    symlinkSync(installed(''), join(folder, 'node_modules'), 'junction');
    write('package.json', '{ "type": "module" }\n');
    write('migrate.js', script);
    for (const { slug, up, down } of changes) {
      const body = (statements: string[]) =>
        statements.map((text) => `  await sql.raw(${JSON.stringify(text)}).execute(db);`).join('\n');
      write(
        `versions/${slug}.js`,
        `import { sql } from 'kysely';\n\nexport const up = async (db) => {\n${body(up)}\n};\n\nexport const down = async (db) => {\n${body(down)}\n};\n`,
      );
    }
  },
  command: ({ folder }, action) =>
    action === 'create' || action === 'verify'
      ? undefined
      : { program: process.execPath, args: [join(folder, 'migrate.js'), action] },
} satisfies Peer;
