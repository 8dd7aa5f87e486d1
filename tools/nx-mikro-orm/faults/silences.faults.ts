import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inCase, openCase, type Case } from './apparatus/case.ts';
import { closeGate, waitsFor } from './apparatus/gate.ts';
import { until } from './apparatus/patience.ts';
import { startProxy } from './apparatus/proxy.ts';
import { exits } from './apparatus/runner.ts';
import { peak } from './apparatus/peak.ts';
import { passwordStaysHidden } from './apparatus/secrecy.ts';
import { ownServer, portOf, sharedServer } from './apparatus/server.ts';

const say = (what: string) => `insert into log (what) values ('${what}')`;
const log = (the: Case) => the.values('select what from log order by n');
const silence = { NX_MIKRO_ORM_SILENCE: '2' };

async function withLog(the: Case, next: object): Promise<string> {
  the.write('log', { up: ['create table log (n serial, what text)', 'create table latch (id int)'] });
  exits(await the.run('up'), 0);
  return the.write('next', next);
}

describe('A network that swallows everything', { concurrency: 2 }, () => {
  for (const [title, which] of [
    ['on both connections', () => true],
    ['on the one that runs the revision', (sent: string[]) => sent.some((sql) => sql.includes('lock table latch'))],
  ] as const)
    for (const transactional of [true, false])
      it(
        `${title}, in a statement ${transactional ? 'in' : 'outside of'} a transaction: up ends with 1 in time and says so, and the next up ends the work once`,
        inCase(async (the) => {
          await withLog(the, { transactional, up: [say('first'), 'lock table latch', say('last')] });
          const gate = await closeGate(the.database, 'lock table latch');
          await using proxy = await startProxy(portOf(sharedServer()));
          const runner = the.start(['up', '--lock-timeout', '30'], { port: proxy.port, env: silence });
          await runner.until(waitsFor(the.database, 'lock table latch'));
          for (const wire of proxy.wires) if (which(wire.sent)) wire.freeze();
          await gate.open();
          const ended = await runner.ended;
          exits(ended, 1);
          assert.match(ended.said, /for 2 s/);
          exits(await the.run('up'), 0);
          assert.deepEqual(await log(the), ['first', 'last']);
        }),
      );

  for (const command of ['current', 'status', 'up'])
    it(
      `before ${command} has heard anything: exit 5 in time, and nothing was run`,
      inCase(async (the) => {
        await withLog(the, { up: [say('once')] });
        await using proxy = await startProxy(portOf(sharedServer()));
        void proxy.stopAt('mikro_orm_migrations', 'before');
        const ended = await the.runIn({ port: proxy.port, env: silence }, command);
        exits(ended, 5);
        assert.match(ended.said, /not answered for 2 s/);
        assert.deepEqual(await log(the), []);
      }),
    );

  it(
    'a statement that only takes long is left to end',
    inCase(async (the) => {
      await withLog(the, { up: ['select pg_sleep(5)', say('once')] });
      exits(await the.runIn({ env: silence }, 'up'), 0);
      assert.deepEqual(await log(the), ['once']);
    }),
  );
});

describe('Code that gives no turn back', { concurrency: 2 }, () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    it(
      `in up(): ${signal} ends the process all the same, nothing is kept, and the next up ends the work`,
      inCase(async (the) => {
        const name = await withLog(the, {
          body: `override async up() { await this.execute("${say('once')}"); for (;;); }`,
        });
        const runner = the.start(['up']);
        await runner.until(
          until('the code is at it', () =>
            the.value(
              `select pid from pg_stat_activity where datname = current_database() and state = 'idle in transaction' and query like '%once%'`,
            ),
          ),
        );
        // As somebody does who sees that nothing happens.
        const again = setInterval(() => process.kill(runner.pid, signal), 1_000);
        const ended = await runner.ended.finally(() => clearInterval(again));
        assert.ok(ended.signal === signal || ended.exit === 130, `it ended with ${ended.exit ?? ended.signal}`);
        the.edit(name, (text) => text.replace('for (;;);', ''));
        exits(await the.run('up'), 0);
        assert.deepEqual(await log(the), ['once']);
      }),
    );

  it(
    'for five seconds, and then does: applied, and a signal after that is handled as ever',
    inCase(async (the) => {
      await withLog(the, {
        body: `override async up() {
    const began = Date.now(); while (Date.now() - began < 5000);
    await this.execute("${say('once')}"); await this.execute('lock table latch');
  }`,
      });
      const gate = await closeGate(the.database, 'lock table latch');
      const runner = the.start(['up', '--lock-timeout', '60']);
      await runner.until(waitsFor(the.database, 'lock table latch'));
      await sleep(1_000);
      const ended = await runner.kill('SIGINT');
      exits(ended, 130);
      assert.match(ended.said, /rolled back/);
      await gate.open();
    }),
  );
});

