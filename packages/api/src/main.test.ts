import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { withApp } from '../test/standing.ts';

const start = (env: NodeJS.ProcessEnv) =>
  spawn(process.execPath, [new URL('./main.ts', import.meta.url).pathname], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** Reads the log of the process until it says where it listens. */
async function listening(log: Readable): Promise<string> {
  let said = '';
  for await (const piece of log.iterator({ destroyOnReturn: false })) {
    const found = /listening at (http:\/\/[\d.:]+)/.exec((said += String(piece)))?.[1];
    if (found) return found;
  }
  throw new Error(`It never listened: ${said}`);
}

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  test(`serves, and on ${signal} finishes what runs and ends well`, { timeout: 60_000 }, () =>
    withApp(async ({ url, beside }) => {
      const api = start({ DATABASE_URL: url, HOST: '127.0.0.1', PORT: '0' });
      const ended = once(api, 'exit');
      try {
        const address = await listening(api.stdout);
        assert.equal((await fetch(`${address}/health/ready`)).status, 200);
        const answer = await beside.em.fork().transactional(async (em) => {
          await em.execute('lock table invite_code in access exclusive mode');
          const waiting = fetch(`${address}/invite-codes/none`);
          // The request is at the database before the process is told to stop.
          const blocked = "select 1 from pg_locks where not granted and relation = 'invite_code'::regclass";
          while ((await em.execute<unknown[]>(blocked)).length === 0);
          api.kill(signal);
          api.kill(signal);
          await stopsListening(address);
          return { waiting };
        });
        assert.equal((await answer.waiting).status, 404);
        assert.deepEqual(await ended, [0, null]);
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

test('what it cannot start with is told in one line', { timeout: 60_000 }, async () => {
  await withApp(async ({ app, url }) => {
    const taken = new URL(await app.listen({ port: 0 })).port;
    for (const [env, message] of [
      [{ PORT: 'eighty' }, /^The API did not start: PORT must be a number up to 65535, not "eighty"\n$/],
      [{ PORT: taken }, /^The API did not start: listen EADDRINUSE[^\n]*\n$/],
    ] as const) {
      const api = start({ DATABASE_URL: url, HOST: '127.0.0.1', ...env });
      const [said, [code]] = await Promise.all([text(api.stderr), once(api, 'exit')]);
      assert.match(said, message);
      assert.equal(code, 1);
    }
  });
});
