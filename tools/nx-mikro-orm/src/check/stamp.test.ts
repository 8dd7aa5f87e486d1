import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withProject, type Sandbox } from '../../test/project.ts';
import { refused } from '../../test/refused.ts';
import { type } from '../../test/type.ts';
import { readState } from '../run/standing/standing.ts';
import { run } from '../run/run.ts';
import stampCommand from '../cli/commands/stamp.ts';
import { stamp } from './stamp.ts';

const verified = { force: false };
const ledger = (sandbox: Sandbox) => sandbox.values('select name from mikro_orm_migrations order by id');
const journal = async (sandbox: Sandbox) =>
  (
    await sandbox.client.query<Record<string, unknown>>(
      `select event, revision, direction, reason from mikro_orm_migrations_journal where event in ('stamped', 'forgotten')
       order by id`,
    )
  ).rows;

describe('stamp', () => {
  it('records what the schema has, one row of the journal for each, and takes it back', () =>
    withProject(async (sandbox) => {
      const a = sandbox.write('a', { up: ['create table a (id int)'], down: ['drop table a'] });
      const b = sandbox.write('b', { up: ['alter table a add x int'] });
      await sandbox.client.query('create table a (id int, x int)');
      const made = await stamp(sandbox.project, 'head', verified);
      assert.deepEqual([made.added, made.removed, made.verified], [[a, b], [], true]);
      assert.deepEqual(await ledger(sandbox), [a, b]);
      assert.deepEqual((await stamp(sandbox.project, 'head', verified)).added, []);

      await sandbox.client.query('alter table a drop x');
      assert.deepEqual((await stamp(sandbox.project, a, { ...verified, reason: 'x was dropped' })).removed, [b]);
      assert.deepEqual(await journal(sandbox), [
        { event: 'stamped', revision: a, direction: 'up', reason: null },
        { event: 'stamped', revision: b, direction: 'up', reason: null },
        { event: 'forgotten', revision: b, direction: 'down', reason: 'x was dropped' },
      ]);
      // What was recorded is as good as what was run.
      assert.equal((await run(sandbox.project, { direction: 'down' })).ran.length, 1);
    }));

  it('what others own is not compared', () =>
    withProject(async (sandbox) => {
      sandbox.write('a', { up: ['create table a (id int)'] });
      await sandbox.client.query('create table a (id int); create schema audit; create table audit.log (id int)');
      await sandbox.client.query(
        "comment on schema audit is 'theirs'; create function touch(int) returns int return $1",
      );
      const differs = await refused(stamp(sandbox.project, 'head', verified));
      assert.match(differs.message, /touch[\s\S]*schema audit[\s\S]*table audit\.log/);
      const ignoring = { ...sandbox.project, config: { ...sandbox.project.config, ignore: ['audit.*', 'touch'] } };
      assert.equal((await stamp(ignoring, 'head', verified)).verified, true);
    }));

  it('another schema is refused with the differences; forced with a reason, and only with one', () =>
    withProject(async (sandbox) => {
      const a = sandbox.write('a', { up: ['create table a (id int)'] });
      const differs = await refused(stamp(sandbox.project, 'head', verified));
      assert.equal(differs.code, 'stamp-differs');
      assert.match(differs.message, /table public\.a is missing/);
      for (const reason of [undefined, ' '])
        assert.equal((await refused(stamp(sandbox.project, 'head', { force: true, reason }))).code, 'reason-missing');
      assert.deepEqual(await sandbox.values("select to_regclass('mikro_orm_migrations')"), [null]);
      const { lines } = await type(sandbox.project, stampCommand, ['--force', '--reason', 'made elsewhere']);
      assert.match(lines.join('\n'), /was not compared/);
      assert.deepEqual(await journal(sandbox), [
        { event: 'stamped', revision: a, direction: 'up', reason: 'made elsewhere' },
      ]);
    }));

  it('a table whose name only begins like the ledger is looked at', () =>
    withProject(async (sandbox) => {
      sandbox.write('a', { up: ['create table a (id int)'] });
      await run(sandbox.project, { direction: 'up' });
      await stamp(sandbox.project, 'head', verified);
      await sandbox.client.query('create table mikro_orm_migrations_archive (id int)');
      const { message } = await refused(stamp(sandbox.project, 'head', verified));
      assert.match(message, /2 differences[^]*table public\.mikro_orm_migrations_archive is extra/);
    }));

  it('a ledger in a schema of its own is no difference', () =>
    withProject(async (sandbox) => {
      sandbox.project.table = { schema: 'our books', name: 'the "ledger"' };
      sandbox.write('a', { up: ['create table a (id int)'] });
      await run(sandbox.project, { direction: 'up' });
      assert.deepEqual((await stamp(sandbox.project, 'head', verified)).added, []);
    }));

  it('removes rows that this checkout lacks, says so, and keeps their way back in the journal', () =>
    withProject(async (sandbox) => {
      sandbox.write('a', { up: ['create table a (id int)'] });
      const b = sandbox.write('b', { up: ['create table b (id int)'], down: ['drop table b'] });
      await run(sandbox.project, { direction: 'up' });
      sandbox.remove(b);
      await sandbox.client.query('drop table b');
      const { lines, json } = await type(sandbox.project, stampCommand, []);
      assert.match(lines.join('\n'), new RegExp(`^removed {3}${b} {2}\\(not in this checkout\\)$`, 'm'));
      assert.deepEqual((json as { missing: string[] }).missing, [b]);
      assert.deepEqual(
        await sandbox.values("select message from mikro_orm_migrations_journal where event = 'forgotten'"),
        ['its down was: drop table b'],
      );
    }));

  it('settles what an earlier run left half done', () =>
    withProject(async (sandbox) => {
      const a = sandbox.write('a', {
        body: `override isTransactional() { return false; }
          override up() { this.addSql('create table a (id int)'); this.addSql('select * from nowhere'); }`,
      });
      await refused(run(sandbox.project, { direction: 'up' }));
      assert.equal((await readState(sandbox.project)).half.length, 1);
      await sandbox.client.query('drop table a');
      const { settled } = await stamp(sandbox.project, 'base', verified);
      assert.deepEqual(settled, [a]);
      const { half, earlier, state } = await readState(sandbox.project);
      assert.deepEqual([half, earlier, state.applied], [[], undefined, []]);
    }));
});
