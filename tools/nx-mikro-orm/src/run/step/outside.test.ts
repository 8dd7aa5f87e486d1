import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { until } from '../../../test/until.ts';
import { withProject, type Sandbox } from '../../../test/project.ts';
import { refused } from '../../../test/refused.ts';
import type { RunEvent } from '../events/events.ts';
import { run } from '../run.ts';
import type { RunOptions } from '../request.ts';

const up = (sandbox: Sandbox, options: Partial<RunOptions> = {}) =>
  run(sandbox.project, { direction: 'up', ...options });

/** A revision that runs outside of a transaction. */
const outside = (up: string[], down: string[] = []) => {
  const adds = (statements: string[]) => statements.map((sql) => `this.addSql(${JSON.stringify(sql)});`).join('\n');
  return {
    body: `override isTransactional(): boolean { return false; }
      override up() {\n${adds(up)}\n}
      override down() {\n${adds(down)}\n}`,
  };
};

/** Writes the last revision again, with other content. */
function rewrite(sandbox: Sandbox, name: string, content: { body: string }): void {
  const again = sandbox.write('again', content);
  sandbox.replace(name, again);
}

describe('a revision outside of a transaction', () => {
  it('that failed goes on at the statement that did not finish, and nothing is done twice', () =>
    withProject(async (sandbox) => {
      sandbox.write('log', { up: ['create table log (n serial, what text)'] });
      const statements = [
        "insert into log (what) values ('one')",
        "insert into log (what) values ('two')",
        'vacuum log',
      ];
      const name = sandbox.write(
        'steps',
        outside([...statements, 'select * from later', "insert into log (what) values ('last')"]),
      );
      const problem = await refused(up(sandbox));
      assert.match(
        problem.message,
        /42P01[\s\S]*3 of its 5 statements are done and stay; the next `up` continues at statement 4/,
      );
      assert.deepEqual(await sandbox.values('select what from log order by n'), ['one', 'two']);
      assert.equal((await refused(run(sandbox.project, { direction: 'down' }))).code, 'half-done');
      await sandbox.client.query('create table later ()');
      const events: RunEvent[] = [];
      await up(sandbox, { onEvent: (event) => void events.push(event) });
      assert.deepEqual(await sandbox.values('select what from log order by n'), ['one', 'two', 'last']);
      assert.deepEqual(
        events.flatMap((event) => (event.type === 'answered' ? [event.skipped] : [])),
        [true, true, true, false, false],
      );
      const found = events.find((event) => event.type === 'found');
      assert.equal(found?.earlier.at, name);
      assert.equal(found.half[0]?.done.size, 3);
    }));

  it('whose finished statements were edited meanwhile is refused; later ones may be', () =>
    withProject(async (sandbox) => {
      sandbox.write('log', { up: ['create table log (what text)'] });
      const name = sandbox.write('steps', outside(["insert into log values ('one')", 'select * from nowhere']));
      await refused(up(sandbox));
      rewrite(sandbox, name, outside(["insert into log values ('other')", 'select 1']));
      assert.equal((await refused(up(sandbox))).code, 'resumed-edited');
      rewrite(
        sandbox,
        name,
        outside(["insert  into log -- a remark\n values ('one')", "insert into log values ('two')"]),
      );
      await up(sandbox);
      assert.deepEqual(await sandbox.values('select what from log'), ['one', 'two']);
    }));

  it('an INVALID index that a failed build left is dropped and built again', () =>
    withProject(async (sandbox) => {
      sandbox.write('a', { up: ['create table a (id int)', 'insert into a values (1), (1)'] });
      sandbox.write('index', outside(['create unique index concurrently if not exists a_id on a (id)']));
      assert.match((await refused(up(sandbox))).message, /23505/);
      const valid = "select indisvalid from pg_index where indexrelid = 'a_id'::regclass";
      assert.deepEqual(await sandbox.values(valid), [false]);
      await sandbox.client.query('delete from a where ctid = (select min(ctid) from a)');
      const mended: string[] = [];
      await up(sandbox, { onEvent: (event) => void (event.type === 'mended' && mended.push(event.what)) });
      assert.deepEqual(await sandbox.values(valid), [true]);
      assert.match(mended.join(), /INVALID index .*a_id/);
    }));

  it('a procedure that commits runs, and when nobody knows how far it got, the next run asks', () =>
    withProject(async (sandbox) => {
      sandbox.write('batches', {
        up: [
          'create table log (n int)',
          `create procedure fill() language plpgsql as $$ begin
             insert into log values (1); commit; perform pg_sleep(600); insert into log values (2); end $$`,
        ],
      });
      sandbox.write('call', outside(['call fill()']));
      const running = refused(up(sandbox));
      const busy =
        "select pid from pg_stat_activity where query = 'call fill()' and state = 'active' and wait_event = 'PgSleep'";
      await until(
        'the procedure asleep after its commit',
        async () => (await sandbox.values(`${busy} and exists (select from log)`).catch(() => [])).length > 0,
      );
      await sandbox.values(busy.replace('select pid', 'select pg_terminate_backend(pid)'));
      assert.equal((await running).code, 'connection-lost');
      assert.equal((await refused(up(sandbox))).code, 'statement-unknown');
      assert.deepEqual(await sandbox.values('select n from log'), [1]);
    }));

  it('a procedure that commits and then fails is not called again by itself', () =>
    withProject(async (sandbox) => {
      sandbox.write('batches', {
        up: [
          'create table log (n int)',
          `create procedure fill() language plpgsql as $$ begin
             insert into log values (1); commit; raise deadlock_detected; end $$`,
        ],
      });
      sandbox.write('call', outside(['call fill()']));
      assert.match((await refused(up(sandbox))).message, /40P01/);
      assert.match((await refused(up(sandbox))).message, /nobody knows whether it took effect: it failed outside/);
      assert.deepEqual(await sandbox.values('select n from log'), [1]);
    }));
});

