import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { admin, token, withApp } from '../../test/standing.ts';
import { problemIn, upload, wireTo } from '../../test/wire.ts';

/** Nothing here takes that long, unless a connection is never closed. */
const timeout = 60_000;

const listen = (app: Parameters<Parameters<typeof withApp>[0]>[0]['app']) => app.listen({ port: 0, host: '127.0.0.1' });

test('what is no request is refused as a problem document with an id, like everything else', { timeout }, () =>
  withApp(async ({ app }) => {
    const address = await listen(app);
    for (const [sent, status, kind] of [
      ['hello\r\n\r\n', 400, 'malformed'],
      ['GET /teachers HTTP/1.1\r\nhost: here\r\nno header\r\n\r\n', 400, 'malformed'],
      ['GET /teachers HTTP/1.1\r\n\r\n', 400, 'malformed'],
      ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, 'malformed'],
      [`GET /teachers HTTP/1.1\r\nhost: here\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'headers-too-large'],
      [
        'POST /teachers HTTP/1.1\r\nhost: here\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
        400,
        'malformed',
      ],
      ['GET /teachers HTTP/1.1\r\nhost: here\r\nexpect: cake\r\nconnection: close\r\n\r\n', 401, 'unauthorized'],
      ['GET /docs/static/none.js HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n', 404, 'not-found'],
    ] as const) {
      using wire = await wireTo(address);
      wire.send(sent);
      assert.deepEqual(problemIn(await wire.answer), { status, kind }, sent.slice(0, 80));
    }
  }),
);

test(
  'a request that does not arrive within REQUEST_TIMEOUT is refused: its headers, its body, or nothing of it',
  { timeout },
  () =>
    withApp(
      async ({ app }) => {
        const address = await listen(app);
        for (const sent of [upload(token), `${upload(token)}{"expires`, 'GET /teachers HTTP/1.1\r\nhost:', '']) {
          using wire = await wireTo(address);
          wire.send(sent);
          assert.deepEqual(problemIn(await wire.answer), { status: 408, kind: 'too-slow' }, sent);
        }
        // One byte after the other keeps nothing open.
        using wire = await wireTo(address);
        wire.send(upload(token, 10_000));
        const dripping = setInterval(() => wire.send(' '), 20);
        assert.deepEqual(problemIn(await wire.answer), { status: 408, kind: 'too-slow' });
        clearInterval(dripping);
      },
      { REQUEST_TIMEOUT: '0.3' },
    ),
);

test('a service that ends waits for no request that has not arrived', { timeout }, () =>
  withApp(async ({ app }) => {
    const address = await listen(app);
    using idle = await wireTo(address);
    using begun = await wireTo(address);
    using half = await wireTo(address);
    using second = await wireTo(address);
    begun.send('GET /teachers HTTP/1.1\r\nhost:');
    half.send(upload(token));
    // A connection that has had an answer, and on which the next request is begun.
    second.send('GET /health/live HTTP/1.1\r\nhost: here\r\n\r\nGET /teachers HTTP/1.1\r\nhost:');
    await fetch(`${address}/invite-codes`, { headers: admin });
    await app.stop(0);
    for (const wire of [idle, begun, half])
      assert.deepEqual(problemIn(await wire.answer), { status: 408, kind: 'too-slow' });
    assert.match(await second.answer, /^HTTP\/1\.1 200 /);
  }),
);

test('nor for a caller who takes no more of the answer', { timeout }, () =>
  withApp(async ({ app }) => {
    const { port } = new URL(await listen(app));
    const socket = connect(Number(port), '127.0.0.1');
    await once(socket, 'connect');
    socket.on('error', () => undefined);
    try {
      // More than the buffers on the way hold.
      socket.write('GET /docs/static/swagger-ui-bundle.js HTTP/1.1\r\nhost: here\r\n\r\n'.repeat(20));
      while (![...app.arrivals.keys()].some(({ writableLength }) => writableLength > 0))
        await new Promise((resolve) => setImmediate(resolve));
      await app.stop(0);
    } finally {
      socket.destroy();
    }
  }),
);

test('nothing of a request that was answered or broken off is kept', { timeout }, () =>
  withApp(async ({ app }) => {
    const address = await listen(app);
    for (let n = 0; n < 50; n++) assert.equal((await fetch(`${address}/health/live`)).status, 200);
    using wire = await wireTo(address);
    wire.send(upload(token));
    while (![...app.arrivals.values()].some(({ size }) => size > 0))
      await new Promise((resolve) => setImmediate(resolve));
    wire.socket.resetAndDestroy();
    while ([...app.arrivals.values()].some(({ size }) => size > 0))
      await new Promise((resolve) => setImmediate(resolve));
    assert.ok(app.arrivals.size <= 2, `${app.arrivals.size} connections`);
  }),
);
