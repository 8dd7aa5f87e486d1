import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inCase, type Case } from './apparatus/case.ts';
import { closeGate, waitsFor } from './apparatus/gate.ts';
import { noPgbouncer, startPgbouncer } from './apparatus/pgbouncer.ts';
import { exits } from './apparatus/runner.ts';
import { passwordStaysHidden } from './apparatus/secrecy.ts';
import { thorough } from './apparatus/thorough.ts';

function history(the: Case): string[] {
  return [
    the.write('log', { up: ['create table log (n serial, what text)'] }),
    the.write('data', { up: [`insert into log (what) values ('data')`] }),
    the.write('index', { transactional: false, up: ['create index concurrently log_what on log (what)'] }),
    the.write('bare', { transactional: false, up: [`insert into log (what) values ('bare')`] }),
  ];
}

async function assertOnce(the: Case, names: string[]) {
  assert.deepEqual(await the.values('select what from log order by n'), ['data', 'bare']);
  assert.deepEqual(await the.values('select name from mikro_orm_migrations order by id'), names);
  assert.deepEqual(await the.values(`select indisvalid from pg_index where indexrelid = 'log_what'::regclass`), [true]);
}

describe('Behind PgBouncer', { skip: noPgbouncer, concurrency: 2 }, () => {
  it(
    'in session mode: five runners at once, every effect once, all exit 0',
    inCase(async (the) => {
      await using pooler = await startPgbouncer('session');
      const names = history(the);
      const runners = Array.from({ length: 5 }, () => the.start(['up'], { port: pooler.port }));
      for (const { ended } of runners) exits(await ended, 0);
      await assertOnce(the, names);
      const idle = await the.runIn({ port: pooler.port }, 'up');
      exits(idle, 0);
    }),
  );

  it(
    'in session mode, and the runner is killed: the next up, on the same pooled sessions, ends the work once',
    inCase(async (the) => {
      await using pooler = await startPgbouncer('session');
      const names = history(the);
      exits(await the.runIn({ port: pooler.port }, 'up', '+2'), 0);
      const old = await closeGate(the.database, `insert into log (what) values ('uncommitted')`);
      const runner = the.start(['up'], { port: pooler.port });
      await runner.until(waitsFor(the.database, 'create index concurrently'));
      await runner.kill();
      await old.open();
      exits(await the.runIn({ port: pooler.port }, 'up'), 0);
      await assertOnce(the, names);
    }),
  );

  for (const mode of ['transaction', 'statement'] as const)
    it(
      `in ${mode} mode: refused clearly with nothing run, or every effect once by five runners at once`,
      inCase(async (the) => {
        await using pooler = await startPgbouncer(mode);
        const names = history(the);
        const runners = Array.from({ length: 5 }, () => the.start(['up'], { port: pooler.port }));
        const ends = await Promise.all(runners.map(({ ended }) => ended));
        if (ends.every(({ exit }) => exit === 0)) {
          await assertOnce(the, names);
          return;
        }
        for (const ended of ends) {
          exits(ended, [4, 5]);
          assert.match(ended.said, /pool/i);
          assert.match(ended.said, /nothing was run/i);
        }
        assert.equal(
          await the.value(`select count(*)::int from pg_class where relnamespace = 'public'::regnamespace`),
          0,
        );
        // What it asked for to find out is not left behind in a pooled session.
        assert.equal(
          await the.value(`select count(*)::int from pg_locks where locktype = 'advisory'
            and database = (select oid from pg_database where datname = current_database())`),
          0,
        );
        exits(await the.run('up'), 0);
        await assertOnce(the, names);
      }),
    );

  it(
    'in session mode with one session, where a run needs two: a clear failure in time, and nothing was run',
    { skip: !thorough && 'only with FAULTS=all' },
    inCase(async (the) => {
      await using pooler = await startPgbouncer('session', 1);
      history(the);
      const ended = await the.runIn({ port: pooler.port, patience: 40 }, 'up');
      exits(ended, [1, 4, 5]);
      assert.equal(await the.value(`select to_regclass('log')`), null);
    }),
  );
});

// Where the cases above are skipped, there is no output to look through.
if (!noPgbouncer) passwordStaysHidden();
