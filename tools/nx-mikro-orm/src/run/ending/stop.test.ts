import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { Client } from 'pg';
import { until } from '../../../test/until.ts';
import { withProject, type Sandbox } from '../../../test/project.ts';
import { run } from '../run.ts';

const bin = join(import.meta.dirname, '../../../bin.js');

/** A terminal of its own for a command, by `script` of util-linux: other systems' `script` takes other words. */
const noTerminal =
  spawnSync('script', ['-qec', 'true', '/dev/null'], { stdio: 'ignore' }).status === 0
    ? false
    : 'there is no `script -qec` here to make a terminal with';

interface Ended {
  code: number | null;
  /** What the terminal showed, line by line, without what passed. */
  shown: string[];
}

/** Types a command on a terminal, and Ctrl-C when the server is at a statement like `at`. */
async function interrupted(sandbox: Sandbox, command: string, at: string): Promise<Ended> {
  const { project, values } = sandbox;
  writeFileSync(
    project.file,
    `export default { revisions: './revisions', database: () => ${JSON.stringify(sandbox.url)}, orm: () => ({ default: { entities: [], discovery: { warnWhenNoEntities: false } } }) };`,
  );
  const child = spawn('script', ['-qec', `'${process.execPath}' '${bin}' ${command}`, '/dev/null'], {
    cwd: project.root,
    stdio: ['pipe', 'pipe', 'inherit'],
    // One that waited for the statement would end by this, and not with 130.
    timeout: 120_000,
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | null>((done) => child.on('close', done));
  const running = `select from pg_stat_activity where datname = current_database() and state = 'active' and query like '${at}%'`;
  await until(at, async () => {
    assert.equal(child.exitCode, null, `it never came to ${at}: ${output}`);
    return (await values(`select exists (${running})`))[0] === true;
  });
  child.stdin.write('\x03');
  const code = await ended;
  assert.deepEqual(await values(`select exists (${running})`), [false], 'the server is still at it');
  // What passes is taken away by going back and clearing the line.
  const lines = output.split(/\r?\n/).map((line) => stripVTControlCharacters(line.split('\r\x1b[2K').at(-1) ?? ''));
  return { code, shown: lines.filter((line) => line !== '') };
}

describe('Ctrl-C on a terminal, during a long statement', { skip: noTerminal }, () => {
  it('in a transaction: it ends in the server, and nothing of the revision is left', () =>
    withProject(async (sandbox) => {
      const a = sandbox.write('a', { up: ['create table a (id int)'] });
      const b = sandbox.write('b', { up: ['create table b (id int)', 'select pg_sleep(3600)'] });
      const { code, shown } = await interrupted(sandbox, 'up', 'select pg_sleep');
      assert.equal(code, 130);
      assert.match(shown.shift() ?? '', new RegExp(`^applied  ${a}  \\d+ ms$`));
      assert.match(shown.shift() ?? '', /^(\^C)?Stopped by Ctrl-C\.$/);
      assert.deepEqual(shown, [
        `${b} was rolled back: nothing of it is left. What was applied before stays: 1 revision.`,
        'Next:',
        '  type the same command again: it goes on where this one stopped',
      ]);
      assert.deepEqual(await sandbox.values("select to_regclass('b')"), [null]);
      assert.deepEqual(
        await sandbox.values(`select message from mikro_orm_migrations_journal where event = 'failed'`),
        ['stopped by a signal'],
      );
    }));

  it('outside of one: what is done stays, and the next `up` continues at the statement that was cut off', () =>
    withProject(async (sandbox) => {
      sandbox.write('a', { up: ['create table a (id int)', 'insert into a values (1)'] });
      const b = sandbox.write('b', {
        body: `override isTransactional() { return false; }
          override up() { this.addSql('select 1'); this.addSql('create index concurrently a_id on a (id)'); }`,
      });
      // The build waits for every transaction that may still see the table as it was.
      const old = new Client({ connectionString: sandbox.url });
      await old.connect();
      await old.query('begin isolation level repeatable read; select 1');
      try {
        const { code, shown } = await interrupted(sandbox, 'up', 'create index concurrently');
        assert.equal(code, 130);
        assert.deepEqual(shown.slice(2), [
          `${b} runs outside of a transaction: 1 of its statements is done and stays, and statement 2 was cut off.`,
          '  | create index concurrently a_id on a (id)',
          'The next `up` finds out what is left of that, and continues there. What was applied before stays: 1 revision.',
          'Next:',
          '  type the same command again: it goes on where this one stopped',
        ]);
      } finally {
        await old.end();
      }
      const skipped: boolean[] = [];
      await run(sandbox.project, {
        direction: 'up',
        onEvent: (event) => void (event.type === 'answered' && skipped.push(event.skipped)),
      });
      assert.deepEqual(skipped, [true, false]);
      assert.deepEqual(await sandbox.values("select indisvalid from pg_index where indexrelid = 'a_id'::regclass"), [
        true,
      ]);
    }));

  it('in code: rolled back, too', () =>
    withProject(async (sandbox) => {
      const a = sandbox.write('a', { body: `override async up() { await this.execute('select pg_sleep(3600)'); }` });
      const { code, shown } = await interrupted(sandbox, 'up', 'select pg_sleep');
      assert.equal(code, 130);
      assert.equal(shown[1], `${a} was rolled back: nothing of it is left.`);
    }));

  it('with --json-lines, the last events say that it failed, and the last line is the error', () =>
    withProject(async (sandbox) => {
      const a = sandbox.write('a', { up: ['select pg_sleep(3600)'] });
      const { shown } = await interrupted(sandbox, 'up --json-lines', 'select pg_sleep');
      const lines = shown.flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
      const events = lines.map(({ event }) => event);
      assert.deepEqual(events, ['planned', 'started', 'statement', 'failed', 'ended', 'error']);
      const { code, facts } = lines.at(-1).error;
      assert.deepEqual([code, facts.name, facts.outcome], ['run-stopped', a, 'rolled-back']);
    }));
});
