import { join } from 'node:path';
import { generatedDigest } from '../../nx-mikro-orm/src/history/digest.ts';
import { entityFiles } from '../fixture.ts';
import type { Peer } from './peer.ts';
import { classOf, ormConfig } from './mikro-orm.ts';

/** Ours, as one checkout of the workspace has it, by its direct command: without Nx, which costs every tool the same. */
export const oursIn = (root: string, name: string): Peer => ({
  name,
  note: 'node tools/nx-mikro-orm/bin.js current | status | up | create -m …',
  root,
  missing: () => undefined,
  prepare: (site) => {
    const { changes, tables, write } = site;
    for (const [file, text] of Object.entries(entityFiles(tables))) write(`entities/${file}`, text);
    write('mikro-orm.config.ts', ormConfig({ ours: true }));
    write(
      'migrations.config.ts',
      `import { defineConfig } from 'nx-mikro-orm';

export default defineConfig({
  revisions: './versions',
  models: './entities',
  orm: () => import('./mikro-orm.config.ts'),
});
`,
    );
    for (const [at, change] of changes.entries()) {
      const before = changes[at - 1];
      const link = before ? `'${classOf(before)}'` : 'null';
      write(`versions/${classOf(change)}.ts`, revision(change, link));
    }
  },
  command: (site, action) => ({
    program: process.execPath,
    args: [
      join(root, 'tools/nx-mikro-orm/bin.js'),
      action,
      ...(action === 'create' ? ['-m', 'Give a lesson a phone'] : []),
      '--config',
      join(site.folder, 'migrations.config.ts'),
    ],
  }),
});

/** Ours, as it is here. */
export default oursIn(join(import.meta.dirname, '../../..'), 'nx-mikro-orm');

const revision = (change: Parameters<typeof classOf>[0], link: string) => {
  const body = (statements: string[]) => statements.map((sql) => `    this.addSql(\`${sql}\`);`).join('\n');
  return `import { Migration } from '@mikro-orm/migrations';

/** ${change.slug.replaceAll('_', ' ')} */
export class ${classOf(change)} extends Migration {
  static readonly revises = ${link};
  static readonly generated = '${generatedDigest(change)}';

  override up(): void {
${body(change.up)}
  }

  override down(): void {
${body(change.down)}
  }
}
`;
};