describe('what a revision may not do', () => {
  it('end its own transaction, in its text', () =>
    withProject(async (sandbox) => {
      sandbox.write('a', { up: ['create table a (id int)', 'commit', 'create table b (id int)'] });
      assert.equal((await refused(up(sandbox))).code, 'transaction-control');
      assert.deepEqual(await sandbox.values("select to_regclass('a')"), [null]);
    }));

  it('end its own transaction from code: it is found out, and not recorded', () =>
    withProject(async (sandbox) => {
      sandbox.write('a', {
        body: "override async up() { await this.execute('create table a (id int)'); await this.execute('commit'); }",
      });
      assert.equal((await refused(up(sandbox))).code, 'transaction-ended');
      assert.deepEqual(await sandbox.values('select name from mikro_orm_migrations'), []);
    }));

  it('leave settings, roles or temporary tables to the next', () =>
    withProject(async (sandbox) => {
      sandbox.write('leaks', {
        up: [
          'create schema other',
          'create temporary table public_name (id int)',
          'set search_path = other',
          "set datestyle = 'SQL, DMY'",
          "set timezone = 'Asia/Tokyo'",
          'set role pg_read_all_data',
          "set statement_timeout = '40ms'",
        ],
      });
      sandbox.write('next', { up: ['select pg_sleep(0.1)', 'create table public_name (id int)'] });
      await up(sandbox);
      assert.deepEqual(await sandbox.values("select to_regclass('public.public_name') is not null"), [true]);
    }));
});

it('--atomic: all revisions or none', () =>
  withProject(async (sandbox) => {
    sandbox.write('a', { up: ['create table a (id int)'] });
    sandbox.write('b', { up: ['select * from nowhere'] });
    assert.equal((await refused(up(sandbox, { atomic: true }))).code, 'step-failed');
    assert.deepEqual(await sandbox.values("select to_regclass('a')"), [null]);
    sandbox.replace('Migration20260101000001_b', sandbox.write('again', { up: ['create table b (id int)'] }));
    await up(sandbox, { atomic: true });
    assert.deepEqual(await sandbox.values("select count(*)::int from pg_tables where schemaname = 'public'"), [4]);
    assert.deepEqual(await sandbox.values('select count(distinct executed_at)::int from mikro_orm_migrations'), [1]);
    sandbox.write('c', outside(['select 1']));
    assert.equal((await refused(up(sandbox, { atomic: true }))).code, 'not-atomic');
  }));
