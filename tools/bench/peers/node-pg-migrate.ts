import { join } from 'node:path';
import { installed, missingPackage } from './installed.ts';
import type { Peer } from './peer.ts';

const bin = 'node-pg-migrate/bin/node-pg-migrate.js';

/** node-pg-migrate. It has no command that only looks: `up --dry-run` is the nearest. Nor does it compare models. */
export default {
  name: 'node-pg-migrate',
  note: 'node-pg-migrate up --dry-run | up (one transaction for all)',
  missing: () => missingPackage(bin),
  prepare: ({ changes, write }) => {
    write('package.json', '{ "type": "module" }\n');
    for (const [at, { slug, up, down }] of changes.entries()) {
      const body = (statements: string[]) => statements.map((sql) => `  pgm.sql(${JSON.stringify(sql)});`).join('\n');
      write(
        `versions/${1_767_225_600_000 + at}_${slug.slice(5).replaceAll('_', '-')}.js`,
        `export const up = (pgm) => {\n${body(up)}\n};\n\nexport const down = (pgm) => {\n${body(down)}\n};\n`,
      );
    }
  },
  command: ({ folder }, action) => {
    if (action === 'create' || action === 'verify') return undefined;
    return {
      program: process.execPath,
      args: [
        installed(bin),
        'up',
        '--migrations-dir',
        join(folder, 'versions'),
        ...(action === 'up' ? [] : ['--dry-run']),
      ],
    };
  },
} satisfies Peer;
