import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Table } from '../fixture.ts';
import { installed, missingPackage } from './installed.ts';
import type { Peer } from './peer.ts';

const bin = 'typeorm/cli.js';

const source = `const { DataSource, EntitySchema } = require('typeorm');
const { tables } = require('./tables.js');

for (const { columns } of tables) columns.created_at.default = () => 'now()';

module.exports = new DataSource({
  type: 'postgres',
  url: process.env.DATABASE_URL,
  entities: tables.map((options) => new EntitySchema(options)),
  migrations: [__dirname + '/versions/*.js'],
});
`;

/** TypeORM's command line: all pending revisions in one transaction, its default. */
export default {
  name: 'typeorm',
  note: 'typeorm migration:show | run (one transaction for all) | generate, which proves nothing',
  missing: () => missingPackage(bin),
  prepare: ({ folder, changes, tables, write }) => {
    symlinkSync(installed(''), join(folder, 'node_modules'), 'junction');
    write('package.json', '{ "type": "commonjs" }\n');
    write('data-source.js', source);
    write('tables.js', `exports.tables = ${JSON.stringify(tables.map(entity), null, 2)};\n`);
    for (const [at, { slug, up, down }] of changes.entries()) {
      const body = (statements: string[]) =>
        statements.map((sql) => `    await runner.query(${JSON.stringify(sql)});`).join('\n');
      const name = `R${slug}${1_767_225_600_000 + at}`;
      write(
        `versions/${slug}.js`,
        `exports.${name} = class {\n  name = '${name}';\n  async up(runner) {\n${body(up)}\n  }\n  async down(runner) {\n${body(down)}\n  }\n};\n`,
      );
    }
  },
  command: ({ folder }, action) => {
    if (action === 'verify') return undefined;
    const words = {
      current: ['migration:show'],
      status: ['migration:show'],
      up: ['migration:run'],
      create: ['migration:generate', join(folder, 'versions/GiveALessonAPhone'), '--outputJs'],
    }[action];
    return { program: process.execPath, args: [installed(bin), ...words, '-d', join(folder, 'data-source.js')] };
  },
} satisfies Peer;

function entity({ name, added, wanted }: Table) {
  const labels = Array.from({ length: added }, (_, at) => `label${at + 1}`);
  const text = (length: number, nullable: boolean) => ({ type: 'varchar', length, nullable });
  return {
    name,
    tableName: name,
    columns: {
      id: { type: 'int', primary: true, generated: true },
      title: text(100, false),
      notes: { type: 'text', nullable: true },
      seats: { type: 'int', default: 0 },
      created_at: { type: 'timestamptz' },
      ...Object.fromEntries(labels.map((label) => [label, text(50, true)])),
      ...(wanted ? { phone: text(30, true) } : {}),
    },
    indices: ['title', ...labels].map((column) => ({ name: `${name}_${column}_index`, columns: [column] })),
  };
}
