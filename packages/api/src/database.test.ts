import assert from 'node:assert/strict';
import { chmodSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import { startServer, stopServer } from '../../../tools/nx-mikro-orm/src/postgres/embedded/server.ts';
import { makeFolder } from '../../../tools/nx-mikro-orm/test/memory.ts';
import { cutting } from '../test/cutting.ts';
import { admin, ormAt, settingsFor, sql, withApp } from '../test/standing.ts';
import { buildApp } from './app.ts';

const registration = (n: number) => ({
  method: 'POST' as const,
  url: '/teachers',
  payload: { inviteCode: `code-${n}`, name: `Teacher ${n}`, email: `teacher-${n}@example.com` },
});

/** Nothing here takes that long, unless a request is never answered. */
const timeout = 60_000;

const addCodes = "insert into invite_code (code) select 'code-' || n from generate_series(1, ?) n";

for (const when of ['before', 'after'] as const)
  test(`a COMMIT that is cut off ${when} the server did it takes effect once, and is answered`, { timeout }, () =>
    withApp(async ({ url, beside }) => {
      await sql(beside, addCodes, [1]);
      await using way = await cutting(url);
      await using app = await buildApp(settingsFor(way.url, { DATABASE_PATIENCE: '10' }));
      assert.equal((await app.inject('/health/ready')).statusCode, 200);
      way.cut(when);
      const made = await app.inject(registration(1));
      assert.equal(way.times(), 1);
      assert.equal(made.statusCode, 201, made.body);
      assert.equal((await sql(beside, 'select 1 from teacher')).length, 1);
      assert.deepEqual(await sql(beside, 'select is_used, teacher_id from invite_code'), [
        { is_used: true, teacher_id: made.json<{ id: number }>().id },
      ]);
      // No connection is kept by a transaction that could not even be rolled back.
      const { total, idle } = await app.database.connections();
      assert.equal(total, idle);
    }),
  );

test('a COMMIT of which nobody can find out what became is told so, and not done again', { timeout }, () =>
  withApp(async ({ url, beside }) => {
    await sql(beside, addCodes, [1]);
    await using way = await cutting(url);
    await using app = await buildApp(settingsFor(way.url));
    assert.equal((await app.inject('/health/ready')).statusCode, 200);
    way.cut('after');
    const asked = app.inject(registration(1));
    while (way.times() === 0) await new Promise((resolve) => setImmediate(resolve));
    await way.close();
    const answered = await asked;
    assert.equal(answered.statusCode, 503);
    assert.equal(answered.json<{ type: string }>().type, 'tag:tutoria.example,2026:outcome-unknown');
    assert.equal((await sql(beside, 'select 1 from teacher')).length, 1);
  }),
);

test('requests whose connections the server ends are answered all the same', { timeout }, () =>
  withApp(
    async ({ ask, beside, name }) => {
      await sql(beside, 'insert into teacher (name, email) values (?, ?)', ['Ada', 'ada@example.com']);
      const waiting = async () =>
        (await sql(beside, "select pid from pg_stat_activity where datname = ? and wait_event_type = 'Lock'", [name]))
          .length;
      const em = beside.em.fork();
      await em.begin();
      await em.execute('lock table teacher in access exclusive mode');
      const asked = [
        ask('GET', '/teachers'),
        ask('PATCH', '/teachers/1', { name: 'Grace' }),
        ask('GET', '/teachers/1'),
      ];
      while ((await waiting()) < asked.length);
      await sql(
        beside,
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = ? and wait_event_type = 'Lock'",
        [name],
      );
      while ((await waiting()) < asked.length);
      await em.rollback();
      for (const answer of await Promise.all(asked)) assert.equal(answer.statusCode, 200, answer.body);
      assert.deepEqual(await sql(beside, 'select name from teacher'), [{ name: 'Grace' }]);
    },
    { DATABASE_PATIENCE: '10' },
  ),
);

test('a restart of the database under load costs no request and does nothing twice', { timeout }, async () => {
  const root = makeFolder('tutoria-api-');
  chmodSync(root, 0o755);
  try {
    const url = (await startServer({ root })).url('postgres');
    {
      await using orm = await ormAt(url);
      await orm.migrator.up();
      await sql(orm, addCodes, [5000]);
    }
    await using app = await buildApp(settingsFor(url, { DATABASE_PATIENCE: '60', DATABASE_CONNECT_TIMEOUT: '60' }));
    let restarted = false;
    let next = 1;
    const made: number[] = [];
    const refused: string[] = [];
    /** Registers one after the other, until some were made after the restart as well. */
    const load = async () => {
      for (let last = 20; last > 0; last -= Number(restarted)) {
        const n = next++;
        const answer = await app.inject(registration(n));
        if (answer.statusCode === 201) made.push(n);
        else refused.push(answer.body);
        const read = await app.inject({ url: '/teachers?limit=5', headers: admin });
        if (read.statusCode !== 200) refused.push(read.body);
      }
    };
    const restart = async () => {
      while (made.length < 50) await new Promise((resolve) => setImmediate(resolve));
      await stopServer(root);
      await startServer({ root });
      restarted = true;
    };
    await Promise.all([restart(), ...Array.from({ length: 8 }, load)]);
    assert.deepEqual(refused, []);
    await using orm = await ormAt(url);
    const rows = await sql<{ email: string }>(
      orm,
      'select email from teacher join invite_code on teacher_id = teacher.id',
    );
    const emails = made.map((n) => `teacher-${n}@example.com`);
    assert.deepEqual(rows.map(({ email }) => email).sort(), emails.sort());
    assert.equal((await sql(orm, 'select 1 from teacher')).length, made.length);
  } finally {
    await stopServer(root);
    rmSync(root, { recursive: true, force: true });
  }
});
