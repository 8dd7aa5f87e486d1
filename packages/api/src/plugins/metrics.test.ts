import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withApp } from '../../test/standing.ts';

test('requests are counted by route, never by address', () =>
  withApp(async ({ app, ask }) => {
    await ask('GET', '/teachers/12345');
    await ask('GET', '/teachers?q=somebody');
    await ask('GET', '/nowhere/12345');
    const { body, headers } = await app.inject('/metrics');
    assert.match(headers['content-type'] as string, /^text\/plain; version=/);
    assert.match(body, /http_request_duration_seconds_count\{method="GET",route="\/teachers\/:id",status="404"\} 1\n/);
    assert.match(body, /http_request_duration_seconds_count\{method="GET",route="none",status="404"\} 1\n/);
    assert.match(body, /tutoria_gate_open 1\n/);
    assert.match(body, /tutoria_database_connections\{state="idle"\} \d/);
    assert.match(body, /process_cpu_seconds_total/);
    assert.doesNotMatch(body, /12345|somebody|nowhere/);
  }));

test('with METRICS_TOKEN only its holder reads them', () =>
  withApp(
    async ({ app, ask }) => {
      assert.equal((await app.inject('/metrics')).statusCode, 401);
      assert.equal((await ask('GET', '/metrics')).statusCode, 401);
      const headers = { authorization: 'Bearer the-token-of-prometheus' };
      assert.equal((await app.inject({ url: '/metrics', headers })).statusCode, 200);
    },
    { METRICS_TOKEN: 'the-token-of-prometheus' },
  ));
