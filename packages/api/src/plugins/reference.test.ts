import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { undescribed } from '../../test/conformance.ts';
import { operations, routesOf } from '../../test/operations.ts';
import { withApp } from '../../test/standing.ts';

test('every route is described, with a summary, an own name and its refusals', () =>
  withApp(async ({ app }) => {
    await app.ready();
    const described = operations(app);
    const routed = routesOf(app).filter(({ method, path }) => !undescribed.test(path) && method !== 'HEAD');
    assert.ok(routed.length >= 11, app.printRoutes({ commonPrefix: false }));
    const named = (routes: { method: string; path: string }[]) =>
      routes.map(({ method, path }) => `${method} ${path}`).sort();
    assert.deepEqual(named(described), named(routed));
    assert.equal(new Set(described.map(({ operationId }) => operationId)).size, described.length);
    for (const { summary, path, responses } of described) {
      assert.ok(summary, path);
      if (!path.startsWith('/health')) for (const status of [400, 500, 503]) assert.ok(responses[status], path);
    }
  }));

test('the document is OpenAPI 3.1: each of its schemas is a JSON Schema, each reference leads somewhere', () =>
  withApp(async ({ app }) => {
    const served = await app.inject('/openapi.json');
    const document = served.json<{ openapi: string; components: { schemas: Record<string, object> } }>();
    assert.match(document.openapi, /^3\.1\./);
    const ajv = new Ajv2020({ strict: false });
    for (const [name, schema] of Object.entries(document.components.schemas))
      assert.equal(ajv.validateSchema(schema), true, name);
    const names = [...served.body.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name!);
    assert.notEqual(names.length, 0);
    assert.deepEqual(
      names.filter((name) => !(name in document.components.schemas)),
      [],
    );
    assert.doesNotMatch(served.body, /"\$ref":"(?!#\/components)/);
  }));

test('the reference page is served with everything it needs, and lets nothing else in', () =>
  withApp(async ({ app }) => {
    const page = await app.inject('/docs/');
    assert.equal(page.statusCode, 200);
    assert.match(page.headers['content-type'] as string, /^text\/html/);
    const policy = page.headers['content-security-policy'] as string;
    assert.doesNotMatch(policy, /script-src[^;]*unsafe|https?:/);
    const files = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file!);
    assert.ok(files.length >= 4, files.join(' '));
    for (const file of files) {
      const { pathname, origin } = new URL(file, 'http://here/docs/');
      assert.equal(origin, 'http://here');
      assert.equal((await app.inject(pathname)).statusCode, 200, file);
    }
  }));
