import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { sql, withApp, type Standing } from '../../test/standing.ts';

interface Shown {
  id: number;
  code: string;
  status: string;
  expiresAt: string | null;
  createdAt: string | null;
  usedAt: string | null;
  teacherId: number | null;
}

const inAWeek = () => new Date(Date.now() + 7 * 86_400_000).toISOString();

test('a created code is unguessable, usable, and found again', () =>
  withApp(async ({ app, ask }) => {
    const created = await ask('POST', '/invite-codes');
    const { id, code, createdAt, ...rest } = created.json<Shown>();
    assert.equal(created.statusCode, 201);
    assert.equal(created.headers.location, `/invite-codes/${id}`);
    assert.match(code, /^[\w-]{24}$/);
    assert.deepEqual(rest, { status: 'usable', expiresAt: null, usedAt: null, teacherId: null });
    assert.ok(Date.now() - Date.parse(createdAt ?? '') < 60_000, `created at ${createdAt}`);
    const found = await ask('GET', `/invite-codes/${id}`);
    assert.equal(found.statusCode, 200);
    assert.deepEqual(found.json(), created.json());
    assert.notEqual((await ask('POST', '/invite-codes', {})).json<Shown>().code, code);
    assert.equal((await ask('POST', '/invite-codes', { expiresAt: null })).json<Shown>().expiresAt, null);
    assert.equal(app.server.listening, false);
  }));

test('an expiry is kept to the millisecond, whatever zone it was given in', () =>
  withApp(async ({ ask }) => {
    const expiresAt = inAWeek();
    const { id } = (await ask('POST', '/invite-codes', { expiresAt })).json<Shown>();
    assert.equal((await ask('GET', `/invite-codes/${id}`)).json<Shown>().expiresAt, expiresAt);
    const zoned = await ask('POST', '/invite-codes', { expiresAt: '2999-01-01T08:00:00+08:00' });
    assert.equal(zoned.json<Shown>().expiresAt, '2999-01-01T00:00:00.000Z');
    const last = await ask('POST', '/invite-codes', { expiresAt: '9999-12-31T23:59:59.999Z' });
    assert.equal(last.json<Shown>().expiresAt, '9999-12-31T23:59:59.999Z');
  }));

for (const zone of ['Asia/Kolkata', 'America/St_Johns', 'Asia/Taipei'])
  test(`and whatever zone the sessions of the database are in: ${zone}`, () =>
    withApp(async ({ ask, name, server }) => {
      await sql(server, `alter database ${name} set timezone = '${zone}'`);
      const expiresAt = inAWeek();
      const { id } = (await ask('POST', '/invite-codes', { expiresAt })).json<Shown>();
      assert.equal((await ask('GET', `/invite-codes/${id}`)).json<Shown>().expiresAt, expiresAt);
      assert.equal((await ask('GET', '/invite-codes?status=usable')).json<{ items: [] }>().items.length, 1);
    }));

/** Three codes, and who has used the second. */
const three = (beside: Standing['beside']) =>
  sql(
    beside,
    `with ada as (insert into teacher (name, email) values ('Ada', 'ada@example.com') returning id)
     insert into invite_code (code, is_used, expires_at, teacher_id) values
       ('fresh', false, now() + interval '1 day', null),
       ('spent', true, now() - interval '1 day', (select id from ada)),
       ('stale', false, now() - interval '1 day', null)`,
  );

test('a code is usable, used or expired, and can be listed by that, newest first', () =>
  withApp(async ({ ask, beside }) => {
    await three(beside);
    const list = async (query: string) =>
      (await ask('GET', `/invite-codes${query}`))
        .json<{ items: Shown[] }>()
        .items.map(({ code, status, teacherId }) => {
          return [code, status, teacherId];
        });
    const [fresh, spent, stale] = [
      ['fresh', 'usable', null],
      ['spent', 'used', 1],
      ['stale', 'expired', null],
    ];
    assert.deepEqual(await list(''), [stale, spent, fresh]);
    assert.deepEqual(await list('?status=usable'), [fresh]);
    assert.deepEqual(await list('?status=used'), [spent]);
    assert.deepEqual(await list('?status=expired'), [stale]);
  }));

