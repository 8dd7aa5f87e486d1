import assert from 'node:assert/strict';
import { test } from 'node:test';
import { token, withApp } from '../../test/standing.ts';
import { operations } from '../../test/operations.ts';

const open = ['live', 'ready', 'registerTeacher'];

test('every route that does not say it is public wants the token, before it looks at anything else', () =>
  withApp(async ({ app }) => {
    await app.ready();
    const guarded = operations(app).filter(({ operationId }) => !open.includes(operationId));
    assert.ok(guarded.length >= 8, `${guarded.length} routes`);
    for (const { method, path, security } of guarded) {
      assert.deepEqual(security, [{ admin: [] }], `${method} ${path}`);
      const url = path.replace('{id}', 'no-number');
      for (const authorization of [
        undefined,
        token,
        `Basic ${token}`,
        'Bearer ',
        `Bearer ${token.slice(1)}`,
        `Bearer ${token}x`,
        `Bearer ${token.toUpperCase()}`,
        `Bearer${token}`,
        `Bearer\t${token}`,
        `Bearer admin:${token}`,
        `Bearer ${token},${token}`,
      ]) {
        const response = await app.inject({ method, url, headers: { ...(authorization && { authorization }) } });
        assert.equal(response.statusCode, 401, `${method} ${path} ${authorization}`);
        assert.equal(response.headers['www-authenticate'], 'Bearer');
        assert.doesNotMatch(response.body, /a-token-of-the-tests/);
      }
    }
  }));

test('public routes do not ask for it', () =>
  withApp(async ({ app }) => {
    await app.ready();
    const free = operations(app).filter(({ security }) => !security);
    assert.deepEqual(free.map(({ operationId }) => operationId).sort(), open);
    for (const { method, path } of free) assert.notEqual((await app.inject({ method, url: path })).statusCode, 401);
  }));
