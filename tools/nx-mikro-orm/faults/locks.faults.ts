import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inCase, type Case } from './apparatus/case.ts';
import { runnerRole } from './apparatus/database.ts';
import { closeGate, waitsFor } from './apparatus/gate.ts';
import { until } from './apparatus/patience.ts';
import { exits } from './apparatus/runner.ts';
import { passwordStaysHidden } from './apparatus/secrecy.ts';
import { startTraffic } from './apparatus/traffic.ts';

/** A table that people read, and a revision that needs it for itself after it has written something else. */
async function busyTable(the: Case, transactional = true) {
  the.write('tables', {
    up: ['create table busy (id int)', 'create table log (n serial, what text)', 'create table first (id int)'],
  });
  exits(await the.run('up'), 0);
  const name = the.write('change', {
    transactional,
    up: [
      `insert into log (what) values ('change')`,
      'alter table first add column x int',
      'alter table busy add column x int',
    ],
  });
  return {
    name,
    reader: await closeGate(the.database, 'select from busy', { application: 'a long report', role: runnerRole }),
  };
}

const attempts = (the: Case) =>
  the.value(`select max(attempt) from mikro_orm_migrations_journal where revision like '%\\_change'`);
const log = (the: Case) => the.values('select what from log');

/** Milliseconds that traffic may wait beyond the runner's own time-out: this machine is shared. */
const slack = 600;

describe('A long-running reader holds the table', { concurrency: 2 }, () => {
  it(
    'traffic on it never waits longer than the time-out, the step is tried again, and succeeds when the reader goes',
    inCase(async (the) => {
      const { reader } = await busyTable(the);
      await using traffic = await startTraffic(the.database, 'busy');
      await using early = await startTraffic(the.database, 'first');
      const runner = the.start(['up', '--lock-timeout', '0.4', '--retry-for', '40']);
      await runner.until(
        until('traffic had to wait for three attempts', () => traffic.waits.filter((ms) => ms > 200).length >= 3),
      );
      await reader.open();
      exits(await runner.ended, 0);
      await traffic.stop();
      await early.stop();
      assert.ok(traffic.longest() < 400 + slack, `a read of the table waited ${traffic.longest()} ms`);
      // What the step locked on its way is let go of with it.
      assert.ok(early.longest() < 400 + slack, `a read of the table before it waited ${early.longest()} ms`);
      for (const { waits } of [early, traffic]) assert.ok(waits.length > 20, `only ${waits.length} reads`);
      assert.deepEqual(await log(the), ['change']);
      const tries = Number(await attempts(the));
      assert.ok(tries >= 3, `${tries} attempts`);
    }),
  );

  for (const transactional of [true, false])
    it(
      `${transactional ? 'in a transaction' : 'outside of one'}, and does not go: exit 1 when the budget is spent, and the blocker is named with the command that ends it`,
      inCase(async (the) => {
        const { name, reader } = await busyTable(the, transactional);
        const ended = await the.run('up', '--lock-timeout', '0.3', '--retry-for', '2');
        exits(ended, 1);
        assert.ok(ended.ms > 2000 && ended.ms < 10_000, `it took ${ended.ms} ms`);
        assert.match(ended.said, new RegExp(name));
        assert.match(ended.said, new RegExp(`\\b${reader.pid}\\b`), 'its process id');
        assert.match(ended.said, /a long report/, 'its application');
        assert.match(ended.said, /idle in transaction/, 'its state');
        assert.match(ended.said, /select from busy/, 'its query');
        assert.match(ended.said, /\bfor [1-9]\d* (s|seconds?)\b/, 'its age');
        assert.match(ended.said, new RegExp(`pg_(terminate|cancel)_backend\\(${reader.pid}\\)`), 'the command');
        assert.deepEqual(await log(the), transactional ? [] : ['change']);
        await reader.open();
        exits(await the.run('up'), 0);
        assert.deepEqual(await log(the), ['change']);
        assert.deepEqual(
          await the.values(`select distinct sqlstate from mikro_orm_migrations_journal where event = 'failed'`),
          ['55P03'],
        );
      }),
    );

  it(
    "who is another role, whose doings the runner's role may not see: its process is named, and nothing is guessed",
    inCase(async (the) => {
      const { reader } = await busyTable(the);
      await reader.open();
      const other = await closeGate(the.database, 'select from busy', { application: 'secretive' });
      await the.value('select pg_sleep(1.2)');
      const ended = await the.run('up', '--lock-timeout', '0.3', '--retry-for', '1');
      exits(ended, 1);
      assert.match(ended.said, new RegExp(`\\b${other.pid}\\b`));
      assert.doesNotMatch(ended.said, /\bfor 0 s\b/, 'its age is not known');
      assert.doesNotMatch(ended.said, /<insufficient privilege>/);
    }),
  );

  it(
    'a prepared transaction holds it, which has no session to end: exit 1, and it is named',
    inCase(async (the) => {
      const { reader } = await busyTable(the);
      await reader.open();
      const other = await closeGate(the.database, 'lock table busy in access share mode');
      const transaction = `left behind ${the.database.name}`;
      await other.client.query(`prepare transaction '${transaction}'`);
      try {
        const ended = await the.run('up', '--lock-timeout', '0.3', '--retry-for', '1');
        exits(ended, 1);
        assert.deepEqual(await log(the), []);
        assert.match(ended.said, new RegExp(transaction));
      } finally {
        await other.client.query(`rollback prepared '${transaction}'`);
      }
    }),
  );

  it(
    'and the ledger itself is locked: the run fails in time, or waits for it, and nothing is half done',
    inCase(async (the) => {
      const { name, reader } = await busyTable(the);
      await reader.open();
      const ledger = await closeGate(the.database, 'lock table mikro_orm_migrations in exclusive mode');
      const ended = await the.run('up', '--lock-timeout', '0.3', '--retry-for', '1');
      exits(ended, 1);
      assert.deepEqual(await log(the), []);
      await ledger.open();
      exits(await the.run('up'), 0);
      assert.deepEqual(await log(the), ['change']);
      assert.equal(await the.value('select count(*)::int from mikro_orm_migrations where name = $1', [name]), 1);
    }),
  );
});

