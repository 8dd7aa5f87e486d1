import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { until } from '../test/until.ts';

/** A throw-away workspace with a copy of this engine in which every command but two is taken out. */
const engine = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(engine, '../../node_modules');
const root = mkdtempSync(join(tmpdir(), 'nx-mikro-orm-run-'));
const copy = join(root, 'tools/nx-mikro-orm');

const echo = (name: string) => `
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onInterrupt } from '../../interrupt.ts';
import { command } from './command.ts';
export default command({
  summary: 'Say what was typed after ${name}',
  touches: 'files',
  changes: 'files',
  argument: { name: 'target', help: 'any word' },
  options: { message: { type: 'string', short: 'm', help: 'Any text' }, each: { type: 'string', list: true, help: 'Any texts' }, big: { type: 'boolean', help: 'A megabyte' }, long: { type: 'boolean', help: 'A minute' } },
  examples: ['${name} head'],
  run: async ({ args, options: { message, each, big, long }, project, report }) => ({
    json: null,
    lines: long ? await wait(project, report) : big ? new Array(16_384).fill('#'.repeat(63)) : ['GOT ' + JSON.stringify([args, message, each, project.root])],
    exit: message === 'fail' ? 'differs' : 'ok',
  }),
});
async function wait(project, report) {
  onInterrupt(async () => {
    await new Promise((done) => setTimeout(done, 700));
    writeFileSync(join(project.root, 'undone'), '');
    return new Error('it was undone');
  });
  report.line('READY');
  await new Promise((done) => setTimeout(done, 60_000));
}`;

/** Without what Nx tells its tasks: this test may be one. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^NX_|^FORCE_COLOR$/.test(name)));

const put = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

before(async () => {
  cpSync(engine, copy, {
    recursive: true,
    filter: (path) =>
      !/\.test\.ts$|\/commands\/(?!command\.ts)|\/node_modules|\/schemas\//.test(path.slice(engine.length)),
  });
  mkdirSync(join(copy, 'src/cli/commands'), { recursive: true });
  cpSync(join(engine, 'src/cli/commands/command.ts'), join(copy, 'src/cli/commands/command.ts'));
  put('tools/nx-mikro-orm/src/cli/commands/up.ts', echo('up'));
  put('tools/nx-mikro-orm/src/cli/commands/down.ts', echo('down'));
  put(
    'tools/nx-mikro-orm/src/cli/commands/index.ts',
    `export const commands = { up: () => import('./up.ts'), down: () => import('./down.ts') };
     export const load = async (name) => (await commands[name]()).default;
     export const loadAll = async () => ({ up: await load('up'), down: await load('down') });`,
  );
  put('nx.json', '{"analytics":false,"neverConnectToCloud":true,"plugins":["nx-mikro-orm/plugin"]}');
  put('package.json', '{"name":"x","private":true,"workspaces":["packages/*","tools/*"]}');
  put('package-lock.json', '{"name":"x","lockfileVersion":3,"packages":{}}');
  put(
    'packages/migrations/package.json',
    JSON.stringify({
      name: 'migrations',
      type: 'module',
      nx: { targets: { down: { options: { each: ['set on', 'the target, $HOME'] } } } },
    }),
  );
  put('packages/migrations/migrations.config.ts', 'export default { orm: async () => ({ default: {} }) };');
  mkdirSync(join(root, 'node_modules'));
  for (const name of readdirSync(modules)) {
    if (!name.startsWith('.') && name !== 'nx-mikro-orm')
      symlinkSync(join(modules, name), join(root, 'node_modules', name));
  }
  symlinkSync('../tools/nx-mikro-orm', join(root, 'node_modules/nx-mikro-orm'));
  const { code, output } = await run(join(copy, 'scripts/docs.ts'), []);
  assert.equal(code, 0, output);
});
after(() => rmSync(root, { recursive: true, force: true }));

function run(program: string, args: string[], more: NodeJS.ProcessEnv = {}) {
  return new Promise<{ code: number | null; output: string }>((done) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: root,
      env: { ...env, NX_DAEMON: 'false', ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 30_000,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('close', (code) => done({ code, output }));
  });
}

const nx = join(modules, 'nx/dist/bin/nx.js');
/** With a process for each plugin, as Nx does it, this takes four times as long. */
const together = { NX_ISOLATE_PLUGINS: 'false' };
const nxRun = (...args: string[]) => run(nx, ['run', ...args], together);

