import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { WriteStream } from 'node:tty';
import { problem } from '../../errors.ts';
import { createReport } from './report.ts';
import { redact, registerSecret } from '../../secrets.ts';

const { getColorDepth } = WriteStream.prototype;

function capture(given: { json?: boolean | 'lines'; tty?: boolean; now?: () => number } = {}) {
  const [stdout, stderr] = [0, 1].map(() =>
    Object.assign(new PassThrough(), { isTTY: given.tty ?? false, columns: 20, getColorDepth }),
  );
  const report = createReport({
    json: given.json ?? false,
    stdout: stdout!,
    stderr: stderr!,
    ...(given.now && { now: given.now }),
  });
  const read = (stream: PassThrough) => String((stream.read() as Buffer | null) ?? '');
  return { report, out: () => read(stdout!), err: () => read(stderr!) };
}

test('with --json, standard output is one JSON value and nothing else', () => {
  const { report, out, err } = capture({ json: true, tty: true });
  report.line('a line');
  report.progress('working');
  report.warn('careful');
  report.outcome({ json: { count: 1n, at: new Date(0) }, lines: ['for people'] });
  assert.deepEqual(JSON.parse(out()), { count: '1', at: '1970-01-01T00:00:00.000Z' });
  assert.match(err(), /^\S*careful\S*\n$/);
});

test('with --json-lines, each event is a line at once, and what --json prints is the last', () => {
  registerSecret('s3cret-of-lines');
  const { report, out } = capture({ json: 'lines' });
  report.line('a line');
  report.event({ event: 'found', at: new Date(0), id: 7n, done: new Map([[1, 'x s3cret-of-lines']]) });
  assert.equal(out(), '{"event":"found","at":"1970-01-01T00:00:00.000Z","id":"7","done":{"1":"x ***"}}\n');
  report.outcome({ json: { current: ['a'] }, lines: ['for people'] });
  assert.equal(out(), '{"event":"outcome","current":["a"]}\n');
  report.outcome({ json: ['a'], lines: [] });
  assert.equal(out(), '{"event":"outcome","value":["a"]}\n');
  report.error(problem('bad-option', { command: 'up', detail: 'No.' }), { doing: 'up', debug: false });
  assert.equal(
    out(),
    '{"event":"error","error":{"code":"bad-option","message":"No. Nothing was run.","facts":{"command":"up","detail":"No."},"next":["npx nx-mikro-orm up --help"]}}\n',
  );
  const plain = capture({ json: true });
  plain.report.event({ event: 'found' });
  assert.equal(plain.out(), '');
});

test('what a database says moves no cursor and rings no bell: on a terminal and on standard error it is shown', () => {
  const hostile = 'a\x1b[2J\x1b]0;title\x07b\x9b2Jc\rd\x1b[31mred\x1b[39m\te';
  const shown = 'a\\x1b[2J\\x1b]0;title\\x07b\\x9b2Jc\\x0dd\x1b[31mred\x1b[39m\te\n';
  const terminal = capture({ tty: true });
  terminal.report.line(hostile);
  assert.equal(terminal.out(), shown);
  const file = capture();
  file.report.line(hostile);
  assert.equal(file.out(), `${hostile}\n`);
  file.report.warn(hostile);
  assert.equal(file.err(), shown);
});

test('a file that the system does not let us write: which, why, and what leads on', () => {
  const { report, err } = capture();
  const folder = join(import.meta.dirname, 'no-such-folder');
  assert.equal(
    report.error(
      thrownBy(() => writeFileSync(join(folder, 'x'), '')),
      { doing: 'create', debug: false },
    ),
    1,
  );
  assert.match(err(), /^create failed: ENOENT.+\nNext:\n {2}type the same command again with --debug/);
  for (const [errno, because] of [
    [
      'EACCES',
      /create failed: it could not open \/srv\/a\/x\.ts: this user may not \(EACCES\)\.\nNext:\n.+ls -ld '\/srv\/a'\n.+chown/,
    ],
    ['ENOSPC', /the disk is full \(ENOSPC\)\.\nNext:\n.+df -h '\/srv\/a'\n$/],
  ] as const) {
    const refused = Object.assign(new Error(`${errno}: …, open`), {
      code: errno,
      syscall: 'open',
      path: '/srv/a/x.ts',
    });
    assert.equal(report.error(refused, { doing: 'create', debug: false }), 1);
    assert.match(err(), because);
  }
});

