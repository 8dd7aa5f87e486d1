/** Folders in which `init` has little to do, or cannot do it. tools/nx-mikro-orm/package/init.test.ts types all of it. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { refused } from '../../test/refused.ts';
import { loadProject } from '../config.ts';
import { typed } from '../errors.ts';
import { planSetup, undoSetup, writeSetup } from './init.ts';

// Inside the workspace, because the configurations import MikroORM.
const home = join(import.meta.dirname, '../../.nx-mikro-orm/init');

async function inFolder(files: Record<string, string>, work: (folder: string) => Promise<void>): Promise<void> {
  mkdirSync(home, { recursive: true });
  const folder = await mkdtemp(join(home, 'app-'));
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const manifest = '{ "name": "app", "type": "module" }\n';

describe('init', () => {
  it('names what is lacking: a package, a configuration, one that can be loaded', async () => {
    await inFolder({}, async (folder) => assert.match((await refused(planSetup(folder))).message, /no package\.json/));
    await inFolder({ 'package.json': manifest }, async (folder) =>
      assert.match((await refused(planSetup(folder))).message, /no MikroORM configuration in/),
    );
    await inFolder(
      { 'package.json': manifest, 'mikro-orm.config.ts': "import './nowhere.ts';\nexport default {};\n" },
      async (folder) => assert.match((await refused(planSetup(folder))).message, /mikro-orm\.config\.ts: Cannot find/),
    );
  });

  it('tells the lines where it cannot edit, and the options that have to go', () =>
    inFolder(
      {
        'package.json': manifest,
        'mikro-orm.config.ts':
          "export default { extensions: [], schema: 'app', migrations: { tableName: 'done', disableForeignKeys: true } };\n",
      },
      async (folder) => {
        const { byHand, refused: options, edits } = await planSetup(folder);
        assert.deepEqual(byHand?.lines, [
          "import { Migrator } from 'nx-mikro-orm/migrator';",
          'extensions: [Migrator],',
        ]);
        assert.deepEqual(
          options.map(({ option }) => option),
          ['migrations.disableForeignKeys'],
        );
        assert.match(edits[0]?.text ?? '', /table: 'app\.done'/);
      },
    ));

  it('sets up a library of an Nx workspace, which has no package of its own', () =>
    inFolder(
      {
        'nx.json': '{}\n',
        'package.json': manifest,
        'libs/db/project.json': '{ "name": "db" }\n',
        'libs/db/src/mikro-orm.config.ts':
          "import { defineConfig } from '@mikro-orm/postgresql';\nexport default defineConfig({\n  entities: [],\n  dbName: 'shop',\n  migrations: { path: './libs/db/src/migrations' },\n  baseDir: import.meta.dirname + '/../../..',\n});\n",
        'libs/db/src/migrations/Migration20240101000000.ts': 'export class A extends Migration {}\n',
      },
      async (folder) => {
        const setup = await planSetup(join(folder, 'libs/db'));
        assert.equal(setup.found.migrations, 1);
        writeSetup(setup);
        assert.deepEqual(
          setup.edits.map(({ file }) => relative(folder, file)),
          ['libs/db/migrations.config.ts', 'libs/db/src/mikro-orm.config.ts', 'nx.json', '.gitignore'],
        );
        const { revisions } = await loadProject({ from: join(folder, 'libs/db') });
        assert.equal(revisions, join(folder, 'libs/db/src/migrations'));
        assert.equal(typed('up'), 'npx nx run db:up');
        assert.deepEqual((await planSetup(join(folder, 'libs/db'))).edits, []);
      },
    ));

  it('takes nothing back where somebody edited a file since', () =>
    inFolder({ 'package.json': manifest, 'mikro-orm.config.ts': 'export default {};\n' }, async (folder) => {
      writeSetup(await planSetup(folder));
      const config = join(folder, 'migrations.config.ts');
      writeFileSync(config, `${readFileSync(config, 'utf8')}// mine\n`);
      const edited = await refused(Promise.resolve().then(() => undoSetup(folder, { dryRun: false })));
      assert.deepEqual(edited.facts, { files: [config] });
      writeFileSync(config, readFileSync(config, 'utf8').replace('// mine\n', ''));
      undoSetup(folder, { dryRun: false });
      assert.equal(existsSync(config), false);
      assert.equal(readFileSync(join(folder, 'package.json'), 'utf8'), manifest);
      const again = await refused(Promise.resolve().then(() => undoSetup(folder, { dryRun: false })));
      assert.equal(again.code, 'init-undone');
    }));
});