describe('What keeps a command waiting', { concurrency: 2 }, () => {
  for (const command of ['current', 'status', 'up'])
    it(
      `a ledger that is locked, of ${command}: exit 1 in time, and how to see who holds it`,
      inCase(async (the) => {
        await withLog(the, { up: [say('once')] });
        const gate = await closeGate(the.database, 'lock table mikro_orm_migrations');
        const ended = await the.run(command);
        exits(ended, 1);
        assert.match(ended.said, /55P03/);
        assert.match(ended.said, /pg_stat_activity/);
        await gate.open();
        exits(await the.run('up'), 0);
      }),
    );

  it('a synchronous standby that is away: it is said, and after Ctrl-C that the revision was committed', async () => {
    await using server = await ownServer();
    await using the = await openCase({ server });
    the.write('log', { up: ['create table log (n serial, what text)', say('once')] });
    await the.execute(`alter system set synchronous_standby_names = 'nobody'`);
    await the.execute('select pg_reload_conf()');
    const runner = the.start(['up']);
    await runner.until(until('it is said', async () => /synchronous standby/.test(runner.said())));
    const ended = await runner.kill('SIGINT');
    exits(ended, 130);
    assert.match(ended.said, /was applied all the same/);
    assert.deepEqual(await log(the), ['once']);
    await the.execute(`alter system reset synchronous_standby_names`);
    await the.execute('select pg_reload_conf()');
    exits(await the.run('up'), 0);
    assert.deepEqual(await log(the), ['once']);
  });
});

describe('What a database may have', { concurrency: 2 }, () => {
  for (const style of ['German', 'SQL, DMY', 'Postgres, MDY'])
    it(
      `DateStyle ${style}: every command reads what was written, also after a run that failed`,
      inCase(async (the) => {
        await the.execute(`alter role runner in database "${the.database.name}" set datestyle = '${style}'`);
        const name = await withLog(the, {
          transactional: false,
          up: [say('first'), 'select 1 / (select 0)', say('last')],
        });
        exits(await the.run('up'), 1);
        for (const command of ['current', 'status', 'journal']) exits(await the.run(command), 0, command);
        exits(await the.run('repair'), 3);
        the.edit(name, (text) => text.replace('select 1 / (select 0)', 'select 1'));
        exits(await the.run('up'), 0);
        assert.deepEqual(await log(the), ['first', 'last']);
      }),
    );

  it(
    'a schema for the ledger that is there, and no right to make another: up works',
    inCase(async (the) => {
      await the.execute(
        `create schema books authorization runner; revoke create on database "${the.database.name}" from runner, public`,
      );
      the.table('books.ledger');
      the.write('log', { up: ['create table log (n serial, what text)'] });
      exits(await the.run('up'), 0);
      assert.equal(await the.value('select count(*)::int from books.ledger'), 1);
    }),
  );

  it(
    'counters of ledger and journal behind their rows, as after a switchover: repair says so, and up goes on',
    inCase(async (the) => {
      await withLog(the, { up: [say('once')] });
      for (const table of ['mikro_orm_migrations', 'mikro_orm_migrations_journal'])
        await the.execute(
          `insert into ${table} overriding system value select (jsonb_populate_record(t, '{"id": 40, "name": "x"}')).* from ${table} t limit 1`,
        );
      await the.execute(
        `delete from mikro_orm_migrations where id < 40; update mikro_orm_migrations set name = 'Migration20260101000000_log'`,
      );
      await the.execute(
        `select setval('mikro_orm_migrations_id_seq', 39), setval('mikro_orm_migrations_journal_id_seq', 1)`,
      );
      const seen = await the.run('repair');
      assert.match(seen.said, /counter of public\.mikro_orm_migrations_journal|stands behind its rows/);
      exits(await the.run('up'), 0);
      assert.deepEqual(await log(the), ['once']);
      exits(await the.run('repair'), 0);
    }),
  );

  it(
    'a revision that has failed 50,000 times, half done: what is done of it is known, few rows are read for it, and memory stays small',
    inCase(async (the) => {
      const journal = 'mikro_orm_migrations_journal';
      const name = await withLog(the, { transactional: false, up: [say('first'), 'select 1 / (select 0)'] });
      exits(await the.run('up'), 1);
      exits(await the.run('up'), 1);
      const columns = await the.value(
        `select string_agg(quote_ident(attname), ', ') from pg_attribute where attrelid = '${journal}'::regclass and attnum > 1`,
      );
      await the.execute(`insert into ${journal} (${String(columns)}) select ${String(columns)} from ${journal}, generate_series(1, 50000)
        where id >= (select max(id) from ${journal} where event = 'run') order by generate_series, id`);
      await the.execute(`analyze ${journal}`);
      const read = async () =>
        Number(
          await the.value(
            `select (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int from pg_stat_user_tables where relname = '${journal}'`,
          ),
        );
      for (const [command, code] of [
        ['current', 0],
        ['status', 0],
        ['up', 1],
      ] as const) {
        const before = await read();
        const runner = the.start([command]);
        const most = await peak(runner);
        exits(await runner.ended, code, command);
        assert.ok(most < 250, `${command} took ${most} MB`);
        // Twice, as up looks again when it has failed; and a page or two that the planner looks at.
        const rows = (await read()) - before;
        assert.ok(rows < 500, `${command} read ${rows} rows`);
      }
      the.edit(name, (text) => text.replace('select 1 / (select 0)', 'select 1'));
      exits(await the.run('up'), 0);
      assert.deepEqual(await log(the), ['first']);
    }),
  );

  it('standard output on a full disk: all revisions are applied', { skip: !existsSync('/dev/full') }, async () => {
    await using the = await openCase();
    the.write('log', { up: ['create table log (n serial, what text)'] });
    the.write('next', { up: [say('once')] });
    const bin = join(import.meta.dirname, '../bin.js');
    const { status } = spawnSync(
      'sh',
      ['-c', `exec "$0" "$1" up --config "$2" > /dev/full`, process.execPath, bin, the.config],
      {
        env: { PATH: process.env['PATH'], HOME: process.env['HOME'], DATABASE_URL: the.database.url() },
      },
    );
    assert.equal(status, 0);
    assert.deepEqual(await log(the), ['once']);
  });
});

passwordStaysHidden();
