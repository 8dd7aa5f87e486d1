import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inCase, type Case } from './apparatus/case.ts';
import { closeGate, waitsFor } from './apparatus/gate.ts';
import { exits } from './apparatus/runner.ts';
import { passwordStaysHidden } from './apparatus/secrecy.ts';

const log = (the: Case) => the.values('select what from log order by n');

/** One applied revision, and one that is pending. */
async function halfWay(the: Case, pending: object = { up: [`insert into log (what) values ('once')`] }) {
  the.write('log', { up: ['create table log (n serial, what text)'] });
  exits(await the.run('up'), 0);
  return the.write('pending', pending);
}

/** Gives the runner's role a setting, in this database only. */
const setOnRole = (the: Case, setting: string) =>
  the.execute(`alter role runner in database "${the.database.name}" set ${setting}`);

describe('A role that may not do everything', { concurrency: 2 }, () => {
  it(
    'that only reads: current, status and an idle up work; up with work to do fails with 42501 and has run nothing',
    inCase(async (the) => {
      await halfWay(the);
      const role = await the.database.role();
      await the.execute(`grant select on all tables in schema public to "${role}"`);
      exits(await the.runIn({ role }, 'current'), 0);
      exits(await the.runIn({ role }, 'status'), 0);
      const ended = await the.runIn({ role }, 'up');
      exits(ended, 5);
      assert.match(ended.said, /42501/);
      assert.deepEqual(await log(the), []);
      exits(await the.run('up'), 0);
      exits(await the.runIn({ role }, 'up'), 0, 'an idle up');
    }),
  );

  it(
    'that may not create anything: the first up fails with 42501, and nothing was made',
    inCase(async (the) => {
      the.write('log', { up: ['create table log (n serial, what text)'] });
      const role = await the.database.role();
      const ended = await the.runIn({ role }, 'up');
      exits(ended, 5);
      assert.match(ended.said, /42501/);
      assert.equal(
        await the.value(`select count(*)::int from pg_class where relnamespace = 'public'::regnamespace`),
        0,
      );
    }),
  );

  it(
    'that does not own the table: the revision fails with 42501 and is rolled back, all of it',
    inCase(async (the) => {
      await halfWay(the, {
        up: [`insert into log (what) values ('once')`, 'alter table other add column x int'],
      });
      await the.execute('create table other (id int)');
      const ended = await the.run('up');
      exits(ended, [1, 5]);
      assert.match(ended.said, /42501/);
      assert.match(ended.said, /owner of table other/);
      assert.deepEqual(await log(the), []);
      await the.execute('alter table other owner to runner');
      exits(await the.run('up'), 0);
      assert.deepEqual(await log(the), ['once']);
    }),
  );

  it(
    'with default_transaction_read_only: up refuses and has run nothing, reading works',
    inCase(async (the) => {
      await halfWay(the);
      await setOnRole(the, 'default_transaction_read_only = on');
      exits(await the.run('status'), 0);
      const ended = await the.run('up');
      exits(ended, [4, 5]);
      assert.match(ended.said, /read-only|25006/);
      assert.deepEqual(await log(the), []);
      await setOnRole(the, 'default_transaction_read_only = off');
      exits(await the.run('up'), 0);
    }),
  );

  it(
    'without rights on the journal only: up fails and has run nothing',
    inCase(async (the) => {
      await halfWay(the);
      await the.execute('alter table mikro_orm_migrations_journal owner to postgres');
      const ended = await the.run('up');
      exits(ended, 5);
      assert.match(ended.said, /42501/);
      assert.deepEqual(await log(the), []);
    }),
  );
});

describe('Time-outs that somebody set on the role', { concurrency: 2 }, () => {
  const index = { transactional: false, up: ['create index concurrently log_what on log (what)'] };
  const valid = (the: Case) => the.values(`select indisvalid from pg_index where indrelid = 'log'::regclass`);

  for (const setting of [`statement_timeout = '500ms'`, `lock_timeout = '200ms'`])
    it(
      `${setting}: an index that is built concurrently is waited for, and valid`,
      inCase(async (the) => {
        await halfWay(the, index);
        await setOnRole(the, setting);
        const old = await closeGate(the.database, `insert into log (what) values ('uncommitted')`);
        const runner = the.start(['up']);
        await runner.until(waitsFor(the.database, 'create index concurrently'));
        await the.value('select pg_sleep(1)');
        await old.open();
        exits(await runner.ended, 0);
        assert.deepEqual(await valid(the), [true]);
      }),
    );

  it(
    `statement_timeout = '300ms': a slow revision succeeds, or fails with 57014 and is rolled back`,
    inCase(async (the) => {
      await halfWay(the, { up: [`insert into log (what) values ('once')`, 'select pg_sleep(0.8)'] });
      await setOnRole(the, `statement_timeout = '300ms'`);
      const ended = await the.run('up');
      if (ended.exit === 0) assert.deepEqual(await log(the), ['once']);
      else {
        exits(ended, 1);
        assert.match(ended.said, /57014/);
        assert.match(ended.said, /statement timeout/);
        assert.deepEqual(await log(the), []);
      }
    }),
  );

  for (const transactional of [true, false])
    it(
      `idle_in_transaction_session_timeout and idle_session_timeout of 200 ms: a revision ${transactional ? 'in' : 'outside of'} a transaction that pauses for longer succeeds`,
      inCase(async (the) => {
        await halfWay(the, {
          transactional,
          body: `override async up() {
            await this.execute("insert into log (what) values ('first')");
            await new Promise((resolve) => setTimeout(resolve, 700));
            await this.execute("insert into log (what) values ('second')");
          }`,
        });
        await setOnRole(the, `idle_in_transaction_session_timeout = '200ms'`);
        await setOnRole(the, `idle_session_timeout = '200ms'`);
        exits(await the.run('up'), 0);
        assert.deepEqual(await log(the), ['first', 'second']);
      }),
    );

  it(
    'transaction_timeout = 300 ms (PostgreSQL 17 and later): a slow revision succeeds, or is rolled back with a clear failure',
    inCase(async (the) => {
      await halfWay(the, { up: [`insert into log (what) values ('once')`, 'select pg_sleep(0.8)'] });
      if (Number(await the.value('show server_version_num')) < 170_000) return;
      await setOnRole(the, `transaction_timeout = '300ms'`);
      const ended = await the.run('up');
      if (ended.exit === 0) assert.deepEqual(await log(the), ['once']);
      else {
        exits(ended, [1, 5]);
        assert.match(ended.said, /transaction timeout|25P04/);
        assert.deepEqual(await log(the), []);
      }
    }),
  );
});

passwordStaysHidden();