describe('The server gives up on a transaction', { concurrency: 2 }, () => {
  it(
    'as one of a deadlock (40P01): it is tried again as a whole',
    inCase(async (the) => {
      the.write('tables', {
        up: [
          'create table a (id int)',
          'insert into a values (1)',
          'create table b (id int)',
          'insert into b values (1)',
          'create table log (n serial, what text)',
        ],
      });
      exits(await the.run('up'), 0);
      the.write('change', {
        up: [`insert into log (what) values ('change')`, 'update a set id = id + 1', 'update b set id = id + 1'],
      });
      // This session never looks for deadlocks, so that the runner is the one that is ended.
      const other = await closeGate(the.database, `set local deadlock_timeout = '1min'; update b set id = id + 10`);
      const runner = the.start(['up', '--lock-timeout', '20']);
      await runner.until(waitsFor(the.database, 'update b'));
      await other.client.query('update a set id = id + 10');
      await other.open('commit');
      exits(await runner.ended, 0);
      assert.deepEqual(await the.values('select what from log'), ['change']);
      assert.deepEqual(await the.values('select id from a union all select id from b'), [12, 12]);
      assert.equal(await attempts(the), 2);
    }),
  );

  it(
    'because it could not be serialised (40001): it is tried again as a whole',
    inCase(async (the) => {
      the.write('tables', {
        up: ['create table a (id int)', 'insert into a values (1)', 'create table log (n serial, what text)'],
      });
      exits(await the.run('up'), 0);
      the.write('change', { up: [`insert into log (what) values ('change')`, 'update a set id = id + 1'] });
      await the.execute(
        `alter role runner in database ${the.database.name} set default_transaction_isolation = 'repeatable read'`,
      );
      const other = await closeGate(the.database, 'update a set id = id + 10');
      const runner = the.start(['up', '--lock-timeout', '20']);
      await runner.until(waitsFor(the.database, 'update a'));
      await other.open('commit');
      exits(await runner.ended, 0);
      assert.deepEqual(await the.values('select what from log'), ['change']);
      assert.deepEqual(await the.values('select id from a'), [12]);
    }),
  );

  for (const sqlstate of ['40001', '40P01', '55P03'])
    it(
      `twice with ${sqlstate}, and not the third time: exit 0, one effect, three attempts in the journal`,
      inCase(async (the) => {
        the.write('tables', { up: ['create table log (n serial, what text)', 'create sequence tries'] });
        exits(await the.run('up'), 0);
        the.write('change', {
          up: [
            `insert into log (what) values ('change')`,
            `do $$ begin if nextval('tries') < 3 then raise exception 'not yet' using errcode = '${sqlstate}'; end if; end $$`,
          ],
        });
        exits(await the.run('up'), 0);
        assert.deepEqual(await the.values('select what from log'), ['change']);
        assert.equal(await the.value('select last_value::int from tries'), 3);
        assert.equal(await attempts(the), 3);
      }),
    );

  it(
    'with an error that will not go away: it is not tried again',
    inCase(async (the) => {
      the.write('tables', { up: ['create table log (n serial, what text)', 'create sequence tries'] });
      exits(await the.run('up'), 0);
      the.write('change', {
        up: [`insert into log (what) values ('change')`, `select nextval('tries')`, 'select 1 / 0'],
      });
      const ended = await the.run('up');
      exits(ended, 1);
      assert.match(ended.said, /22012/);
      assert.deepEqual(await the.values('select what from log'), []);
      assert.equal(await the.value('select last_value::int from tries'), 1);
    }),
  );

  it(
    'in one statement of a revision outside of a transaction: only that statement is tried again',
    inCase(async (the) => {
      the.write('tables', { up: ['create table log (n serial, what text)', 'create sequence tries'] });
      exits(await the.run('up'), 0);
      the.write('change', {
        transactional: false,
        up: [
          `insert into log (what) values ('before')`,
          `do $$ begin if nextval('tries') < 3 then raise exception 'not yet' using errcode = '40001'; end if; end $$`,
          `insert into log (what) values ('after')`,
        ],
      });
      exits(await the.run('up'), 0);
      assert.deepEqual(await the.values('select what from log order by n'), ['before', 'after']);
    }),
  );
});

passwordStaysHidden();
