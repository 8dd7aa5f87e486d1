import assert from 'node:assert/strict';
import { test } from 'node:test';
import { admin, locking, settingsFor, sql, withApp } from '../test/standing.ts';
import { buildApp } from './app.ts';

const secrets = /select |insert |invite_code|postgres|node_modules|\.ts\b|stack|s3cret/i;

test('errors of the request are told in one shape', () =>
  withApp(async ({ app }) => {
    const json = { ...admin, 'content-type': 'application/json' };
    for (const [request, status, kind] of [
      [{ method: 'GET', url: '/nowhere?token=s3cret' }, 404, 'not-found'],
      [{ method: 'PUT', url: '/teachers/1' }, 405, 'method-not-allowed'],
      [{ method: 'QUERY' as 'GET', url: '/teachers?q=s3cret' }, 405, 'method-not-allowed'],
      [{ method: 'POST', url: '/teachers/', headers: json, payload: '{' }, 404, 'not-found'],
      [{ method: 'GET', url: '/teachers/%zz' }, 400, 'malformed'],
      [{ method: 'POST', url: '/invite-codes', headers: json, payload: '{"a":' }, 400, 'malformed'],
      [{ method: 'POST', url: '/invite-codes', headers: json, payload: '' }, 400, 'malformed'],
      [{ method: 'POST', url: '/invite-codes', headers: json, payload: '{"__proto__": {}}' }, 400, 'malformed'],
      [
        { method: 'POST', url: '/invite-codes', headers: { ...admin, 'content-type': 'text/csv' }, payload: 'a' },
        415,
        'unsupported-media-type',
      ],
      [{ method: 'POST', url: '/invite-codes', headers: json, payload: `"${'x'.repeat(2 ** 20)}"` }, 413, 'too-large'],
    ] as const) {
      const response = await app.inject(request);
      assert.equal(response.statusCode, status, `${request.method} ${request.url}`);
      assert.match(response.headers['content-type'] as string, /^application\/problem\+json/);
      const problem = response.json<{ type: string; status: number; requestId: string }>();
      assert.deepEqual(Object.keys(problem), ['type', 'title', 'status', 'detail', 'requestId']);
      assert.equal(problem.type, `tag:tutoria.example,2026:${kind}`);
      assert.equal(problem.status, status);
      assert.equal(problem.requestId, response.headers['x-request-id']);
      assert.doesNotMatch(response.body, secrets);
    }
  }));

test('failures of the database are told without SQL, address or stack', () =>
  withApp(async ({ ask, beside }) => {
    await sql(beside, `create function fail() returns trigger language plpgsql as $$ begin raise 's3cret'; end $$`);
    await sql(beside, 'create trigger fail before insert on invite_code for each row execute function fail()');
    const failed = await ask('POST', '/invite-codes');
    assert.equal(failed.statusCode, 500);
    assert.doesNotMatch(failed.body, secrets);
    await sql(beside, 'drop function fail cascade');

    // Once open, the gate is not asked: a column, then the table is not there.
    for (const to of ['note_when_a_teacher', 0]) {
      await beside.migrator.down({ to });
      const behind = await ask('POST', '/invite-codes');
      assert.equal(behind.statusCode, 503);
      assert.equal(behind.headers['retry-after'], '1');
      assert.doesNotMatch(behind.body, secrets);
    }
  }));

test('a statement or a connection that does not come in time is told as busy', () =>
  withApp(
    async ({ ask, beside }) => {
      await ask('GET', '/teachers');
      await locking(beside, 'teacher', async () => {
        const both = await Promise.all([ask('GET', '/teachers'), ask('GET', '/teachers')]);
        for (const response of both) {
          assert.equal(response.statusCode, 503);
          assert.equal(response.json<{ type: string }>().type, 'tag:tutoria.example,2026:busy');
        }
      });
      assert.equal((await ask('GET', '/teachers')).statusCode, 200);
    },
    { DATABASE_POOL_MAX: '1', DATABASE_STATEMENT_TIMEOUT: '0.4', DATABASE_CONNECT_TIMEOUT: '0.2' },
  ));

test('starts without a database, and says so', async () => {
  await using app = await buildApp(settingsFor('postgresql://somebody:s3cret@127.0.0.1:1/nowhere'));
  assert.equal((await app.inject('/health/live')).statusCode, 200);
  const unreachable = { ready: false, reason: 'unreachable', revisions: [] };
  assert.deepEqual((await app.inject('/health/ready')).json(), unreachable);
  const refused = await app.inject({ url: '/teachers/1', headers: admin });
  assert.equal(refused.statusCode, 503);
  assert.doesNotMatch(refused.body, secrets);
});

test('an address that asks for TLS is not spoken to without', () =>
  withApp(async ({ url }) => {
    for (const [query, reason] of [
      ['sslmode=disable', undefined],
      ['sslmode=require', 'unreachable'],
      ['sslmode=no-verify', 'unreachable'],
    ] as const) {
      await using app = await buildApp(settingsFor(`${url}?${query}`));
      assert.equal((await app.inject('/health/ready')).json<{ reason?: string }>().reason, reason, query);
      const read = await app.inject({ url: '/teachers', headers: admin });
      assert.equal(read.statusCode, reason ? 503 : 200);
    }
  }));

test('what one request loaded, another does not see', () =>
  withApp(async ({ ask, beside }) => {
    await sql(beside, "insert into invite_code (code) values ('once')");
    const status = async () => (await ask('GET', '/invite-codes/1')).json<{ status: string }>().status;
    assert.equal(await status(), 'usable');
    await sql(beside, 'update invite_code set is_used = true');
    assert.equal(await status(), 'used');
  }));
