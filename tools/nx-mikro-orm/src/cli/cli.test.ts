import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../bin.js', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'nx-mikro-orm-cli-'));
after(() => rmSync(root, { recursive: true, force: true }));
mkdirSync(join(root, 'revisions'));
writeFileSync(join(root, 'package.json'), '{"name":"x","type":"module"}');
writeFileSync(
  join(root, 'migrations.config.ts'),
  'export default { orm: () => { throw new Error("not for heads"); } };',
);

const run = (args: string[], node: string[] = []) =>
  spawnSync(process.execPath, [...node, bin, ...args], { cwd: root, encoding: 'utf8', timeout: 20_000 });

test('exit code, standard output and standard error of a command line', () => {
  const cases: [string[], number, RegExp, RegExp][] = [
    [['--version'], 0, /^\d+\.\d+\.\d+\n$/, /^$/],
    [['--help'], 0, /Commands\n {2}create /, /^$/],
    [[], 2, /Commands\n {2}create /, /^$/],
    [['heads', '--help'], 0, /^Show [^]*Usage\n {2}npx nx-mikro-orm heads\n[^]*Exit codes/, /^$/],
    [['help', 'heads'], 0, /npx nx-mikro-orm heads\n/, /^$/],
    [['heads'], 0, /^The history is empty\.\n$/, /^$/],
    [['--json', 'heads'], 0, /^\{\n {2}"heads": \[\]\n\}\n$|^\[\]\n$/, /^$/],
    [
      ['haeds'],
      2,
      /^$/,
      /^There is no command "haeds"\. Did you mean heads\?.*\nNext:\n {2}npx nx-mikro-orm --help\n$/,
    ],
    [['constructor'], 2, /^$/, /^There is no command "constructor"/],
    [['heads', '--jsn'], 2, /^$/, /^"heads" has no option --jsn\. Did you mean --json\?/],
    [['heads', 'x'], 2, /^$/, /takes no argument/],
    [['heads', '--config', 'none.ts'], 2, /^$/, /^No migrations\.config\.ts was found/],
    [['heads', '--config', 'none.ts', '--debug'], 2, /^$/, /at .*config\.ts/],
  ];
  for (const [args, code, out, err] of cases) {
    const { status, stdout, stderr } = run(args);
    assert.equal(status, code, `${args.join(' ')}: ${stderr}`);
    assert.match(stdout, out, args.join(' '));
    assert.match(stderr, err, args.join(' '));
  }
});

test('with --json an error is JSON on standard output too', () => {
  const { status, stdout, stderr } = run(['haeds', '--json']);
  assert.equal(status, 2);
  assert.equal(stderr, '');
  assert.equal((JSON.parse(stdout) as { error: { code: string } }).error.code, 'unknown-command');
});

test('a command imports its own module and nothing big', () => {
  const spy =
    'import{registerHooks}from"node:module";registerHooks({resolve(s,c,n){const r=n(s,c);process._rawDebug(r.url);return r}})';
  const { stderr } = run(['heads'], ['--import', `data:text/javascript,${encodeURIComponent(spy)}`]);
  const loaded = stderr.split('\n');
  const own = loaded.filter((url) => /\/src\/cli\/commands\/(?!index|command)/.test(url));
  assert.deepEqual(
    own.map((url) => url.split('/').at(-1)),
    ['heads.ts'],
  );
  assert.deepEqual(
    loaded.filter((url) => url.includes('/@mikro-orm/')),
    [],
  );
});

test('Ctrl-C: what was registered is undone, then the exit code is 130', { skip: process.platform === 'win32' }, () => {
  const url = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);
  const program = `
    import { onInterrupt, watchInterrupt } from ${url('../interrupt.ts')};
    watchInterrupt(console.log, async ({ by }, became) => console.log(by, became?.message));
    onInterrupt(() => { console.log('first in'); return new Error('what became of it'); });
    onInterrupt(async () => { await new Promise((done) => setTimeout(done, 50)); console.log('last in'); });
    onInterrupt(() => console.log('forgotten'))();
    onInterrupt(() => { throw new Error('stops nobody'); });
    setTimeout(() => process.kill(process.pid, 'SIGINT'), 50);
    setTimeout(() => process.kill(process.pid, 'SIGTERM'), 60);
    setInterval(() => {}, 1000);`;
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  assert.equal(stdout, 'Stopped by Ctrl-C.\nlast in\nfirst in\nCtrl-C what became of it\n');
  assert.equal(status, 130);
});

test('what prints a password is refused through Nx, whose cache folder would keep it, before anything is read', async () => {
  const program = `
    import { main } from ${JSON.stringify(new URL('./cli.ts', import.meta.url).href)};
    process.exitCode = await main(['url'], { via: 'nx' });`;
  const through = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, DATABASE_URL: 'postgres://me:s3cret@127.0.0.1:1/none' },
  });
  assert.equal(through.status, 2);
  assert.equal(through.stdout, '');
  assert.match(
    through.stderr,
    /^url prints a password, and Nx keeps [^]*Nothing was printed\.\nNext:\n {2}npx nx-mikro-orm url\n/,
  );
  assert.doesNotMatch(through.stderr, /s3cret/);
});
