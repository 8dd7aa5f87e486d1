import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { withProject, type Sandbox } from '../../../test/project.ts';
import { refused } from '../../../test/refused.ts';
import type { RunEvent } from '../events/events.ts';
import { run } from '../run.ts';
import type { RunOptions } from '../request.ts';

/** A second session, in a transaction that holds a table. */
async function withReader(sandbox: Sandbox, work: (reader: Client) => Promise<void>): Promise<void> {
  const reader = new Client({ connectionString: sandbox.url, application_name: 'report of the month' });
  reader.on('error', () => undefined);
  await reader.connect();
  await reader.query('begin; select * from a');
  try {
    await work(reader);
  } finally {
    await reader.end();
  }
}

const up = (sandbox: Sandbox, options: Partial<RunOptions> = {}) =>
  run(sandbox.project, { direction: 'up', ...options });

/** A table, and a revision that needs it for itself alone. */
async function prepare(sandbox: Sandbox): Promise<string> {
  sandbox.write('a', { up: ['create table a (id int)'] });
  await up(sandbox);
  return sandbox.write('wide', { up: ['create table b (id int)', 'alter table a add x int'] });
}

describe('a table that somebody else holds', () => {
  it('is waited for in short turns, all of the revision is tried again, and then it is applied once', () =>
    withProject(async (sandbox) => {
      await prepare(sandbox);
      await withReader(sandbox, async (reader) => {
        const events: RunEvent[] = [];
        const onEvent = (event: RunEvent) => {
          events.push(event);
          if (event.type === 'retried' && event.attempt === 2) void reader.query('commit');
        };
        const { ran } = await up(sandbox, { lockTimeoutMs: 300, retryForMs: 20_000, onEvent });
        assert.equal(ran.length, 1);
        const retries = events.filter((event) => event.type === 'retried');
        assert.equal(retries[0]?.sqlstate, '55P03');
        assert.deepEqual(
          retries[0].blockers.map(({ application }) => application),
          ['report of the month'],
        );
        assert.ok(events.some((event) => event.type === 'blocked'));
      });
      assert.deepEqual(
        await sandbox.values("select count(*)::int from mikro_orm_migrations_journal where event = 'applied'"),
        [2],
      );
    }));

  it('ends with who is in the way and how to end it, and nothing is left', () =>
    withProject(async (sandbox) => {
      const wide = await prepare(sandbox);
      await withReader(sandbox, async () => {
        const problem = await refused(up(sandbox, { lockTimeoutMs: 300, retryForMs: 700 }));
        assert.equal(problem.code, 'lock-timeout');
        assert.match(
          problem.message,
          new RegExp(`${wide}[\\s\\S]*55P03[\\s\\S]*idle in transaction[\\s\\S]*report of the month`),
        );
        assert.match(problem.next.join('\n'), /pg_terminate_backend\(\d+\)/);
      });
      assert.deepEqual(await sandbox.values("select to_regclass('b')"), [null]);
      assert.deepEqual(
        await sandbox.values("select sqlstate from mikro_orm_migrations_journal where event = 'failed'"),
        ['55P03'],
      );
    }));

  it('does not keep readers waiting for longer than one turn', () =>
    withProject(async (sandbox) => {
      await prepare(sandbox);
      await withReader(sandbox, async () => {
        let longest = 0;
        let going = true;
        const traffic = (async () => {
          while (going) {
            const began = performance.now();
            await sandbox.client.query('select count(*) from a');
            longest = Math.max(longest, performance.now() - began);
            await sleep(5);
          }
        })();
        await refused(up(sandbox, { lockTimeoutMs: 300, retryForMs: 1_500 }));
        going = false;
        await traffic;
        assert.ok(longest > 100, `the traffic was never held up: ${longest}`);
        assert.ok(longest < 1_000, `one read waited ${longest} ms`);
      });
    }));
});

describe('the lock', () => {
  it('when its connection is cut, what is going on is rolled back and nothing more is run', () =>
    withProject(async (sandbox) => {
      sandbox.write('a', { up: ['create table a (id int)', 'select pg_sleep(1)'] });
      sandbox.write('b', { up: ['create table b (id int)'] });
      const running = refused(up(sandbox));
      await until(
        sandbox,
        "select pid from pg_stat_activity where query like '%pg_sleep(1)%' and pid <> pg_backend_pid()",
      );
      await sandbox.client.query(
        // Of this database only: the tests beside this one hold locks on the same server.
        `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'
         and database = (select oid from pg_database where datname = current_database())`,
      );
      assert.equal((await running).code, 'lock-lost');
      assert.deepEqual(await sandbox.values("select to_regclass('a') is null and to_regclass('b') is null"), [true]);
      assert.equal((await up(sandbox)).ran.length, 2);
    }));

  it('that another runner holds is told: who, since when, at which statement', () =>
    withProject(async (sandbox) => {
      sandbox.write('a', { up: ['create table a (id int)', 'select pg_sleep(2)'] });
      const first = up(sandbox);
      await until(
        sandbox,
        "select pid from pg_stat_activity where query like '%pg_sleep(2)%' and pid <> pg_backend_pid()",
      );
      const problem = await refused(up(sandbox, { lockWaitMs: 100 }));
      assert.equal(problem.code, 'lock-held');
      assert.match(
        problem.message,
        /nx-mikro-orm up from \S+ pid \d+ \(server process \d+\) since \S+, for \d+ s at: select pg_sleep/,
      );
      await first;
    }));
});

async function until(sandbox: Sandbox, sql: string): Promise<void> {
  for (let tries = 0; (await sandbox.values(sql)).length === 0; tries++) {
    assert.ok(tries < 200, `never came: ${sql}`);
    await sleep(25);
  }
}
