import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inCase, type Case } from './apparatus/case.ts';
import { closeGate, waitsFor } from './apparatus/gate.ts';
import { until } from './apparatus/patience.ts';
import { startProxy } from './apparatus/proxy.ts';
import { exits, type Runner } from './apparatus/runner.ts';
import { passwordStaysHidden } from './apparatus/secrecy.ts';
import { portOf, sharedServer } from './apparatus/server.ts';

const many = 20;

/** Six revisions of every kind; each effect can be counted. */
function history(the: Case): string[] {
  return [
    the.write('tables', {
      up: ['create table log (n serial, what text)', 'create table latch (id int)', 'insert into latch values (1)'],
    }),
    the.write('data', { up: [`insert into log (what) values ('data')`] }),
    the.write('latch', { up: ['update latch set id = id + 1', `insert into log (what) values ('latch')`] }),
    the.write('index', { transactional: false, up: ['create index concurrently log_what on log (what)'] }),
    the.write('bare', {
      transactional: false,
      up: [`insert into log (what) values ('bare 1')`, `insert into log (what) values ('bare 2')`],
    }),
    the.write('code', {
      body: `override async up() { await this.execute("insert into log (what) values ('code')"); }`,
    }),
  ];
}

async function assertOnce(the: Case, names: string[]) {
  assert.deepEqual(await the.values('select what from log order by n'), ['data', 'latch', 'bare 1', 'bare 2', 'code']);
  assert.deepEqual(await the.values('select id from latch'), [2]);
  assert.deepEqual(await the.values('select name from mikro_orm_migrations order by id'), names);
  assert.deepEqual(await the.values(`select indisvalid from pg_index where indexrelid = 'log_what'::regclass`), [true]);
  assert.deepEqual(
    await the.values(`select revision from mikro_orm_migrations_journal where event = 'applied' order by id`),
    names,
  );
}

const startMany = (the: Case, count = many): Runner[] => Array.from({ length: count }, () => the.start(['up']));

async function allEndWell(runners: Runner[]) {
  for (const ended of await Promise.all(runners.map(({ ended }) => ended))) exits(ended, 0);
}

describe(`${many} runners at once`, () => {
  it(
    'on an empty database: every effect once, and all exit 0',
    inCase(async (the) => {
      const names = history(the);
      await allEndWell(startMany(the));
      await assertOnce(the, names);
    }),
  );

  it(
    'on a database that is half-way: every effect once, and all exit 0',
    inCase(async (the) => {
      const names = history(the);
      exits(await the.run('up', '+3'), 0);
      await allEndWell(startMany(the));
      await assertOnce(the, names);
    }),
  );

  for (const [title, statement] of [
    ['in a transaction', 'update latch'],
    ['building an index concurrently', 'create index concurrently'],
  ] as const)
    it(
      `and the one that works is killed ${title}: every effect once, and all others exit 0`,
      inCase(async (the) => {
        const names = history(the);
        exits(await the.run('up', '+2'), 0);
        if (statement !== 'update latch') exits(await the.run('up', '+1'), 0);
        const gate = await closeGate(
          the.database,
          statement === 'update latch' ? 'select from latch for update' : 'insert into log (what) values (null)',
        );
        const runners = startMany(the);
        await waitsFor(the.database, statement);
        const [working] = await the.values(`select substring(application_name from 'pid (\\d+)')::int
          from pg_locks join pg_stat_activity using (pid) where locktype = 'advisory' and granted and objsubid = 1
          and database = (select oid from pg_database where datname = current_database())`);
        const killed = runners.find(({ pid }) => pid === working);
        assert.ok(killed, `the holder of the lock, ${String(working)}, is one of ours`);
        assert.equal((await killed.kill()).signal, 'SIGKILL');
        await gate.open();
        await allEndWell(runners.filter((runner) => runner !== killed));
        await assertOnce(the, names);
      }),
    );

  it(
    'on a database that is up to date: all exit 0, although the tables are locked, and no lock is asked for',
    inCase(async (the) => {
      history(the);
      exits(await the.run('up'), 0);
      const before = await the.value('select count(*)::int from mikro_orm_migrations_journal');
      // Whoever touches one of these tables would wait for ever; the books may only be read.
      await closeGate(
        the.database,
        `lock table log, latch in access exclusive mode; lock table mikro_orm_migrations, mikro_orm_migrations_journal in exclusive mode`,
      );
      await using proxy = await startProxy(portOf(sharedServer()));
      const runners = Array.from({ length: many }, () => the.start(['up'], { port: proxy.port, patience: 20 }));
      await allEndWell(runners);
      assert.equal(proxy.wires.length >= many, true);
      assert.deepEqual(
        proxy.sent().filter((sql) => /advisory|lock table|for update/i.test(sql)),
        [],
      );
      assert.equal(await the.value('select count(*)::int from mikro_orm_migrations_journal'), before);
    }),
  );
});

