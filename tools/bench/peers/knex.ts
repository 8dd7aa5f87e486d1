import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { installed, missingPackage } from './installed.ts';
import type { Peer } from './peer.ts';

const bin = 'knex/bin/cli.js';
const words = {
  current: 'migrate:currentVersion',
  status: 'migrate:list',
  up: 'migrate:latest',
  create: undefined,
  verify: undefined,
};

/** knex, one transaction per revision: its default. It compares no models, so it has no `create`. */
export default {
  name: 'knex',
  note: 'knex migrate:currentVersion | list | latest',
  missing: () => missingPackage(bin),
  prepare: ({ folder, changes, write }) => {
    // It looks for itself from where the knexfile lies.
    symlinkSync(installed(''), join(folder, 'node_modules'), 'junction');
    // What knex itself writes for a new project is CommonJS.
    write('package.json', '{ "type": "commonjs" }\n');
    write(
      'knexfile.js',
      `module.exports = {
  client: 'pg',
  connection: process.env.DATABASE_URL,
  migrations: { directory: './versions' },
};
`,
    );
    for (const { slug, up, down } of changes) {
      const body = (statements: string[]) =>
        statements.map((sql) => `  await knex.raw(${JSON.stringify(sql)});`).join('\n');
      write(
        `versions/2026010100${slug}.js`,
        `exports.up = async (knex) => {\n${body(up)}\n};\n\nexports.down = async (knex) => {\n${body(down)}\n};\n`,
      );
    }
  },
  command: ({ folder }, action) => {
    const word = words[action];
    if (word === undefined) return undefined;
    return { program: process.execPath, args: [installed(bin), word, '--knexfile', join(folder, 'knexfile.js')] };
  },
} satisfies Peer;
