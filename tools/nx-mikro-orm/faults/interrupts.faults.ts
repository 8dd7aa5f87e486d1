import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inCase, type Case } from './apparatus/case.ts';
import { closeGate, nobodyIsLeft, waitsFor } from './apparatus/gate.ts';
import { until } from './apparatus/patience.ts';
import { startProxy } from './apparatus/proxy.ts';
import { exits, type Runner } from './apparatus/runner.ts';
import { passwordStaysHidden } from './apparatus/secrecy.ts';
import { portOf, sharedServer } from './apparatus/server.ts';

const patient = ['--lock-timeout', '30'];

async function behindALatch(the: Case, transactional: boolean) {
  the.write('tables', {
    up: ['create table log (n serial, what text)', 'create table latch (id int)', 'insert into latch values (1)'],
  });
  exits(await the.run('up'), 0);
  the.write('change', {
    transactional,
    up: [
      `insert into log (what) values ('before')`,
      'update latch set id = id + 1',
      `insert into log (what) values ('after')`,
    ],
    down: ['update latch set id = id - 1', 'delete from log'],
  });
}

const log = (the: Case) => the.values('select what from log order by n');

/** Sends the signal, insists on 130 within 5 s, and that nothing of the runner is left in the server. */
async function interrupt(the: Case, runner: Runner, signal: NodeJS.Signals): Promise<string> {
  const asked = performance.now();
  const ended = await runner.kill(signal);
  const took = performance.now() - asked;
  exits(ended, 130);
  assert.ok(took < 5000, `it took ${took} ms`);
  await nobodyIsLeft(the.database, 2);
  return ended.said;
}

describe(
  'A signal stops the runner with 130 within 5 s, and its statement in the server too',
  { concurrency: 2 },
  () => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      for (const transactional of [true, false])
        it(
          `${signal} during a statement ${transactional ? 'in' : 'outside of'} a transaction; the next up ends the work`,
          inCase(async (the) => {
            await behindALatch(the, transactional);
            const gate = await closeGate(the.database, 'select from latch for update');
            const runner = the.start(['up', ...patient]);
            await runner.until(waitsFor(the.database, 'update latch'));
            const said = await interrupt(the, runner, signal);
            assert.match(said, signal === 'SIGINT' ? /Ctrl-C/ : new RegExp(signal));
            assert.deepEqual(await log(the), transactional ? [] : ['before']);
            await gate.open();
            exits(await the.run('up'), 0);
            assert.deepEqual(await log(the), ['before', 'after']);
            assert.deepEqual(await the.values('select id from latch'), [2]);
          }),
        );

    it(
      'on the way down: still applied, and the next down ends the work',
      inCase(async (the) => {
        await behindALatch(the, true);
        exits(await the.run('up'), 0);
        const gate = await closeGate(the.database, 'select from latch for update');
        const runner = the.start(['down', '--accept-data-loss', ...patient]);
        await runner.until(waitsFor(the.database, 'update latch'));
        await interrupt(the, runner, 'SIGINT');
        await gate.open();
        assert.deepEqual(await log(the), ['before', 'after']);
        exits(await the.run('down', '--accept-data-loss'), 0);
        assert.deepEqual(await log(the), []);
        assert.deepEqual(await the.values('select id from latch'), [1]);
      }),
    );

    it(
      'while an index is built concurrently; the next up builds it anew',
      inCase(async (the) => {
        await behindALatch(the, true);
        the.write('index', { transactional: false, up: ['create index concurrently log_what on log (what)'] });
        exits(await the.run('up', '+1'), 0);
        const old = await closeGate(the.database, `insert into log (what) values ('uncommitted')`);
        const runner = the.start(['up']);
        await runner.until(waitsFor(the.database, 'create index concurrently'));
        await interrupt(the, runner, 'SIGINT');
        await old.open();
        exits(await the.run('up'), 0);
        assert.deepEqual(await the.values(`select indisvalid from pg_index where indrelid = 'log'::regclass`), [true]);
      }),
    );

    it(
      'during COMMIT: all of the step or nothing of it, and the next up ends the work',
      inCase(async (the) => {
        await behindALatch(the, true);
        await the.execute(`create table slow (id int); insert into slow values (1); grant all on slow to runner;
        create function wait() returns trigger language plpgsql as $$ begin perform from slow for update; return null; end $$;
        create constraint trigger slow after insert on log deferrable initially deferred for each row execute function wait()`);
        const gate = await closeGate(the.database, 'select from slow for update');
        const runner = the.start(['up', ...patient]);
        await runner.until(waitsFor(the.database, 'commit'));
        await interrupt(the, runner, 'SIGINT');
        await gate.open();
        exits(await the.run('up'), 0);
        assert.deepEqual(await log(the), ['before', 'after']);
      }),
    );

    it(
      'between two statements',
      inCase(async (the) => {
        await behindALatch(the, false);
        await using proxy = await startProxy(portOf(sharedServer()));
        const stop = proxy.stopAt('update latch', 'before');
        const runner = the.start(['up'], { port: proxy.port });
        await runner.until(stop);
        await interrupt(the, runner, 'SIGTERM');
        exits(await the.run('up'), 0);
        assert.deepEqual(await log(the), ['before', 'after']);
      }),
    );

    it(
      'while it waits for another runner, which is not disturbed',
      inCase(async (the) => {
        await behindALatch(the, true);
        const gate = await closeGate(the.database, 'select from latch for update');
        const first = the.start(['up', ...patient]);
        await first.until(waitsFor(the.database, 'update latch'));
        const second = the.start(['up']);
        await second.until(until('it says that it waits', () => /Waiting/.test(second.said())));
        const asked = performance.now();
        exits(await second.kill('SIGINT'), 130);
        assert.ok(performance.now() - asked < 5000, `it took ${performance.now() - asked} ms`);
        await gate.open();
        exits(await first.ended, 0);
        assert.deepEqual(await log(the), ['before', 'after']);
      }),
    );

    it(
      'while it pauses between two attempts to get a lock',
      inCase(async (the) => {
        await behindALatch(the, true);
        const gate = await closeGate(the.database, 'lock table latch in access exclusive mode');
        const runner = the.start(['up', '--lock-timeout', '0.05', '--retry-for', '60']);
        await runner.until(
          until('it has tried', () =>
            the.value(`select true from pg_stat_activity where application_name like '%pid ${runner.pid}'`),
          ),
        );
        await runner.until(until('a time-out has passed', () => the.value('select pg_sleep(0.7)').then(() => true)));
        await interrupt(the, runner, 'SIGTERM');
        await gate.open();
        assert.deepEqual(await log(the), []);
        exits(await the.run('up'), 0);
        assert.deepEqual(await log(the), ['before', 'after']);
      }),
    );
  },
);

it(
  'A second Ctrl-C ends a runner at once that cannot reach its server any more',
  inCase(async (the) => {
    await behindALatch(the, true);
    await closeGate(the.database, 'select from latch for update');
    await using proxy = await startProxy(portOf(sharedServer()));
    const runner = the.start(['up', ...patient], { port: proxy.port });
    await runner.until(waitsFor(the.database, 'update latch'));
    for (const wire of proxy.wires) wire.freeze();
    const asked = performance.now();
    void runner.kill('SIGINT');
    await runner.until(until('it has taken notice', () => /Ctrl-C/.test(runner.said())));
    exits(await runner.kill('SIGINT'), 130);
    assert.ok(performance.now() - asked < 2000, `it took ${performance.now() - asked} ms`);
  }),
);

passwordStaysHidden();
