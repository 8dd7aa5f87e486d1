import assert from 'node:assert/strict';
import { test } from 'node:test';
import { history as names } from '@tutoria/migrations';
import { buildApp } from '../app.ts';
import { admin, locking, sql, withApp, type Standing } from '../../test/standing.ts';

const head = names.at(-1)!;

const ready = async (app: Standing['app']) => {
  const response = await app.inject('/health/ready');
  assert.equal(response.headers['cache-control'], 'no-store');
  return { status: response.statusCode, ...response.json<object>() };
};

test('closed until the database is at head: behind is told with the names, liveness stays, and it opens by itself', () =>
  withApp(async ({ app, ask, beside }) => {
    await beside.migrator.down();
    const closed = await ask('GET', '/teachers');
    assert.equal(closed.statusCode, 503);
    assert.equal(closed.json<{ type: string }>().type, 'tag:tutoria.example,2026:not-ready');
    assert.match(closed.json<{ detail: string }>().detail, new RegExp(head));
    assert.equal((await app.inject('/health/live')).statusCode, 200);
    // Who has no token learns nothing.
    assert.equal((await app.inject('/teachers')).statusCode, 401);
    await beside.migrator.up();
    assert.equal((await ask('GET', '/teachers')).statusCode, 200);
  }));

test('once open, a later build may add revisions; a build that begins then is refused', () =>
  withApp(async ({ app, ask, beside, settings }) => {
    const newer = 'Migration29991231235959_from_a_newer_build';
    assert.equal((await ready(app)).status, 200);
    await sql(beside, 'insert into mikro_orm_migrations (name) values (?)', [newer]);
    assert.deepEqual(await ready(app), { status: 200, ready: true, revision: head, newer: [newer] });
    assert.equal((await ask('GET', '/teachers')).statusCode, 200);
    await using begun = await buildApp(settings);
    assert.deepEqual(await ready(begun), { status: 503, ready: false, reason: 'ahead', revisions: [newer] });
    assert.equal((await begun.inject({ url: '/teachers', headers: admin })).statusCode, 503);
    // What is gone closes it, also where there is something newer.
    await sql(beside, 'delete from mikro_orm_migrations where name = ?', [head]);
    assert.equal((await ready(app)).status, 503);
    assert.equal((await ask('GET', '/teachers')).statusCode, 503);
  }));

test('ready at head, behind after a down, ready again after an up', () =>
  withApp(async ({ app, beside }) => {
    assert.deepEqual(await ready(app), { status: 200, ready: true, revision: head, newer: [] });
    await beside.migrator.down();
    assert.deepEqual(await ready(app), { status: 503, ready: false, reason: 'behind', revisions: [head] });
    assert.equal((await app.inject('/health/live')).statusCode, 200);
    await beside.migrator.up();
    assert.deepEqual(await ready(app), { status: 200, ready: true, revision: head, newer: [] });
  }));

test('a database without a ledger, or with an empty one, is behind by everything, and asking creates nothing', () =>
  withApp(async ({ app, beside }) => {
    const everything = { status: 503, ready: false, reason: 'behind', revisions: names };
    await beside.migrator.down({ to: 0 });
    assert.deepEqual(await ready(app), everything);
    await sql(beside, 'drop table mikro_orm_migrations');
    assert.deepEqual(await ready(app), everything);
    const rows = await sql(beside, "select to_regclass('mikro_orm_migrations') as ledger");
    assert.deepEqual(rows, [{ ledger: null }]);
  }));

test('a database that knows more than this build is ahead, also when something is pending as well', () =>
  withApp(async ({ app, beside }) => {
    const newer = 'Migration29991231235959_from_a_newer_build';
    await sql(beside, 'insert into mikro_orm_migrations (name) values (?)', [newer]);
    const ahead = { status: 503, ready: false, reason: 'ahead', revisions: [newer] };
    assert.deepEqual(await ready(app), ahead);
    await sql(beside, 'delete from mikro_orm_migrations where name = ?', [head]);
    assert.deepEqual(await ready(app), ahead);
  }));

test('rows of older MikroORM versions, with the ending of the file, count', () =>
  withApp(async ({ app, beside }) => {
    await sql(beside, "update mikro_orm_migrations set name = name || '.ts'");
    assert.deepEqual(await ready(app), { status: 200, ready: true, revision: head, newer: [] });
  }));

test('without a database: not ready but alive; ready by itself once it is back', () =>
  withApp(async ({ app, name, server }) => {
    const unreachable = { status: 503, ready: false, reason: 'unreachable', revisions: [] };
    // The service holds an idle connection, which the server drops.
    assert.equal((await ready(app)).status, 200);
    await sql(server, `alter database ${name} allow_connections false`);
    await sql(server, 'select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = ?', [name]);
    assert.deepEqual(await ready(app), unreachable);
    const live = await app.inject('/health/live');
    assert.equal(live.statusCode, 200);
    assert.deepEqual(live.json(), { live: true });
    await sql(server, `alter database ${name} allow_connections true`);
    assert.deepEqual(await ready(app), { status: 200, ready: true, revision: head, newer: [] });
  }));

test('a ledger that a working server does not read in time is busy, not unreachable', () =>
  withApp(async ({ app, beside }) => {
    await locking(beside, 'mikro_orm_migrations', async () => {
      assert.deepEqual(await ready(app), { status: 503, ready: false, reason: 'busy', revisions: [] });
    });
    assert.deepEqual(await ready(app), { status: 200, ready: true, revision: head, newer: [] });
  }));

test('with every connection of the pool in use, an instance stays ready: the database answers', () =>
  withApp(
    async ({ app, ask, beside }) => {
      assert.equal((await ready(app)).status, 200);
      await locking(beside, 'teacher', async () => {
        const waiting = [ask('GET', '/teachers'), ask('GET', '/teachers')];
        while ((await app.database.connections()).waiting === 0);
        assert.deepEqual(await ready(app), { status: 200, ready: true, revision: head, newer: [] });
        await Promise.all(waiting);
      });
    },
    { DATABASE_POOL_MAX: '1', DATABASE_STATEMENT_TIMEOUT: '3' },
  ));
