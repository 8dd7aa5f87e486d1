import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { withDatabase } from '../test/database.ts';
import { writePackage } from './write.ts';

const engine = join(import.meta.dirname, '..');
const workspaceModules = join(engine, '../../node_modules');
const app = mkdtempSync(join(tmpdir(), 'nx-mikro-orm-package-'));
const installed = join(app, 'node_modules/nx-mikro-orm');

const put = (file: string, text: string): void => {
  mkdirSync(dirname(join(app, file)), { recursive: true });
  writeFileSync(join(app, file), text);
};

/** Every package of this workspace, but this one as npm gets it. */
async function install(): Promise<void> {
  mkdirSync(join(app, 'node_modules'));
  for (const name of readdirSync(workspaceModules))
    if (!name.startsWith('.') && name !== 'nx-mikro-orm' && name !== '@nx' && name !== 'nx')
      symlinkSync(join(workspaceModules, name), join(app, 'node_modules', name));
  await writePackage(installed);
  const own = join(engine, 'node_modules');
  for (const name of readdirSync(own).filter((one) => !one.startsWith('.'))) {
    mkdirSync(join(installed, 'node_modules'), { recursive: true });
    symlinkSync(join(own, name), join(installed, 'node_modules', name));
  }
}

const run = promisify(execFile);
const node = (words: string[], env: NodeJS.ProcessEnv = {}) =>
  run(process.execPath, words, { cwd: app, env: { PATH: process.env['PATH'], HOME: app, ...env } });

describe('the package as npm gets it, in a project without Nx', () => {
  before(install);
  after(() => rmSync(app, { recursive: true }));

  before(() => {
    put('package.json', '{ "name": "shop", "type": "module" }');
    put(
      'migrations.config.ts',
      `import { defineConfig, type Config } from 'nx-mikro-orm';
const config: Config = { orm: () => import('./mikro-orm.config.ts') };
export default defineConfig(config);`,
    );
    put(
      'mikro-orm.config.ts',
      `import { defineConfig, defineEntity, p } from '@mikro-orm/postgresql';
import { Migrator } from 'nx-mikro-orm/migrator';
const Teacher = defineEntity({ name: 'Teacher', properties: { id: p.integer().primary(), name: p.string() } });
export default defineConfig({
  entities: [Teacher],
  clientUrl: process.env['DATABASE_URL'] ?? 'postgres://localhost/shop',
  extensions: [Migrator],
  migrations: { path: './revisions' },
});`,
    );
  });

  it('creates, applies and reverts a revision, and names its own commands', async () => {
    const bin = join(installed, 'bin.js');
    await withDatabase(async (client, url) => {
      const env = { DATABASE_URL: url, SCRATCH_DATABASE_URL: url };
      const created = await node([bin, 'create', '-m', 'Add teachers'], env);
      assert.match(created.stdout, /npx nx-mikro-orm up/);
      const [file = ''] = readdirSync(join(app, 'revisions'));
      assert.match(readFileSync(join(app, 'revisions', file), 'utf8'), /create table "teacher"/);
      await node([bin, 'up'], env);
      assert.equal((await client.query('select * from teacher')).rowCount, 0);
      await node([bin, 'status', '--check'], env);
      await node([bin, 'down'], env);
      assert.deepEqual((await client.query("select to_regclass('teacher') as is")).rows, [{ is: null }]);
    });
  });

  it('is loaded by `require` as well', async () => {
    put('ask.cjs', "console.log(typeof require('nx-mikro-orm').run, typeof require('nx-mikro-orm/revision').tables)");
    assert.equal((await node(['ask.cjs'])).stdout, 'function function\n');
  });

  it('holds nothing of tests, and no TypeScript that Node would have to strip', () => {
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' }).filter(
      (file) => !file.startsWith('node_modules'),
    );
    assert.deepEqual(
      files.filter((file) => /\.test\.|fixtures|corpus|faults/.test(file)),
      [],
    );
    assert.deepEqual(
      files.filter((file) => /(?<!\.d)\.ts$/.test(file)),
      [],
    );
  });
});
