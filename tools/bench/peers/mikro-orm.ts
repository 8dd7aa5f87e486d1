import { join } from 'node:path';
import { entityFiles, type Change } from '../fixture.ts';
import type { Peer } from './peer.ts';

const bin = join(import.meta.dirname, '../../../node_modules/@mikro-orm/cli/cli.js');

/** Name of a revision's class and file. */
export const classOf = ({ slug }: Change): string => `Migration2026010100${slug}`;

/** The MikroORM configuration of a site: stock, or with nothing of the stock migrator. */
export const ormConfig = ({ ours }: { ours: boolean }): string => `import { defineConfig } from '@mikro-orm/postgresql';
${ours ? '' : "import { Migrator } from '@mikro-orm/migrations';\n"}import { entities } from './entities/index.ts';

export default defineConfig({
  entities,
  clientUrl: process.env.DATABASE_URL,
${ours ? '' : "  extensions: [Migrator],\n  migrations: { path: import.meta.dirname + '/versions', snapshot: false },\n"}});
`;

/** Its command line insists on being a dependency of the package that it is called in. */
const manifest = JSON.stringify({
  type: 'module',
  dependencies: { '@mikro-orm/cli': '*' },
  'mikro-orm': { preferTs: false, configPaths: ['./mikro-orm.config.js'] },
});

const words = {
  current: 'migration:pending',
  status: 'migration:list',
  up: 'migration:up',
  create: 'migration:create',
};

/** MikroORM's own command line with its own migrator: all pending revisions in one transaction, its default. */
export default {
  name: 'mikro-orm',
  note: 'mikro-orm migration:pending | list | up (one transaction for all) | create, stock migrator',
  missing: () => undefined,
  prepare: ({ changes, tables, write }) => {
    for (const [file, text] of Object.entries(entityFiles(tables))) write(`entities/${file}`, text);
    write('package.json', manifest);
    write('mikro-orm.config.ts', ormConfig({ ours: false }));
    write('mikro-orm.config.js', "export { default } from './mikro-orm.config.ts';\n");
    for (const change of changes) {
      const body = (statements: string[]) => statements.map((sql) => `    this.addSql(\`${sql}\`);`).join('\n');
      write(
        `versions/${classOf(change)}.ts`,
        `import { Migration } from '@mikro-orm/migrations';

export class ${classOf(change)} extends Migration {
  override up(): void {
${body(change.up)}
  }

  override down(): void {
${body(change.down)}
  }
}
`,
      );
    }
  },
  command: (_site, action) =>
    action === 'verify' ? undefined : { program: process.execPath, args: [bin, words[action]] },
} satisfies Peer;
