import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withApp } from '../../test/standing.ts';

const preflight = (origin: string) =>
  ({
    method: 'OPTIONS',
    url: '/teachers',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
  }) as const;

test('every answer has the headers that browsers obey, and is kept in no cache', () =>
  withApp(async ({ app, ask }) => {
    for (const response of [
      await ask('GET', '/teachers'),
      await ask('GET', '/nowhere'),
      await app.inject('/teachers'),
    ]) {
      assert.equal(response.headers['x-content-type-options'], 'nosniff');
      assert.equal(response.headers['content-security-policy'], "default-src 'none';frame-ancestors 'none'");
      assert.equal(response.headers['cache-control'], 'no-store');
      assert.match(String(response.headers['strict-transport-security']), /max-age=/);
      assert.equal(response.headers['x-powered-by'], undefined);
    }
  }));

test('without CORS_ORIGINS no page may call', () =>
  withApp(async ({ app }) => {
    const response = await app.inject(preflight('https://app.example.com'));
    assert.equal(response.headers['access-control-allow-origin'], undefined);
  }));

test('with CORS_ORIGINS those pages may, and no other', () =>
  withApp(
    async ({ app }) => {
      const allowed = await app.inject(preflight('https://b.example.com'));
      assert.equal(allowed.headers['access-control-allow-origin'], 'https://b.example.com');
      assert.match(allowed.headers['access-control-allow-methods'] as string, /PATCH/);
      const refused = await app.inject(preflight('https://evil.example.com'));
      assert.equal(refused.headers['access-control-allow-origin'], undefined);
    },
    { CORS_ORIGINS: 'https://a.example.com,https://b.example.com' },
  ));

test('who is behind a trusted proxy is limited by the own address; who only says so is not believed', async () => {
  const tried = (app: Parameters<Parameters<typeof withApp>[0]>[0]['app'], forwarded: string) =>
    app.inject({
      method: 'POST',
      url: '/teachers',
      payload: { inviteCode: 'none', name: 'Ada', email: 'ada@example.com' },
      remoteAddress: '10.0.0.1',
      headers: { 'x-forwarded-for': forwarded },
    });
  for (const [TRUSTED_PROXIES, second] of [
    ['10.0.0.0/8', 422],
    ['', 429],
  ] as const)
    await withApp(
      async ({ app }) => {
        assert.equal((await tried(app, '192.0.2.1')).statusCode, 422);
        assert.equal((await tried(app, '192.0.2.2')).statusCode, second);
      },
      { REDEEM_LIMIT: '1', TRUSTED_PROXIES },
    );
});

test('a trusted proxy that writes a port, or nothing sensible, gives nobody more tries', () =>
  withApp(
    async ({ app }) => {
      const tried = async (forwarded: string) =>
        (
          await app.inject({
            method: 'POST',
            url: '/teachers',
            payload: { inviteCode: 'none', name: 'Ada', email: 'ada@example.com' },
            remoteAddress: '10.0.0.1',
            headers: { 'x-forwarded-for': forwarded },
          })
        ).statusCode;
      assert.equal(await tried('192.0.2.1:1001'), 422);
      for (const same of ['192.0.2.1:1002', '192.0.2.1', 'garbage, 192.0.2.1:7', '192.0.2.9, 192.0.2.1, 10.0.0.2:99'])
        assert.equal(await tried(same), 429, same);
      assert.equal(await tried('[2001:db8::1]:1001'), 422);
      for (const same of ['[2001:db8::1]:1002', '2001:db8::1', '[2001:db8::2]', '2001:db8::ffff'])
        assert.equal(await tried(same), 429, same);
      // Whoever stands behind what cannot be read is counted as the proxy.
      assert.equal(await tried('unknown'), 422);
      for (const same of [
        '_hidden',
        '192.0.2.7, unknown',
        'fe80::1%a',
        'fe80::1%b',
        '192.0.2.1:1:2',
        '',
        ' , ',
        '999.1.1.1',
      ])
        assert.equal(await tried(same), 429, same);
    },
    { REDEEM_LIMIT: '1', TRUSTED_PROXIES: '10.0.0.0/8' },
  ));
