import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inCase, type Case } from './apparatus/case.ts';
import { closeGate, nobodyIsLeft, runs, waitsFor } from './apparatus/gate.ts';
import { until } from './apparatus/patience.ts';
import { startProxy } from './apparatus/proxy.ts';
import { exits, type Ended } from './apparatus/runner.ts';
import { passwordStaysHidden } from './apparatus/secrecy.ts';
import { portOf, sharedServer } from './apparatus/server.ts';

const port = portOf(sharedServer());

/** A log, a latch to wait at, and a revision that writes before and after it, with another one behind it. */
async function behindALatch(the: Case, transactional: boolean) {
  the.write('log', {
    up: ['create table log (n serial, what text)', 'create table latch (id int)', 'insert into latch values (1)'],
  });
  exits(await the.run('up'), 0);
  const first = the.write('first', {
    transactional,
    up: [
      `insert into log (what) values ('before')`,
      'update latch set id = id + 1',
      `insert into log (what) values ('after')`,
    ],
  });
  const second = the.write('second', { transactional, up: [`insert into log (what) values ('second')`] });
  return { first, second, gate: await closeGate(the.database, 'select from latch for update') };
}

const hasLock = `select true from pg_locks join pg_stat_activity using (pid)
  where locktype = 'advisory' and granted and application_name like $1`;

const log = (the: Case) => the.values('select what from log order by n');
const everything = ['before', 'after', 'second'];
const patient = ['--lock-timeout', '30'];

/** Cuts the lock's connection in mid statement, lets another runner have the lock, and gives how that one ended. */
async function takenOver(the: Case, transactional: boolean): Promise<Ended> {
  const { gate } = await behindALatch(the, transactional);
  await using proxy = await startProxy(port);
  const runner = the.start(['up', ...patient], { port: proxy.port });
  await runner.until(waitsFor(the.database, 'update latch'));
  proxy.lockWire()?.cut();
  const other = the.start(['up', ...patient]);
  await until('the other has the lock', () => the.value(hasLock, [`%pid ${other.pid}`]));
  await gate.open();
  await runner.ended;
  return other.ended;
}

describe("The lock's connection is cut while the worker's lives", { concurrency: 2 }, () => {
  for (const transactional of [true, false])
    it(
      `${transactional ? 'in' : 'outside of'} a transaction: no other statement starts, the run fails, the next up goes on`,
      inCase(async (the) => {
        const { gate } = await behindALatch(the, transactional);
        await using proxy = await startProxy(port);
        const runner = the.start(['up', ...patient], { port: proxy.port });
        await runner.until(waitsFor(the.database, 'update latch'));
        proxy.lockWire()?.cut();
        await until('the server has let go of the lock', () =>
          the.value(`select count(*) = 0 from pg_locks where locktype = 'advisory' and objsubid = 1
            and database = (select oid from pg_database where datname = current_database())`),
        );
        await gate.open();
        const ended = await runner.ended;
        exits(ended, [1, 5]);
        await nobodyIsLeft(the.database);
        const done = await log(the);
        // The step whose transaction was on its way may have ended; no new one may have begun.
        assert.ok(!done.includes('second'), `another revision was started: ${done.join()}`);
        if (!transactional) assert.deepEqual(done, ['before']);
        exits(await the.run('up'), 0);
        assert.deepEqual(await log(the), everything);
      }),
    );

  for (const transactional of [true, false])
    it(
      `${transactional ? 'in' : 'outside of'} a transaction, and another runner takes over at once: every effect once`,
      inCase(async (the) => {
        exits(await takenOver(the, transactional), 0);
        assert.deepEqual(await log(the), everything);
        assert.equal(await the.value('select id from latch'), 2);
      }),
    );

  it(
    'and the ledger is one of stock MikroORM, without a unique name: every effect once all the same',
    inCase(async (the) => {
      await the.execute(`create table mikro_orm_migrations (id serial primary key, name varchar(255),
        executed_at timestamptz default current_timestamp); alter table mikro_orm_migrations owner to runner`);
      exits(await takenOver(the, true), [0, 1]);
      exits(await the.run('up'), 0);
      assert.deepEqual((await log(the)).toSorted(), everything.toSorted());
      assert.equal(await the.value('select count(*)::int from mikro_orm_migrations'), 3);
    }),
  );
});

