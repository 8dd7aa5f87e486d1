import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql, withApp, type Standing } from '../../test/standing.ts';

interface Shown {
  code: string;
  isUsed: boolean;
  expiresAt: string | null;
  usable: boolean;
}

const inAWeek = () => new Date(Date.now() + 7 * 86_400_000).toISOString();

const post = (app: Standing['app'], payload?: object) =>
  app.inject({ method: 'POST', url: '/invite-codes', ...(payload && { payload }) });

test('a created code is unguessable, usable, and found again', () =>
  withApp(async ({ app }) => {
    const created = await post(app);
    const { code, ...rest } = created.json<Shown>();
    assert.equal(created.statusCode, 201);
    assert.equal(created.headers.location, `/invite-codes/${code}`);
    assert.match(code, /^[\w-]{24}$/);
    assert.deepEqual(rest, { isUsed: false, expiresAt: null, usable: true });
    const found = await app.inject(`/invite-codes/${code}`);
    assert.equal(found.statusCode, 200);
    assert.deepEqual(found.json(), created.json());
    assert.notEqual((await post(app, {})).json<Shown>().code, code);
    assert.equal((await post(app, { expiresAt: null })).json<Shown>().expiresAt, null);
  }));

test('an expiry is kept to the millisecond, whatever zone it was given in', () =>
  withApp(async ({ app }) => {
    const expiresAt = inAWeek();
    const { code } = (await post(app, { expiresAt })).json<Shown>();
    const shown = (await app.inject(`/invite-codes/${code}`)).json<Shown>();
    assert.deepEqual(shown, { code, isUsed: false, expiresAt, usable: true });
    const zoned = await post(app, { expiresAt: '2999-01-01T08:00:00+08:00' });
    assert.equal(zoned.json<Shown>().expiresAt, '2999-01-01T00:00:00.000Z');
  }));

test('a code that is used, or whose time is over, is shown as not usable', () =>
  withApp(async ({ app, beside }) => {
    await sql(
      beside,
      `insert into invite_code (code, is_used, expires_at) values
      ('used', true, null), ('over', false, now() - interval '1 second'), ('邀請 碼', false, null)`,
    );
    for (const [code, isUsed, usable] of [
      ['used', true, false],
      ['over', false, false],
      ['邀請 碼', false, true],
    ] as const) {
      const response = await app.inject(`/invite-codes/${encodeURIComponent(code)}`);
      assert.equal(response.statusCode, 200, code);
      const { expiresAt, ...shown } = response.json<Shown>();
      assert.deepEqual(shown, { code, isUsed, usable });
      assert.equal(expiresAt !== null, code === 'over');
    }
  }));

test('what makes no sense is refused, with the field named', () =>
  withApp(async ({ app, beside }) => {
    for (const [payload, detail] of [
      [{ expiresAt: 'tomorrow' }, /body\/expiresAt must match format "date-time"/],
      [{ expiresAt: '2999-02-30T00:00:00Z' }, /body\/expiresAt/],
      [{ expiresAt: '2999-06-30T23:59:60Z' }, /body\/expiresAt/],
      [{ expiresAt: '2001-01-01T00:00:00Z' }, /body\/expiresAt must lie in the future/],
      [{ expiresAt: 4_000_000_000 }, /body\/expiresAt must be string/],
      [{ code: 'mine' }, /body must NOT have additional properties/],
      [[], /body must be object/],
    ] as const) {
      const response = await post(app, payload);
      assert.equal(response.statusCode, 400, JSON.stringify(payload));
      assert.match(response.json<{ detail: string }>().detail, detail);
    }
    const rows = await sql(beside, 'select count(*)::int as count from invite_code');
    assert.deepEqual(rows, [{ count: 0 }]);
  }));

test('no such code', () =>
  withApp(async ({ app }) => {
    for (const [code, status] of [
      ['nothing', 404],
      ["' or 1=1 --", 404],
      ['%', 404],
      ['a\u0000b', 400],
      ['', 400],
      ['x'.repeat(101), 414],
    ] as const) {
      const response = await app.inject(`/invite-codes/${encodeURIComponent(code)}`);
      assert.equal(response.statusCode, status, code);
      assert.match(response.headers['content-type'] as string, /^application\/problem\+json/);
    }
  }));
