import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { admin, sql, withApp, type Standing } from '../test/standing.ts';

const registration = (n: number, inviteCode = 'one') => ({
  inviteCode,
  name: `Teacher ${n}`,
  email: `teacher-${n}@example.com`,
});

/** Registers without the token: whoever holds a code needs none. */
const register = (app: Standing['app'], payload: object) => app.inject({ method: 'POST', url: '/teachers', payload });

const kind = (response: { json: () => { type: string } }) => response.json().type.split(':').at(-1);

const addCode = (beside: Standing['beside'], code = 'one', expires = 'null') =>
  sql(beside, `insert into invite_code (code, expires_at) values (?, ${expires})`, [code]);

test('a code makes one teacher, and belongs to that teacher from then on', () =>
  withApp(async ({ app, ask, beside }) => {
    await addCode(beside);
    const made = await register(app, { ...registration(1), email: 'Teacher-1@EXAMPLE.com' });
    assert.equal(made.statusCode, 201);
    const { id, name, email } = made.json<{ id: number; name: string; email: string }>();
    assert.deepEqual([name, email, made.headers.location], ['Teacher 1', 'teacher-1@example.com', `/teachers/${id}`]);
    assert.deepEqual((await ask('GET', `/teachers/${id}`)).json(), made.json());
    const code = (await ask('GET', '/invite-codes/1')).json<{ status: string; teacherId: number }>();
    assert.deepEqual([code.status, code.teacherId], ['used', id]);
    const again = await register(app, registration(2));
    assert.deepEqual([again.statusCode, kind(again)], [409, 'code-used']);
  }));

test('a code that is unknown or expired, and an address that is taken, are told apart and use up nothing', () =>
  withApp(async ({ app, beside }) => {
    await addCode(beside);
    await addCode(beside, 'old', "now() - interval '1 second'");
    await sql(beside, `insert into teacher (name, email) values ('Ada', 'ada@example.com')`);
    for (const [payload, status, problem] of [
      [registration(1, 'none'), 422, 'code-unknown'],
      [registration(1, 'ONE'), 422, 'code-unknown'],
      [registration(1, 'old'), 409, 'code-expired'],
      [{ ...registration(1), email: 'ADA@example.com' }, 409, 'email-taken'],
      [{ ...registration(1), name: '' }, 400, 'invalid'],
    ] as const) {
      const refused = await register(app, payload);
      assert.deepEqual([refused.statusCode, kind(refused)], [status, problem]);
    }
    assert.equal((await register(app, registration(1))).statusCode, 201);
  }));

test('of a hundred who race for one code over HTTP, one registers, and the others are told that it is used', () =>
  withApp(async ({ app, beside }) => {
    await addCode(beside);
    const url = `${await app.listen({ port: 0 })}/teachers`;
    const headers = { 'content-type': 'application/json' };
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, n) => {
        const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(registration(n)) });
        return `${answer.status} ${((await answer.json()) as { type?: string }).type ?? ''}`;
      }),
    );
    const refusal = '409 tag:tutoria.example,2026:code-used';
    assert.deepEqual(answers.sort(), ['201 ', ...Array<string>(99).fill(refusal)]);
    assert.equal((await sql(beside, 'select * from teacher')).length, 1);
    assert.deepEqual(await sql(beside, 'select is_used from invite_code where teacher_id is not null'), [
      { is_used: true },
    ]);
  }));

test('when a code was created and used is noted by the clock of the database; of one from before, nothing is made up', () =>
  withApp(async ({ app, ask, beside }) => {
    await sql(beside, `insert into invite_code (code, created_at) values ('old', null)`);
    mock.timers.enable({ apis: ['Date'], now: new Date('2001-01-01') });
    let created, registered;
    try {
      created = (await ask('POST', '/invite-codes')).json<{ id: number; code: string; createdAt: string }>();
      registered = await register(app, registration(1, created.code));
    } finally {
      mock.timers.reset();
    }
    assert.equal(registered.statusCode, 201);
    const show = async (id: number) =>
      (await ask('GET', `/invite-codes/${id}`)).json<{ createdAt: string | null; usedAt: string | null }>();
    const { createdAt, usedAt } = await show(created.id);
    assert.equal(createdAt, created.createdAt);
    assert.ok(new Date(usedAt ?? 0) >= new Date(createdAt ?? 0), `created ${createdAt}, used ${usedAt}`);
    assert.ok(new Date(createdAt ?? 0).getFullYear() > 2001, `created ${createdAt}`);
    const old = await show(1);
    assert.deepEqual([old.createdAt, old.usedAt], [null, null]);
  }));

test('of many with the same address and a code each, one registers, and the other codes stay good', () =>
  withApp(async ({ app, beside }) => {
    await sql(beside, `insert into invite_code (code) select 'code-' || n from generate_series(1, 20) n`);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        register(app, { ...registration(n, `code-${n + 1}`), email: 'same@example.com' }),
      ),
    );
    assert.equal(answers.filter(({ statusCode }) => statusCode === 201).length, 1);
    assert.deepEqual([...new Set(answers.filter(({ statusCode }) => statusCode !== 201).map(kind))], ['email-taken']);
    assert.equal((await sql(beside, 'select * from invite_code where not is_used')).length, 19);
  }));

test('a code is either redeemed or revoked, never both', () =>
  withApp(async ({ app, beside }) => {
    await sql(beside, `insert into invite_code (code) select 'code-' || n from generate_series(1, 20) n`);
    await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        const [made, revoked] = await Promise.all([
          register(app, registration(n, `code-${n + 1}`)),
          app.inject({ method: 'DELETE', url: `/invite-codes/${n + 1}`, headers: admin }),
        ]);
        const both = [made.statusCode, revoked.statusCode].join();
        assert.ok(['201,409', '422,204'].includes(both), both);
      }),
    );
    const left = await sql(beside, 'select 1 from invite_code where not is_used or teacher_id is null');
    assert.deepEqual(left, []);
  }));

test('whoever tries too often is told when to come back; other routes and other addresses go on', () =>
  withApp(
    async ({ app, ask }) => {
      const tried = (remoteAddress: string) =>
        app.inject({ method: 'POST', url: '/teachers', payload: registration(1), remoteAddress });
      for (let n = 0; n < 3; n++) assert.equal((await tried('192.0.2.1')).statusCode, 422);
      const refused = await tried('192.0.2.1');
      assert.deepEqual([refused.statusCode, kind(refused)], [429, 'too-many-requests']);
      assert.match(String(refused.headers['retry-after']), /^[1-9]\d*$/);
      assert.equal((await tried('192.0.2.2')).statusCode, 422);
      assert.equal((await ask('GET', '/teachers')).statusCode, 200);
    },
    { REDEEM_LIMIT: '3' },
  ));