describe('The worker loses its connection while the lock lives', { concurrency: 2 }, () => {
  it(
    'because an administrator ends its session (57P01): the run fails and says so, nothing of the step is left',
    inCase(async (the) => {
      const { gate, first } = await behindALatch(the, true);
      const runner = the.start(['up', ...patient]);
      const worker = await runner.until(waitsFor(the.database, 'update latch'));
      await the.value('select pg_terminate_backend($1)', [worker]);
      const ended = await runner.ended;
      exits(ended, [1, 5]);
      assert.match(ended.said, new RegExp(first));
      assert.match(ended.said, /57P01|terminat/i);
      await gate.open();
      assert.deepEqual(await log(the), []);
      exits(await the.run('up'), 0);
      assert.deepEqual(await log(the), everything);
    }),
  );

  it(
    'because an administrator cancels its statement (57014): the run fails, everything is rolled back',
    inCase(async (the) => {
      const { gate } = await behindALatch(the, true);
      const runner = the.start(['up', ...patient]);
      const worker = await runner.until(waitsFor(the.database, 'update latch'));
      await the.value('select pg_cancel_backend($1)', [worker]);
      const ended = await runner.ended;
      exits(ended, 1);
      assert.match(ended.said, /57014/);
      await gate.open();
      assert.deepEqual(await log(the), []);
      exits(await the.run('up'), 0);
      assert.deepEqual(await log(the), everything);
    }),
  );
});

describe('The network hangs, and no connection is closed', { concurrency: 2 }, () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    it(
      `${signal} ends the runner with 130 within 6 s, although nobody answers it`,
      inCase(async (the) => {
        await behindALatch(the, true);
        await using proxy = await startProxy(port);
        const runner = the.start(['up', ...patient], { port: proxy.port });
        await runner.until(waitsFor(the.database, 'update latch'));
        for (const wire of proxy.wires) wire.freeze();
        const asked = performance.now();
        const ended = await runner.kill(signal);
        exits(ended, 130);
        assert.ok(performance.now() - asked < 6000, `it took ${performance.now() - asked} ms`);
      }),
    );

  it(
    'before the worker sends anything: the next runner waits for the lock, says for whom, and gives up in time',
    inCase(async (the) => {
      await behindALatch(the, true);
      await using proxy = await startProxy(port);
      const runner = the.start(['up', ...patient], { port: proxy.port });
      await runner.until(waitsFor(the.database, 'update latch'));
      for (const wire of proxy.wires) wire.freeze();
      const next = await the.run('up', '--lock-wait', '1');
      exits(next, 4);
      assert.match(next.said, new RegExp(`pid ${runner.pid}\\b`));
      assert.match(next.said, /Nothing was run/);
    }),
  );
});

describe('The server cannot be reached', { concurrency: 2 }, () => {
  const refusal = (title: string, address: (the: Case) => Promise<object> | object, says: RegExp) =>
    it(
      `${title}: exit 5, and nothing was run`,
      inCase(async (the) => {
        the.write('log', { up: ['create table log (n serial, what text)'] });
        for (const command of ['up', 'current']) {
          const ended = await the.runIn(await address(the), command);
          exits(ended, 5, command);
          assert.match(ended.said, says);
        }
        assert.equal(
          await the.value(`select count(*)::int from pg_class where relnamespace = 'public'::regnamespace`),
          0,
        );
      }),
    );
  refusal('no server on that port', () => ({ port: 1 }), /No PostgreSQL answers/);
  refusal('the wrong password', () => ({ password: `wrong p@ss:w/rd%'x` }), /refused the login/);
  refusal('a role that does not exist', () => ({ role: 'nobody at all' }), /refused the login/);
  refusal('a database that does not exist', () => ({ database: 'not there' }), /database does not exist/);
  refusal(
    'a role that may not connect to this database',
    async (the) => {
      await the.execute(`revoke connect on database ${the.database.name} from public`);
      return { role: await the.database.role() };
    },
    /permission denied|42501|may not/,
  );
  refusal(
    'a role without a connection left (53300)',
    async (the) => ({ role: await the.database.role('connection limit 0') }),
    /too many connections/,
  );

  it(
    'a role with one connection, where a run needs two: a clear refusal, and nothing was run',
    inCase(async (the) => {
      the.write('log', { up: ['create table log (n serial, what text)'] });
      const role = await the.database.role('connection limit 1');
      await the.execute(`grant all on schema public to "${role}"`);
      const ended = await the.runIn({ role }, 'up');
      exits(ended, 5);
      assert.match(ended.said, /too many connections/);
      assert.equal(await the.value(`select to_regclass('log')`), null);
    }),
  );
});

it(
  'a statement goes on in the server after its runner was killed: the next up waits for it, and says for whom',
  inCase(async (the) => {
    const { gate } = await behindALatch(the, true);
    const runner = the.start(['up', ...patient]);
    const worker = await runner.until(waitsFor(the.database, 'update latch'));
    await runner.kill();
    const next = the.start(['up', ...patient]);
    await runs(the.database, 'update latch');
    await gate.open();
    const ended = await next.ended;
    exits(ended, 0);
    assert.deepEqual(await log(the), everything);
    assert.notEqual(worker, 0, 'no session was ended');
  }),
);

passwordStaysHidden();
