import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withProject } from '../../../test/project.ts';
import { refused } from '../../../test/refused.ts';
import { type } from '../../../test/type.ts';
import { run } from '../../run/run.ts';
import history from './history.ts';
import journal from './journal.ts';

type Entry = Record<string, unknown>;
const entriesOf = ({ json }: { json: unknown }) => (json as { entries: Entry[] }).entries;

describe('journal', () => {
  it('has every attempt, up and down, well and badly ended, oldest first', () =>
    withProject(async (sandbox) => {
      const { project } = sandbox;
      assert.deepEqual((await type(project, journal, [])).lines, ['The journal is empty.']);
      const a = sandbox.write('a', { up: ['create table a (id int)', 'select 1'], down: ['drop table a'] });
      await run(project, { direction: 'up' });
      await run(project, { direction: 'down' });
      const b = sandbox.write('b', { up: ['select * from nowhere'] });
      await refused(run(project, { direction: 'up' }));

      const shown = await type(project, journal, []);
      const entries = entriesOf(shown);
      assert.deepEqual(
        entries.map(({ event, revision, direction }) => [event, revision, direction]),
        [
          ['run', null, 'up'],
          ['applied', a, 'up'],
          ['end', null, null],
          ['run', null, 'down'],
          ['reverted', a, 'down'],
          ['end', null, null],
          ['run', null, 'up'],
          ['applied', a, 'up'],
          ['failed', b, 'up'],
        ],
      );
      const [first = {}, applied = {}] = entries;
      assert.deepEqual(first['plan'], [a]);
      assert.equal((applied['timings'] as number[]).length, 2);
      assert.deepEqual(
        [applied['attempt'], applied['pid'], typeof applied['by'], typeof applied['backend'], applied['run']],
        [1, process.pid, 'string', 'number', first['run']],
      );
      assert.equal(entries.at(-1)?.['sqlstate'], '42P01');
      assert.match(shown.lines.join('\n'), new RegExp(`^\\d{4}-.*Z {2}failed +${b} {2}up {2}.*SQLSTATE 42P01`, 'm'));
      assert.match(shown.lines.join('\n'), /^ {4}message {2}.*nowhere/m);
    }));

  it('of one revision, and the last ones', () =>
    withProject(async (sandbox) => {
      const { project } = sandbox;
      sandbox.write('one', { up: ['create table a (id int)'] });
      const two = sandbox.write('two', { up: ['create table b (id int)'], down: ['drop table b'] });
      await run(project, { direction: 'up' });
      await run(project, { direction: 'down' });
      assert.deepEqual(
        entriesOf(await type(project, journal, ['two'])).map(({ event, revision }) => [event, revision]),
        [
          ['applied', two],
          ['reverted', two],
        ],
      );
      const last = await type(project, journal, ['--last', '1']);
      assert.deepEqual(
        entriesOf(last).map(({ event }) => event),
        ['end'],
      );
      assert.match(last.lines[0] ?? '', /^\(6 older ones are not shown/);
      assert.equal(entriesOf(await type(project, journal, ['--last', 'all'])).length, 7);
      assert.equal((await refused(type(project, journal, ['--last', '0']))).code, 'bad-option');
      assert.equal((await refused(type(project, journal, ['three']))).code, 'unknown-target');
    }));
});

it('history --applied says when and by whom, and what only the ledger knows', () =>
  withProject(async (sandbox) => {
    const { project } = sandbox;
    const a = sandbox.write('a', { up: ['create table a (id int)'] });
    const b = sandbox.write('b', { up: ['create table b (id int)'] });
    await run(project, { direction: 'up' });
    sandbox.remove(b);
    const { json, lines } = await type(project, history, ['--applied']);
    const { revisions } = json as { revisions: Entry[] };
    assert.deepEqual(
      revisions.map(({ name, missing, applied, revises }) => ({ name, missing, applied, revises })),
      [
        { name: a, missing: false, applied: true, revises: [] },
        { name: b, missing: true, applied: true, revises: [a] },
      ],
    );
    assert.match(
      lines.join('\n'),
      new RegExp(`^${b}  \\(current, missing\\)\n {4}applied 20.* by .*@.*, in \\d+ ms\n${a}  \\(head\\)`),
    );
    assert.equal((await type(project, history, [])).lines.length, 1);
    assert.equal((await refused(type(project, history, ['--applied', '--offline']))).code, 'bad-option');
  }));
