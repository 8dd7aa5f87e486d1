import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { makeGate } from '../../../test/gate.ts';
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
        assert.match(events.map(({ type }) => type).join(' '), /blocked/);
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
        // One read after the other; each is held up while the revision stands before it in the queue for the table.
        let turns = 0;
        let going = true;
        const spans: number[] = [];
        const traffic = (async () => {
          while (going) {
            const before = turns;
            await sandbox.client.query('select count(*) from a');
            spans.push(turns - before);
            await sleep(5);
          }
        })();
        let heldUp = 0;
        const watcher = new Client({ connectionString: sandbox.url });
        await watcher.connect();
        const onEvent = async ({ type }: RunEvent) => {
          if (type === 'retried') turns++;
          if (type === 'blocked') heldUp += (await watcher.query(waitingReads)).rows.length;
        };
        await refused(up(sandbox, { lockTimeoutMs: 300, retryForMs: 1_500, onEvent }));
        going = false;
        await traffic;
        await watcher.end();
        assert.ok(turns > 0, 'there was one turn only');
        assert.ok(heldUp > 0, 'no read was ever held up');
        assert.ok(Math.max(...spans) <= 1, `reads waited for so many turns: ${spans.join(' ')}`);
      });
    }));
});

/** Reads of the table that stand behind somebody else. */
const waitingReads = `select from pg_stat_activity where datname = current_database()
  and query = 'select count(*) from a' and wait_event_type = 'Lock'`;

describe('the lock', () => {
  it('when its connection is cut, what is going on is rolled back and nothing more is run', () =>
    withProject(async (sandbox) => {
      const gate = await makeGate(sandbox.client);
      sandbox.write('a', { up: ['create table a (id int)', gate.statement] });
      sandbox.write('b', { up: ['create table b (id int)'] });
      const running = refused(up(sandbox));
      await gate.reached();
      await sandbox.client.query(
        // Of this database only: the tests beside this one hold locks on the same server.
        `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'
         and database = (select oid from pg_database where datname = current_database())`,
      );
      await gate.open();
      assert.equal((await running).code, 'lock-lost');
      assert.deepEqual(await sandbox.values("select to_regclass('a') is null and to_regclass('b') is null"), [true]);
      assert.equal((await up(sandbox)).ran.length, 2);
    }));

  it('that another runner holds is told: who, since when, at which statement', () =>
    withProject(async (sandbox) => {
      const gate = await makeGate(sandbox.client);
      sandbox.write('a', { up: ['create table a (id int)', gate.statement] });
      const first = up(sandbox);
      await gate.reached();
      const problem = await refused(up(sandbox, { lockWaitMs: 100 }));
      assert.equal(problem.code, 'lock-held');
      assert.match(
        problem.message,
        /nx-mikro-orm up from \S+ pid \d+ \(server process \d+\) since \S+, for \d+ s at: do \$\$ begin while/,
      );
      await gate.open();
      await first;
    }));
});
