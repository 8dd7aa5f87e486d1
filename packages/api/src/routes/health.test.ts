import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { Client } from 'pg';
import { withApp, type Standing } from '../../test/standing.ts';

const names = readdirSync(new URL('../../../migrations/revisions', import.meta.url))
  .map((file) => file.replace(/\.ts$/, ''))
  .sort();
const head = names.at(-1)!;

const ready = async (app: Standing['app']) => {
  const response = await app.inject('/health/ready');
  assert.equal(response.headers['cache-control'], 'no-store');
  return { status: response.statusCode, ...response.json<object>() };
};

test('ready at head, behind after a down, ready again after an up', () =>
  withApp(async ({ app, migrate }) => {
    assert.deepEqual(await ready(app), { status: 200, ready: true, revision: head });
    await migrate('down');
    assert.deepEqual(await ready(app), { status: 503, ready: false, reason: 'behind', revisions: [head] });
    assert.equal((await app.inject('/health/live')).statusCode, 200);
    await migrate('up');
    assert.deepEqual(await ready(app), { status: 200, ready: true, revision: head });
  }));

test('a database without a ledger, or with an empty one, is behind by everything, and asking creates nothing', () =>
  withApp(async ({ app, client, migrate }) => {
    const everything = { status: 503, ready: false, reason: 'behind', revisions: names };
    await migrate('down', 'base');
    assert.deepEqual(await ready(app), everything);
    await client.query('drop table mikro_orm_migrations');
    assert.deepEqual(await ready(app), everything);
    const { rows } = await client.query("select to_regclass('mikro_orm_migrations') as ledger");
    assert.deepEqual(rows, [{ ledger: null }]);
  }));

test('a database that knows more than this build is ahead, also when something is pending as well', () =>
  withApp(async ({ app, client }) => {
    const newer = 'Migration29991231235959_from_a_newer_build';
    await client.query('insert into mikro_orm_migrations (name) values ($1)', [newer]);
    const ahead = { status: 503, ready: false, reason: 'ahead', revisions: [newer] };
    assert.deepEqual(await ready(app), ahead);
    await client.query('delete from mikro_orm_migrations where name = $1', [head]);
    assert.deepEqual(await ready(app), ahead);
  }));

test('rows of older MikroORM versions, with the ending of the file, count', () =>
  withApp(async ({ app, client }) => {
    await client.query("update mikro_orm_migrations set name = name || '.ts'");
    assert.deepEqual(await ready(app), { status: 200, ready: true, revision: head });
  }));

test('without a database: not ready but alive; ready by itself once it is back', () =>
  withApp(async ({ app, url }) => {
    const name = new URL(url).pathname.slice(1);
    const unreachable = { status: 503, ready: false, reason: 'unreachable', revisions: [] };
    await using server = await outside(url);
    // The service holds an idle connection, which the server drops.
    assert.equal((await ready(app)).status, 200);
    await server.query(`alter database ${name} allow_connections false`);
    await server.query('select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1', [name]);
    assert.deepEqual(await ready(app), unreachable);
    const live = await app.inject('/health/live');
    assert.equal(live.statusCode, 200);
    assert.deepEqual(live.json(), { live: true });
    await server.query(`alter database ${name} allow_connections true`);
    assert.deepEqual(await ready(app), { status: 200, ready: true, revision: head });
  }));

/** A connection to the same server, but to another database. */
async function outside(url: string) {
  const elsewhere = new URL(url);
  elsewhere.pathname = '/postgres';
  const client = new Client({ connectionString: elsewhere.href });
  await client.connect();
  return { query: client.query.bind(client), [Symbol.asyncDispose]: () => client.end() };
}

test('a ledger that does not answer in time counts as unreachable', () =>
  withApp(async ({ app, client }) => {
    await client.query('begin');
    await client.query('lock table mikro_orm_migrations in access exclusive mode');
    assert.deepEqual(await ready(app), { status: 503, ready: false, reason: 'unreachable', revisions: [] });
    await client.query('rollback');
    assert.deepEqual(await ready(app), { status: 200, ready: true, revision: head });
  }));
