import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql, withApp, type Standing } from '../../test/standing.ts';

interface Shown {
  id: number;
  name: string;
  email: string;
  createdAt: string;
  updatedAt: string;
}

interface Page {
  items: Shown[];
  next: number | null;
}

/** The type of a problem, without its prefix. */
const kind = (response: { json: () => { type: string } }) => response.json().type.split(':').at(-1);

/** Puts teachers `1` to `count` there, each with a used code. */
const fill = (beside: Standing['beside'], count: number) =>
  sql(
    beside,
    `with made as (
       insert into teacher (name, email) select 'Teacher ' || n, 'teacher-' || n || '@example.com'
       from generate_series(1, ?) n returning id)
     insert into invite_code (code, is_used, teacher_id) select 'code-' || id, true, id from made`,
    [count],
  );

test('a teacher is shown, changed, and deleted with the code', () =>
  withApp(async ({ ask, beside }) => {
    await fill(beside, 2);
    const before = (await ask('GET', '/teachers/1')).json<Shown>();
    assert.deepEqual([before.id, before.name, before.email], [1, 'Teacher 1', 'teacher-1@example.com']);
    const changed = await ask('PATCH', '/teachers/1', { name: 'Ada Lovelace' });
    assert.equal(changed.statusCode, 200);
    const { updatedAt, ...rest } = changed.json<Shown>();
    assert.deepEqual({ ...rest, updatedAt: before.updatedAt }, { ...before, name: 'Ada Lovelace' });
    assert.ok(updatedAt > before.updatedAt, `${updatedAt} after ${before.updatedAt}`);
    assert.deepEqual((await ask('GET', '/teachers/1')).json(), changed.json());
    assert.equal(
      (await ask('PATCH', '/teachers/1', { email: 'ADA@Example.com' })).json<Shown>().email,
      'ada@example.com',
    );

    assert.equal((await ask('DELETE', '/teachers/1')).statusCode, 204);
    assert.deepEqual(await sql(beside, 'select code from invite_code'), [{ code: 'code-2' }]);
    for (const [method, payload] of [['GET'], ['DELETE'], ['PATCH', { name: 'Nobody' }]] as const) {
      const gone = await ask(method, '/teachers/1', payload);
      assert.deepEqual([gone.statusCode, kind(gone)], [404, 'not-found']);
    }
  }));

test('an address that another teacher has is refused, in any letter case', () =>
  withApp(async ({ ask, beside }) => {
    await fill(beside, 2);
    const taken = await ask('PATCH', '/teachers/1', { email: 'TEACHER-2@example.com' });
    assert.deepEqual([taken.statusCode, kind(taken)], [409, 'email-taken']);
    assert.equal((await ask('GET', '/teachers/1')).json<Shown>().email, 'teacher-1@example.com');
  }));

test('a teacher whom something else needs is not deleted', () =>
  withApp(async ({ ask, beside }) => {
    await fill(beside, 1);
    await sql(beside, 'create table lesson (teacher_id int not null references teacher)');
    await sql(beside, 'insert into lesson values (1)');
    const kept = await ask('DELETE', '/teachers/1');
    assert.deepEqual([kept.statusCode, kind(kept)], [409, 'still-needed']);
    assert.equal((await sql(beside, 'select * from invite_code')).length, 1);
  }));

test('what makes no sense is refused, with the field named, and changes nothing', () =>
  withApp(async ({ ask, beside }) => {
    await fill(beside, 1);
    for (const [payload, pointer] of [
      [{}, ''],
      [{ name: '' }, '/name'],
      [{ name: '  ' }, '/name'],
      [{ name: 'Ada ' }, '/name'],
      [{ name: 'A\u0000da' }, '/name'],
      [{ name: 'A\ud800da' }, '/name'],
      [{ name: 'x'.repeat(201) }, '/name'],
      [{ name: null }, '/name'],
      [{ email: 'nobody' }, '/email'],
      [{ email: `${'x'.repeat(64)}@${'y'.repeat(60)}.${'y'.repeat(60)}.${'y'.repeat(60)}.example` }, '/email'],
      [{ email: `${'x'.repeat(65)}@example.com` }, '/email'],
      [{ email: `x@${'y'.repeat(64)}.com` }, '/email'],
      [{ id: 7 }, '/id'],
      [{ 'a/b~': 7 }, '/a~1b~0'],
      [['Ada'], ''],
    ] as const) {
      const response = await ask('PATCH', '/teachers/1', payload);
      assert.deepEqual([response.statusCode, kind(response)], [400, 'invalid'], JSON.stringify(payload));
      assert.equal(response.json<{ errors: { pointer: string }[] }>().errors[0]?.pointer, pointer);
    }
    assert.equal((await ask('PATCH', '/teachers/1', { name: '邀'.repeat(200) })).statusCode, 200);
    const longest = `${'x'.repeat(64)}@${'y'.repeat(63)}.${'y'.repeat(63)}.${'y'.repeat(57)}.com`;
    assert.equal(longest.length, 254);
    assert.equal((await ask('PATCH', '/teachers/1', { email: longest })).statusCode, 200);
  }));

test('a search finds parts of names and addresses, and takes % and _ for what they are', () =>
  withApp(async ({ ask, beside }) => {
    await sql(
      beside,
      `insert into teacher (name, email) values
       ('Ada Lovelace', 'ada@example.com'), ('Grace_Hopper', 'grace@example.org'), ('100% Sure \\', 'sure@example.net')`,
    );
    const found = async (q: string) =>
      (await ask('GET', `/teachers?q=${encodeURIComponent(q)}`)).json<Page>().items.map(({ id }) => id);
    assert.deepEqual(await found('LOVE'), [1]);
    assert.deepEqual(await found('example.o'), [2]);
    assert.deepEqual(await found('_'), [2]);
    assert.deepEqual(await found('%'), [3]);
    assert.deepEqual(await found('\\'), [3]);
    assert.deepEqual(await found("' or 1=1"), []);
    assert.deepEqual(await found('e'), [3, 2, 1]);
  }));

test('pages hold everybody who was there once, whoever registers or goes meanwhile', () =>
  withApp(async ({ ask, beside }) => {
    await fill(beside, 47);
    const seen: number[] = [];
    let next: number | null = null;
    do {
      const page: Page = (await ask('GET', `/teachers?limit=10${next ? `&after=${next}` : ''}`)).json<Page>();
      assert.ok(page.items.length <= 10, `${page.items.length} items`);
      seen.push(...page.items.map(({ id }) => id));
      next = page.next;
      await sql(beside, `insert into teacher (name, email) select 'New', 'new-' || ? || '@example.com'`, [seen.length]);
      // Who has been seen goes, also the one whose number the next page is asked by.
      await sql(beside, 'delete from teacher where id = ?', [page.items.at(-1)?.id]);
    } while (next !== null);
    assert.deepEqual(
      seen,
      Array.from({ length: 47 }, (_, at) => 47 - at),
    );
  }));
