/** `nx g nx-mikro-orm:init`, which `nx add` runs, in throw-away workspaces of Nx with the package as npm packs it. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { packIn, unpackInto } from './unpack.ts';

const home = mkdtempSync(join(tmpdir(), 'nx-mikro-orm-generator-'));
const run = promisify(execFile);

const ormConfig = `import { defineConfig, defineEntity, p } from '@mikro-orm/postgresql';
const Customer = defineEntity({ name: 'Customer', properties: { id: p.integer().primary() } });
export default defineConfig({
  entities: [Customer],
  dbName: 'shop',
  migrations: { path: './migrations' },
  baseDir: import.meta.dirname,
});
`;

/** A workspace of Nx with libraries that have no package of their own. */
async function workspaceOf(name: string, configs: readonly string[]): Promise<string> {
  const root = join(home, name);
  await unpackInto(home, root, { nx: true });
  const files: Record<string, string> = {
    'package.json': '{ "name": "shop", "type": "module" }\n',
    'nx.json': '{}\n',
    ...Object.fromEntries(
      configs.flatMap((folder) => [
        [`${folder}/project.json`, `{ "name": "${folder.replaceAll('/', '-')}" }\n`],
        [`${folder}/src/mikro-orm.config.ts`, ormConfig],
      ]),
    ),
  };
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return root;
}

/** Without what Nx tells its tasks: this test may be one. */
const env = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('NX_'))),
  NX_DAEMON: 'false',
  NX_ADD_PLUGINS: 'false',
};

async function nx(root: string, ...words: string[]): Promise<string> {
  const { stdout, stderr } = await run(process.execPath, [join(root, 'node_modules/nx/dist/bin/nx.js'), ...words], {
    cwd: root,
    env,
  });
  return stdout + stderr;
}

describe('the generator of Nx', () => {
  before(() => packIn(home));
  after(() => rmSync(home, { recursive: true }));

  it('sets up the only project with a configuration, and is taken back by init --undo', async () => {
    const root = await workspaceOf('one', ['libs/db']);
    const text = (file: string) => readFileSync(join(root, file), 'utf8');
    await nx(root, 'g', 'nx-mikro-orm:init', '--dry-run');
    assert.equal(existsSync(join(root, 'libs/db/migrations.config.ts')), false, 'a dry run writes nothing');
    assert.match(await nx(root, 'g', 'nx-mikro-orm:init', '--no-interactive'), /Next: /);
    assert.match(text('libs/db/migrations.config.ts'), /revisions: '\.\/src\/migrations'/);
    assert.match(text('libs/db/src/mikro-orm.config.ts'), /extensions: \[Migrator\]/);
    assert.deepEqual(JSON.parse(text('nx.json')), { plugins: ['nx-mikro-orm/plugin'] });
    const shown = JSON.parse(await nx(root, 'show', 'project', 'libs-db', '--json')) as { targets: object };
    assert.ok('verify' in shown.targets, 'the commands are targets');
    const written = text('libs/db/migrations.config.ts');
    await nx(root, 'g', 'nx-mikro-orm:init', '--no-interactive');
    assert.equal(text('libs/db/migrations.config.ts'), written, 'twice is once');
    const bin = join(root, 'node_modules/nx-mikro-orm/bin.js');
    await run(process.execPath, [bin, 'init', '--undo'], { cwd: join(root, 'libs/db'), env });
    assert.equal(existsSync(join(root, 'libs/db/migrations.config.ts')), false);
    assert.equal(text('libs/db/src/mikro-orm.config.ts'), ormConfig);
  });

  it('registers the plugin alone where it cannot tell which project is meant', async () => {
    const root = await workspaceOf('two', ['libs/db', 'libs/other']);
    assert.match(await nx(root, 'g', 'nx-mikro-orm:init', '--no-interactive'), /--folder=libs\/other/);
    assert.deepEqual(JSON.parse(readFileSync(join(root, 'nx.json'), 'utf8')), { plugins: ['nx-mikro-orm/plugin'] });
    assert.equal(existsSync(join(root, 'libs/db/migrations.config.ts')), false);
    await nx(root, 'g', 'nx-mikro-orm:init', '--folder=libs/other', '--no-interactive');
    assert.equal(existsSync(join(root, 'libs/other/migrations.config.ts')), true);
  });
});