function thrownBy(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

test('an error: sentence and next commands on standard error, or JSON; the exit code follows', () => {
  const oops = problem('unknown-command', { command: 'upp', nearest: ['up'] });
  const text = capture();
  assert.equal(text.report.error(oops, { doing: 'upp', debug: false }), 2);
  assert.equal(text.out(), '');
  assert.equal(
    text.err(),
    'There is no command "upp". Did you mean up? Nothing was run.\nNext:\n  npx nx-mikro-orm --help\n',
  );
  const json = capture({ json: true });
  json.report.error(oops, { doing: 'upp', debug: false });
  assert.deepEqual(JSON.parse(json.out()), {
    error: {
      code: 'unknown-command',
      message: 'There is no command "upp". Did you mean up? Nothing was run.',
      facts: { command: 'upp', nearest: ['up'] },
      next: ['npx nx-mikro-orm --help'],
    },
  });
});

test('an unforeseen error is one sentence; --debug adds the stack and the causes', () => {
  const refused = new AggregateError([
    new Error('connect ECONNREFUSED ::1'),
    new Error('connect ECONNREFUSED 127.0.0.1'),
  ]);
  const short = capture();
  assert.equal(short.report.error(refused, { doing: 'up', debug: false }), 1);
  assert.match(short.err(), /^up failed: connect ECONNREFUSED ::1; connect ECONNREFUSED 127.0.0.1\nNext:\n.*--debug/);
  const long = capture();
  long.report.error(new Error('outer', { cause: new Error('inner') }), { doing: 'up', debug: true });
  assert.match(long.err(), /at .*report\.test\.ts[^]*inner/);
});

test('progress: overwritten on a terminal, rare without one', () => {
  const terminal = capture({ tty: true });
  terminal.report.progress('a very long piece of news about the work');
  terminal.report.line('done');
  assert.equal(terminal.err(), '\r\x1b[2Ka very long piece o\r\x1b[2K');
  assert.equal(terminal.out(), 'done\n');
  terminal.report.progress('表 \x1b[31mred\x07 …and so on and on');
  assert.equal(terminal.err(), '\r\x1b[2K表 red …and so on ', 'never wider than the terminal, and no escapes');
  let now = 0;
  const pipe = capture({ now: () => now });
  for (; now <= 25_000; now += 1000) pipe.report.progress(`at ${now}`);
  assert.equal(pipe.err(), 'at 10000\nat 20000\n');
});

test('colour only with a terminal', () => {
  const before = {
    NO_COLOR: process.env['NO_COLOR'],
    FORCE_COLOR: process.env['FORCE_COLOR'],
    TERM: process.env['TERM'],
  };
  process.env['TERM'] = 'xterm-256color';
  delete process.env['NO_COLOR'];
  delete process.env['FORCE_COLOR'];
  const said = (tty: boolean) => {
    const { report, err } = capture({ tty });
    report.warn('careful');
    return err();
  };
  assert.equal(said(false), 'careful\n');
  assert.equal(said(true), '\x1b[33mcareful\x1b[39m\n');
  process.env['NO_COLOR'] = '1';
  assert.equal(said(true), 'careful\n');
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

test('no text shows a secret, raw or encoded, unless to reveal it is the purpose', () => {
  registerSecret('p@ss/w"örd');
  const lines = [
    'p@ss/w"örd',
    'x p%40ss%2Fw%22%C3%B6rd x',
    'p%40ss%2fw%22%c3%b6rd',
    'postgres://u:never-registered@h/d',
  ];
  const { report, out } = capture();
  report.outcome({ json: null, lines });
  assert.equal(out(), '***\nx *** x\n***\npostgres://u:***@h/d\n');
  const json = capture({ json: true });
  json.report.outcome({ json: { url: lines }, lines: [] });
  assert.deepEqual(JSON.parse(json.out()), { url: ['***', 'x *** x', '***', 'postgres://u:***@h/d'] });
  report.outcome({ json: null, lines: [lines[0]!] }, true);
  assert.equal(out(), 'p@ss/w"örd\n');
  assert.equal(redact('the cab is a:a@b', ['a']), 'the cab is a:***@b');
});

test('a reader that leaves early stops nothing', () => {
  const program = `
    import { createReport } from ${JSON.stringify(new URL('./report.ts', import.meta.url).href)};
    const report = createReport({ json: false, stdout: process.stdout, stderr: process.stderr });
    for (let i = 0; i < 50_000; i++) { report.line('line ' + i); if (i % 1000 === 0) await new Promise(setImmediate); }
    await report.flush();
    process.stderr.write('reached the end');`;
  const shell = spawnSync('sh', ['-c', '"$0" --input-type=module -e "$1" | head -n 1', process.execPath, program], {
    encoding: 'utf8',
  });
  assert.equal(shell.stdout, 'line 0\n');
  assert.equal(shell.stderr, 'reached the end');
});
