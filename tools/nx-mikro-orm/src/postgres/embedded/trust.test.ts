import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server as Listener } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, test } from 'node:test';
import type { Problem } from '../../errors.ts';
import { until } from '../../../test/until.ts';
import { refused } from '../../../test/refused.ts';
import { isRoot } from './account.ts';
import { startServer, stopServer } from './server.ts';

const settings = { fsync: 'off' };
const roots: string[] = [];
const stranger = 4321;
const onlyRoot = { skip: !isRoot() && 'only root can make files of somebody else' };

function workspace(): { root: string; home: string } {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'nx-mikro-orm-test-')));
  chmodSync(root, 0o755);
  roots.push(root);
  return { root, home: join(root, '.nx-mikro-orm', 'postgres') };
}

/** The refusal to start a server in files of somebody else. */
async function foreign(root: string): Promise<Problem> {
  const error = await refused(startServer({ root, settings }));
  assert.equal(error.code, 'postgres-folder-foreign');
  return error;
}

after(async () => {
  for (const root of roots) {
    await stopServer(root).catch(() => undefined);
    rmSync(root, { recursive: true, force: true });
  }
});

test('a data folder of somebody else is refused by name, and nothing connects to it', onlyRoot, async () => {
  const { root, home } = workspace();
  mkdirSync(join(home, 'data'), { recursive: true });
  writeFileSync(join(home, 'data', 'PG_VERSION'), '18\n');
  writeFileSync(join(home, 'data', 'nx-mikro-orm-password'), 'known');
  chownSync(join(home, 'data'), stranger, stranger);
  const error = await foreign(root);
  assert.match(error.message, new RegExp(`belongs to user ${stranger} \\(${home}/data\\)`));
});

test('what is remembered of a server by somebody else is refused', onlyRoot, async () => {
  const { root, home } = workspace();
  await startServer({ root, settings });
  chownSync(join(home, 'server.json'), stranger, stranger);
  await foreign(root);
  chownSync(join(home, 'server.json'), 0, 0);
});

test('a folder under the shared temporary one that somebody else made first is refused', onlyRoot, async () => {
  const { root, home } = workspace();
  // Root passes here and the account does not, so that the data lies elsewhere.
  chmodSync(root, 0o700);
  const { folder } = await startServer({ root, settings });
  await stopServer(root);
  const place = dirname(folder);
  rmSync(join(home, 'server.json'));
  chownSync(place, stranger, stranger);
  const error = await foreign(root);
  assert.match(error.message, new RegExp(`${basename(place)} belongs to user ${stranger}`));
  rmSync(place, { recursive: true });
});

test('folders that everybody may write to are closed', async () => {
  const { root, home } = workspace();
  const before = process.umask(0);
  try {
    await startServer({ root, settings });
  } finally {
    process.umask(before);
  }
  for (const folder of [dirname(home), home]) assert.equal(statSync(folder).mode & 0o022, 0, folder);
  chmodSync(home, 0o777);
  await stopServer(root);
  await startServer({ root, settings });
  assert.equal(statSync(home).mode & 0o022, 0);
});

test('a data folder that came back from a cache is put right', async () => {
  const { root, home } = workspace();
  const { folder } = await startServer({ root, settings });
  await stopServer(root);
  const empty = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && readdirSync(join(entry.parentPath, entry.name)).length === 0,
  );
  assert.ok(empty.length > 5, 'a stopped server leaves empty folders');
  for (const entry of empty) rmSync(join(entry.parentPath, entry.name), { recursive: true });
  chmodSync(folder, 0o755);
  if (isRoot()) chownSync(folder, 0, 0);
  await startServer({ root, settings });
  assert.equal(statSync(join(home, 'data')).mode & 0o777, 0o700);
});

test("another user's process with the id of our postmaster is not taken for it", onlyRoot, async () => {
  const { root } = workspace();
  const server = await startServer({ root, settings });
  const file = join(server.folder, 'postmaster.pid');
  const [, , ...rest] = readFileSync(file, 'utf8').split('\n');
  await stopServer(root);
  // It is called `postgres -D …`, and waits for somebody to write into what it takes for a script.
  const script = 'script-of-somebody-else';
  execFileSync('mkfifo', ['--mode=666', join(root, script)]);
  const fake = spawn('bash', ['-D', script], {
    cwd: root,
    argv0: 'postgres',
    stdio: 'ignore',
    uid: stranger,
    gid: stranger,
  });
  await until('the other process has its name', () =>
    readFileSync(`/proc/${fake.pid}/cmdline`, 'utf8').startsWith('postgres'),
  );
  try {
    writeFileSync(file, [fake.pid, script, ...rest].join('\n'));
    await startServer({ root, settings });
    assert.notEqual(readFileSync(file, 'utf8').split('\n')[0], String(fake.pid));
  } finally {
    fake.kill('SIGKILL');
  }
});

test('a deaf listener on the remembered port: the next one', async () => {
  const { root } = workspace();
  const server = await startServer({ root, settings });
  await stopServer(root);
  const deaf = await new Promise<Listener>((resolve) => {
    const listener = createServer(() => undefined).listen(server.port, '127.0.0.1', () => resolve(listener));
  });
  try {
    assert.notEqual((await startServer({ root, settings })).port, server.port);
  } finally {
    deaf.close();
  }
});
