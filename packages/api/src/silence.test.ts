import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutting } from '../test/cutting.ts';
import { admin, settingsFor, sql, withApp } from '../test/standing.ts';
import { buildApp } from './app.ts';

/** Nothing here takes that long, unless a request is never answered. */
const timeout = 60_000;

const limits = { DATABASE_STATEMENT_TIMEOUT: '0.5', DATABASE_CONNECT_TIMEOUT: '2' };

test('connections that go silent are given up, all at once, and requests go on over new ones', { timeout }, () =>
  withApp(async ({ url, beside }) => {
    await sql(beside, "insert into teacher (name, email) values ('Ada', 'ada@example.com')");
    await using way = await cutting(url);
    await using app = await buildApp(settingsFor(way.url, { ...limits, DATABASE_PATIENCE: '10' }));
    const read = () => app.inject({ url: '/teachers/1', headers: admin });
    const change = () =>
      app.inject({ method: 'PATCH', url: '/teachers/1', headers: admin, payload: { name: 'Grace' } });
    const ready = async () => (await app.inject('/health/ready')).statusCode;
    assert.equal(await ready(), 200);
    await Promise.all(Array.from({ length: 20 }, read));
    assert.equal((await app.database.connections()).total, 10);
    way.silence();
    // One request finds it out for all ten.
    assert.equal((await read()).statusCode, 200);
    assert.ok((await app.database.connections()).total < 10);
    assert.equal((await change()).statusCode, 200);
    way.silence();
    assert.equal((await change()).statusCode, 200);
    while ((await ready()) !== 200);
    assert.equal((await app.database.connections()).waiting, 0);
  }),
);

test('a COMMIT that is never answered is found out by another connection, and takes effect once', { timeout }, () =>
  withApp(async ({ url, beside }) => {
    await sql(beside, "insert into invite_code (code) values ('one')");
    await using way = await cutting(url);
    await using app = await buildApp(settingsFor(way.url, { ...limits, DATABASE_PATIENCE: '10' }));
    assert.equal((await app.inject('/health/ready')).statusCode, 200);
    way.cut('silently after');
    const payload = { inviteCode: 'one', name: 'Ada', email: 'ada@example.com' };
    const made = await app.inject({ method: 'POST', url: '/teachers', payload });
    assert.equal(way.times(), 1);
    assert.equal(made.statusCode, 201, made.body);
    assert.equal((await sql(beside, 'select 1 from teacher')).length, 1);
  }),
);
