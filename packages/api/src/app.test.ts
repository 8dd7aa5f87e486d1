import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ormAt, sql, withApp } from '../test/standing.ts';
import { buildApp } from './app.ts';

const secrets = /select|insert|invite_code|postgres|node_modules|\.ts\b|stack|s3cret/i;

test('errors of the request are told in one shape', () =>
  withApp(async ({ app }) => {
    const json = { 'content-type': 'application/json' };
    for (const [request, status] of [
      [{ method: 'GET', url: '/nowhere?token=s3cret' }, 404],
      [{ method: 'DELETE', url: '/invite-codes/x' }, 404],
      [{ method: 'GET', url: '/invite-codes/%zz' }, 400],
      [{ method: 'POST', url: '/invite-codes', headers: json, payload: '{"a":' }, 400],
      [{ method: 'POST', url: '/invite-codes', headers: json, payload: '' }, 400],
      [{ method: 'POST', url: '/invite-codes', headers: { 'content-type': 'text/csv' }, payload: 'a' }, 415],
      [{ method: 'POST', url: '/invite-codes', headers: json, payload: `"${'x'.repeat(2 ** 20)}"` }, 413],
    ] as const) {
      const response = await app.inject(request);
      assert.equal(response.statusCode, status, `${request.method} ${request.url}`);
      assert.match(response.headers['content-type'] as string, /^application\/problem\+json/);
      const problem = response.json<{ title: string; status: number; detail: string }>();
      assert.deepEqual(Object.keys(problem), ['title', 'status', 'detail']);
      assert.equal(problem.status, status);
      assert.doesNotMatch(response.body, secrets);
    }
  }));

test('failures of the database are told without SQL, address or stack', () =>
  withApp(async ({ app, beside }) => {
    await sql(beside, `create function fail() returns trigger language plpgsql as $$ begin raise 's3cret'; end $$`);
    await sql(beside, 'create trigger fail before insert on invite_code for each row execute function fail()');
    const failed = await app.inject({ method: 'POST', url: '/invite-codes' });
    assert.equal(failed.statusCode, 500);
    assert.doesNotMatch(failed.body, secrets);
    await sql(beside, 'drop function fail cascade');

    // A column, then the table is not there: the database is behind.
    for (const to of ['note_when_a_teacher', 0]) {
      await beside.migrator.down({ to });
      const behind = await app.inject({ method: 'POST', url: '/invite-codes' });
      assert.equal(behind.statusCode, 503);
      assert.doesNotMatch(behind.body, secrets);
    }
  }));

test('starts without a database, and says so', async () => {
  await using orm = await ormAt('postgresql://somebody:s3cret@127.0.0.1:1/nowhere');
  await using app = buildApp({ orm });
  assert.equal((await app.inject('/health/live')).statusCode, 200);
  const unreachable = { ready: false, reason: 'unreachable', revisions: [] };
  assert.deepEqual((await app.inject('/health/ready')).json(), unreachable);
  const refused = await app.inject('/invite-codes/some');
  assert.equal(refused.statusCode, 503);
  assert.doesNotMatch(refused.body, secrets);
});

test('what one request loaded, another does not see', () =>
  withApp(async ({ app, beside }) => {
    await sql(beside, "insert into invite_code (code) values ('once')");
    const usable = async () => (await app.inject('/invite-codes/once')).json<{ usable: boolean }>().usable;
    assert.equal(await usable(), true);
    await sql(beside, 'update invite_code set is_used = true');
    assert.equal(await usable(), false);
  }));
