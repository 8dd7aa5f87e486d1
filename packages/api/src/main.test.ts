import assert from 'node:assert/strict';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { ended, listening, start } from '../test/process.ts';
import { admin, sql, token, withApp } from '../test/standing.ts';
import { problemIn, upload, wireTo } from '../test/wire.ts';

const headers = admin;

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  test(`serves, and on ${signal} finishes what runs and ends well`, { timeout: 60_000 }, () =>
    withApp(async ({ url, beside }) => {
      const api = start({ DATABASE_URL: url });
      const end = ended(api);
      try {
        const address = await listening(api);
        assert.equal((await fetch(`${address}/health/ready`)).status, 200);
        const answer = await beside.em.fork().transactional(async (em) => {
          await em.execute('lock table invite_code in access exclusive mode');
          const waiting = fetch(`${address}/invite-codes/1`, { headers });
          // The request is at the database before the process is told to stop.
          const blocked = "select 1 from pg_locks where not granted and relation = 'invite_code'::regclass";
          while ((await em.execute<unknown[]>(blocked)).length === 0);
          api.kill(signal);
          api.kill(signal);
          await stopsListening(address);
          return { waiting };
        });
        assert.equal((await answer.waiting).status, 404);
        assert.deepEqual(await end, [0, null]);
      } finally {
        api.kill('SIGKILL');
      }
    }),
  );

test('an upload of which half was sent keeps nothing from ending well', { timeout: 60_000 }, () =>
  withApp(async ({ url }) => {
    // The process ends with 1 when it is still held up after that.
    const api = start({ DATABASE_URL: url, SHUTDOWN_TIMEOUT: '20' });
    const end = ended(api);
    try {
      using wire = await wireTo(await listening(api));
      wire.send(`${upload(token)}{"expires`);
      api.kill('SIGTERM');
      assert.deepEqual(problemIn(await wire.answer), { status: 408, kind: 'too-slow' });
      assert.deepEqual(await end, [0, null]);
    } finally {
      api.kill('SIGKILL');
    }
  }),
);

async function stopsListening(address: string): Promise<void> {
  for (;;) {
    try {
      await fetch(`${address}/health/live`);
    } catch {
      return;
    }
  }
}

test('under load, whoever heeds /health/ready loses nothing when it stops', { timeout: 60_000 }, () =>
  withApp(async ({ url, beside }) => {
    await sql(beside, "insert into teacher (name, email) values ('Ada', 'ada@example.com')");
    const api = start({ DATABASE_URL: url, SHUTDOWN_DELAY: '4' });
    const end = ended(api);
    try {
      const address = await listening(api);
      const ready = async () => (await fetch(`${address}/health/ready`)).status;
      assert.equal(await ready(), 200);
      let serving = true;
      const seen: number[] = [];
      const load = async () => {
        while (serving) seen.push((await fetch(`${address}/teachers/1`, { headers })).status);
      };
      const loads = Array.from({ length: 20 }, load);
      while (seen.length < 200) await new Promise((resolve) => setImmediate(resolve));
      api.kill('SIGTERM');
      while ((await ready()) === 200);
      const told = seen.length;
      // Still served, for those who have not noticed.
      while (seen.length < told + 50) await new Promise((resolve) => setImmediate(resolve));
      serving = false;
      await Promise.all(loads);
      assert.deepEqual(new Set(seen), new Set([200]));
      assert.deepEqual(await end, [0, null]);
    } finally {
      api.kill('SIGKILL');
    }
  }),
);

test('what it cannot start with is told without a stack', { timeout: 60_000 }, () =>
  withApp(async ({ app, url }) => {
    const taken = new URL(await app.listen({ port: 0 })).port;
    for (const [settings, message] of [
      [
        { PORT: 'eighty', ADMIN_TOKEN: '', DATABASE_URL: '' },
        /^The API did not start: The environment does not fit:\n {2}.*\n {2}.*\n {2}.*\n$/,
      ],
      [{ PORT: taken }, /^The API did not start: listen EADDRINUSE[^\n]*\n$/],
    ] as const) {
      const api = start({ DATABASE_URL: url, ...settings });
      api.stdout.resume();
      const [said, [code]] = await Promise.all([text(api.stderr), once(api, 'exit')]);
      assert.match(said, message);
      assert.equal(code, 1);
    }
  }),
);