describe('A runner that finds another one at work', { concurrency: 2 }, () => {
  const busy = async (the: Case) => {
    history(the);
    exits(await the.run('up', '+2'), 0);
    const gate = await closeGate(the.database, 'select from latch for update');
    const first = the.start(['up', '--lock-timeout', '30']);
    await first.until(waitsFor(the.database, 'update latch'));
    return { gate, first };
  };

  it(
    'says who it waits for (what, host, process) while it waits, and goes on when it is its turn',
    inCase(async (the) => {
      const { gate, first } = await busy(the);
      const second = the.start(['up']);
      const line = new RegExp(`nx-mikro-orm up from \\S+ pid ${first.pid}\\b`);
      await second.until(until('the second says who it waits for', () => line.test(second.said())));
      await gate.open();
      exits(await first.ended, 0);
      exits(await second.ended, 0);
    }),
  );

  it(
    'gives up after --lock-wait with exit 4: it names the holder, and has run nothing',
    inCase(async (the) => {
      const { first } = await busy(the);
      const ended = await the.run('up', '--lock-wait', '1');
      exits(ended, 4);
      assert.match(ended.said, new RegExp(`pid ${first.pid}\\b`));
      assert.match(ended.said, /since 2\d\d\d-/);
      assert.match(ended.said, /Nothing was run/);
      assert.ok(ended.ms > 1000 && ended.ms < 8000, `it waited ${ended.ms} ms`);
    }),
  );

  it(
    'and only reads: current and status answer at once',
    inCase(async (the) => {
      await busy(the);
      for (const command of ['current', 'status', 'journal']) {
        const ended = await the.runIn({ patience: 15 }, command);
        exits(ended, 0, command);
      }
    }),
  );

  it(
    'on another ledger of the same database: they do not wait for each other',
    inCase(async (the) => {
      await busy(the);
      the.table('other_books');
      exits(await the.runIn({ patience: 20 }, 'up', '+1', '--lock-wait', '1'), 1);
    }),
  );
});

it(
  'Five go up and five go down at once: the schema is what the ledger says, and no reader sees it half done',
  inCase(async (the) => {
    const name = the.write('a', { up: ['create table a (id int)'], down: ['drop table a'] });
    const runners = Array.from({ length: 10 }, (_, at) =>
      the.start(at % 2 === 0 ? ['up'] : ['down', 'base', '--accept-data-loss']),
    );
    await allEndWell(runners);
    const applied = await the.values('select name from mikro_orm_migrations');
    assert.deepEqual(await the.value(`select to_regclass('a') is not null`), applied.includes(name));
    const kinds = `select event from mikro_orm_migrations_journal where event in ('applied', 'reverted') order by id`;
    const events = await the.values(kinds);
    assert.ok(
      events.every((event, at) => event === (at % 2 === 0 ? 'applied' : 'reverted')),
      `they took turns: ${events.join()}`,
    );
  }),
);

passwordStaysHidden();