test('what makes no sense is refused, with the field named, and nothing is made', () =>
  withApp(async ({ ask, beside }) => {
    for (const [payload, pointer, detail] of [
      [{ expiresAt: 'tomorrow' }, '/expiresAt', /date-time/],
      [{ expiresAt: '2999-02-30T00:00:00Z' }, '/expiresAt', /date-time/],
      [{ expiresAt: '2999-06-30T23:59:60Z' }, '/expiresAt', /not a time/],
      [{ expiresAt: '2001-01-01T00:00:00Z' }, '/expiresAt', /in the future/],
      [{ expiresAt: '0000-01-01T00:00:00Z' }, '/expiresAt', /in the future/],
      [{ expiresAt: '0000-01-01T00:00:00+23:59' }, '/expiresAt', /in the future/],
      [{ expiresAt: '9999-12-31T23:59:59-00:01' }, '/expiresAt', /before the year 10000/],
      [{ expiresAt: 4_000_000_000 }, '/expiresAt', /must be string/],
      [{ code: 'mine' }, '/code', /not known here/],
      [[], '', /must be object/],
    ] as const) {
      const response = await ask('POST', '/invite-codes', payload);
      assert.equal(response.statusCode, 400, JSON.stringify(payload));
      const { type, errors } = response.json<{
        type: string;
        errors: { in: string; pointer: string; detail: string }[];
      }>();
      assert.equal(type, 'tag:tutoria.example,2026:invalid');
      assert.deepEqual([errors[0]?.in, errors[0]?.pointer], ['body', pointer]);
      assert.match(errors[0]?.detail ?? '', detail);
    }
    for (const [query, pointer] of [
      ['limit=0', '/limit'],
      ['limit=101', '/limit'],
      ['limit=', '/limit'],
      ['limit=1&limit=2', '/limit'],
      ['after=3.5', '/after'],
      ['after=99999999999', '/after'],
      ['status=lost', '/status'],
      ['page=2', '/page'],
    ] as const) {
      const response = await ask('GET', `/invite-codes?${query}`);
      assert.equal(response.statusCode, 400, query);
      assert.equal(response.json<{ errors: { pointer: string }[] }>().errors[0]?.pointer, pointer);
    }
    assert.deepEqual(await sql(beside, 'select count(*)::int as count from invite_code'), [{ count: 0 }]);
  }));

test('a code that nobody has used is revoked; a used one is not; another one is not there', () =>
  withApp(async ({ ask, beside }) => {
    await three(beside);
    const revoke = async (id: number) => {
      const response = await ask('DELETE', `/invite-codes/${id}`);
      return [response.statusCode, response.body && response.json<{ type: string }>().type.split(':').at(-1)];
    };
    assert.deepEqual(await revoke(1), [204, '']);
    assert.deepEqual(await revoke(1), [404, 'not-found']);
    assert.deepEqual(await revoke(2), [409, 'code-used']);
    assert.deepEqual(await revoke(3), [204, '']);
    assert.equal((await ask('GET', '/invite-codes/1')).statusCode, 404);
    assert.deepEqual(await sql(beside, 'select code from invite_code'), [{ code: 'spent' }]);
  }));

test('what is no number is no code', () =>
  withApp(async ({ ask }) => {
    for (const [id, status] of [
      ['0', 400],
      ['-1', 400],
      ['2147483648', 400],
      ['one', 400],
      ["1' or 1=1 --", 400],
      ['7', 404],
      ['1'.repeat(101), 400],
    ] as const)
      for (const method of ['GET', 'DELETE'] as const) {
        const response = await ask(method, `/invite-codes/${encodeURIComponent(id)}`);
        assert.equal(response.statusCode, status, id);
        assert.match(response.headers['content-type'] as string, /^application\/problem\+json/);
      }
  }));

for (const hours of [-1, 1])
  test(`what has expired the database's clock decides, also for an instance whose own is ${hours} h off`, () =>
    withApp(async ({ app, ask, beside }) => {
      await sql(
        beside,
        `insert into invite_code (code, expires_at) values
           ('stale', now() - interval '1 minute'), ('fresh', now() + interval '30 minutes')`,
      );
      const now = Date.now();
      mock.timers.enable({ apis: ['Date'], now: now + hours * 3_600_000 });
      try {
        const list = async (status: string) =>
          (await ask('GET', `/invite-codes?status=${status}`)).json<{ items: Shown[] }>().items.map(({ code }) => code);
        assert.deepEqual([await list('expired'), await list('usable')], [['stale'], ['fresh']]);
        const shown = async (id: number) => (await ask('GET', `/invite-codes/${id}`)).json<Shown>().status;
        assert.deepEqual([await shown(1), await shown(2)], ['expired', 'usable']);
        const create = async (minutes: number) =>
          (await ask('POST', '/invite-codes', { expiresAt: new Date(now + minutes * 60_000).toISOString() }))
            .statusCode;
        assert.deepEqual([await create(-1), await create(30)], [400, 201]);
        const redeem = async (inviteCode: string) => {
          const payload = { inviteCode, name: 'Ada', email: 'ada@example.com' };
          return (await app.inject({ method: 'POST', url: '/teachers', payload })).statusCode;
        };
        assert.deepEqual([await redeem('stale'), await redeem('fresh')], [409, 201]);
        await ask('PATCH', '/teachers/1', { name: 'Grace' });
        const [{ drift }] = (await sql<{ drift: number }>(
          beside,
          'select abs(extract(epoch from updated_at - clock_timestamp()))::float as drift from teacher',
        )) as [{ drift: number }];
        assert.ok(drift < 1800, `${drift} s`);
      } finally {
        mock.timers.reset();
      }
    }));