test('through nx run, words arrive exactly as typed', async () => {
  const nasty = 'it\'s $HOME `id` "x" \\ 🚀; touch pwned';
  const cases: [words: string[], [args: string[], message?: string | undefined, ...each: string[]]][] = [
    [
      [
        'up',
        '20260101000000',
        '-m',
        nasty,
        '--each',
        `t.c:'a b'::text || "q"`,
        `--each=${nasty}`,
        '--each',
        't.d:1,2',
        '--each',
        '',
      ],
      [['20260101000000'], nasty, `t.c:'a b'::text || "q"`, nasty, 't.d:1,2', ''],
    ],
    [
      ['up', '+2', '--message=a  b', '--each', 'a.b:c', '--each', 'd.e:f'],
      [['+2'], 'a  b', 'a.b:c', 'd.e:f'],
    ],
    [
      ['down', '-1', '-m', ''],
      [['-1'], ''],
    ],
    [
      ['down', '-m', '007', '-m', '1e3'],
      [[], '1e3'],
    ],
    [['up', '--', '--', '--x'], [['--x']]],
    [
      ['up', '--each', '007', '--each', '1e3', '--each', '20260101000000', '--each=true'],
      [[], undefined, '007', '1e3', '20260101000000', 'true'],
    ],
    [
      ['up', '--each', '007'],
      [[], undefined, '007'],
    ],
  ];
  for (const [[command, ...words], [args, message, ...typed]] of cases) {
    const { code, output } = await nxRun(`migrations:${command}`, ...words);
    const got = /GOT (.*)/.exec(output)?.[1];
    const each = command === 'down' ? ['set on', 'the target, $HOME', ...typed] : typed;
    const home = join(root, 'packages/migrations');
    assert.deepEqual(JSON.parse(got ?? 'null'), [args, message ?? null, each, home], output);
    assert.equal(code, 0);
  }
  assert.equal(existsSync(join(root, 'pwned')), false);
});

test('through nx run, a failure is exit code 1, and a bad option is a sentence without colours', async () => {
  const [failed, refused] = await Promise.all([
    run(nx, ['run', 'migrations:up', '-m', 'fail']),
    nxRun('migrations:down', '--mesage'),
  ]);
  assert.equal(failed.code, 1);
  assert.equal(refused.code, 1);
  assert.match(refused.output, /^"down" has no option --mesage\. Did you mean --message\? Nothing was run\.$/m);
});

test('nx run --help shows the options of this very command', async () => {
  const { output } = await nxRun('migrations:up', '--help');
  assert.match(output, /Say what was typed after up\. Argument \[target\]: any word\./);
  assert.match(output, /--message, -m\s+Any text\s+\[string\]/);
  assert.match(output, /--each\s+Any texts\s+\[array\]/);
  assert.match(output, /npx nx run migrations:up head/);
  assert.doesNotMatch(output, /unparsed|undefined/);
});

test('a megabyte of output arrives whole, and again from the cache', async () => {
  for (const cached of [false, true]) {
    const { output } = await nxRun('migrations:up', '--big');
    assert.equal(output.split('#'.repeat(63)).length - 1, 16_384);
    assert.equal(/existing outputs match the cache|local cache/.test(output), cached, output.slice(-500));
  }
});

/** A terminal of its own, by `script` of util-linux: other systems' `script` takes other words. */
const noTerminal =
  spawnSync('script', ['-qec', 'true', '/dev/null'], { stdio: 'ignore' }).status === 0
    ? false
    : 'there is no `script -qec` here to make a terminal with';

/** Nx neither waits for its task nor shows what that says from then on; the task goes on to its end all the same. */
test('Ctrl-C on a terminal: 130, and what has to be undone is undone to its end', { skip: noTerminal }, async () => {
  const undone = join(root, 'packages/migrations/undone');
  for (const tui of ['false', 'true']) {
    const line = `'${process.execPath}' '${nx}' run migrations:up --long`;
    const child = spawn('script', ['-qec', line, '/dev/null'], {
      cwd: root,
      env: { ...env, ...together, NX_DAEMON: 'false', NX_TUI: tui },
      stdio: ['pipe', 'pipe', 'inherit'],
      timeout: 30_000,
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (chunk.toString().includes('READY')) child.stdin.write('\x03');
    });
    assert.equal(await new Promise((done) => child.on('close', done)), 130, output);
    await until(`what was to be undone, after ${output}`, () => existsSync(undone));
    rmSync(undone);
  }
});
