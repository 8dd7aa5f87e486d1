/** What may come in, whatever the route: numbers in addresses, media types, bytes, unknown fields. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InjectOptions } from 'fastify';
import { operations } from '../../test/operations.ts';
import { admin, sql, withApp, type Standing } from '../../test/standing.ts';

const kind = (response: { json: () => { type: string } }) => response.json().type.split(':').at(-1);

interface Parameter {
  name: string;
  in: 'path' | 'query';
  schema: { type?: string };
}

test('a number in an address is one that the database has room for, everywhere: else the field is refused', () =>
  withApp(async ({ app, ask }) => {
    await app.ready();
    const numbers = operations(app).flatMap((operation) =>
      ((operation as { parameters?: Parameter[] }).parameters ?? [])
        .filter(({ schema }) => schema.type === 'integer')
        .map((parameter) => ({ ...operation, parameter })),
    );
    assert.ok(numbers.length >= 9, `${numbers.length} numbers`);
    for (const { method, path, parameter } of numbers)
      for (const value of [
        'Infinity',
        '-Infinity',
        '1e400',
        '-1e400',
        'NaN',
        '1e10',
        '0.5',
        '',
        ' ',
        '-0',
        '0x',
        'null',
      ]) {
        const text = encodeURIComponent(value);
        if (parameter.in === 'path' && !value) continue;
        const url = parameter.in === 'path' ? path.replace('{id}', text) : `${path}?${parameter.name}=${text}`;
        const response = await ask(method, url, method === 'PATCH' ? { name: 'Ada' } : undefined);
        assert.deepEqual([response.statusCode, kind(response)], [400, 'invalid'], `${method} ${url} ${response.body}`);
        assert.equal(response.json<{ errors: { pointer: string }[] }>().errors[0]?.pointer, `/${parameter.name}`);
      }
  }));

const post = ({ app }: Standing, type: string, payload: string | Buffer, more: object = {}) =>
  app.inject({
    method: 'POST',
    url: '/invite-codes',
    headers: { ...admin, 'content-type': type, ...more },
    payload,
  } satisfies InjectOptions);

test('a body is JSON in UTF-8, or it is refused by its media type before it is read', () =>
  withApp(async (standing) => {
    for (const type of ['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"']) {
      const made = await post(standing, type, '{}');
      assert.equal(made.statusCode, 201, type);
    }
    for (const type of [
      'text/plain',
      'text/plain; charset=utf-8',
      'application/json; charset=utf-16',
      'application/json;charset="latin1"',
      'application/x-www-form-urlencoded',
      'application/jsonp',
      'nonsense',
    ]) {
      const refused = await post(standing, type, '{}');
      assert.deepEqual([refused.statusCode, kind(refused)], [415, 'unsupported-media-type'], type);
    }
    const zipped = await post(standing, 'application/json', '{}', { 'content-encoding': 'gzip' });
    assert.equal(zipped.statusCode, 415);
  }));

test('bytes that are not UTF-8 are refused, and stored as nothing else', () =>
  withApp(async ({ app, beside }) => {
    await sql(beside, "insert into invite_code (code) values ('one')");
    for (const name of [Buffer.from('Jos\xe9', 'latin1'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from([0xc0, 0xaf])]) {
      const payload = Buffer.concat([
        Buffer.from('{"inviteCode": "one", "email": "jo@example.com", "name": "'),
        name,
        Buffer.from('"}'),
      ]);
      const headers = { 'content-type': 'application/json' };
      const refused = await app.inject({ method: 'POST', url: '/teachers', headers, payload });
      assert.deepEqual([refused.statusCode, kind(refused)], [400, 'malformed']);
    }
    const search = await app.inject({ url: '/teachers?q=Jos%E9', headers: admin });
    assert.equal(search.statusCode, 400, search.body);
    assert.deepEqual(await sql(beside, 'select name from teacher'), []);
  }));

test('an answer to many or long unknown fields names the first, and stays small', () =>
  withApp(async ({ ask }) => {
    const many = await ask('POST', '/invite-codes', Object.fromEntries(Array.from({ length: 1500 }, (_, n) => [n, 1])));
    const long = await ask('POST', '/invite-codes', { ['~'.repeat(15_000)]: 1 });
    for (const refused of [many, long]) {
      assert.deepEqual([refused.statusCode, kind(refused)], [400, 'invalid']);
      assert.ok(refused.body.length < 4000, `${refused.body.length} bytes`);
    }
    assert.equal(many.json<{ errors: { pointer: string }[] }>().errors[0]?.pointer, '/0');
  }));
