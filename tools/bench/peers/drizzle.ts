import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { installed, missingPackage } from './installed.ts';
import type { Peer } from './peer.ts';

const script = `import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import path from 'node:path';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
await migrate(drizzle(pool), { migrationsFolder: path.join(import.meta.dirname, 'versions') });
await pool.end();
`;

/** Drizzle's migrator in a script: all pending revisions in one transaction, its only way. It has nothing that only looks. */
export default {
  name: 'drizzle',
  note: 'a script with migrate() of drizzle-orm (one transaction for all)',
  missing: () => missingPackage('drizzle-orm/package.json'),
  prepare: ({ folder, changes, write }) => {
    symlinkSync(installed(''), join(folder, 'node_modules'), 'junction');
    write('package.json', '{ "type": "module" }\n');
    write('migrate.js', script);
    const entries = changes.map(({ slug }, idx) => {
      return { idx, version: '7', when: 1_767_225_600_000 + idx, tag: slug, breakpoints: true };
    });
    write('versions/meta/_journal.json', JSON.stringify({ version: '7', dialect: 'postgresql', entries }));
    for (const { slug, up } of changes) write(`versions/${slug}.sql`, up.join(';\n--> statement-breakpoint\n'));
  },
  command: ({ folder }, action) =>
    action === 'up' ? { program: process.execPath, args: [join(folder, 'migrate.js')] } : undefined,
} satisfies Peer;
