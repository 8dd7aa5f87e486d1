import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { ended, listening, start } from '../test/process.ts';
import { admin, sql, token, withApp } from '../test/standing.ts';
import { upload, wireTo } from '../test/wire.ts';

interface Line {
  level: number;
  msg: string;
  reqId?: string;
  req?: { id: string; method: string; path: string };
  status?: number;
  problem?: string;
  by?: string | null;
  leftOut?: number;
  ip?: string;
}

/** The lines of a service that has ended. */
const linesOf = (said: string[]): Line[] =>
  said
    .join('')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

test('the log has a line of JSON per request with its id, and no secret, code, address of a person or SQL', () =>
  withApp(async ({ url, beside }) => {
    await sql(beside, "insert into invite_code (code) values ('the-code-itself')");
    const api = start({ DATABASE_URL: url, LOG_LEVEL: 'trace' });
    const said: string[] = [];
    api.stdout.on('data', (piece: Buffer) => said.push(String(piece)));
    const complaints = text(api.stderr);
    const address = await listening(api);
    const ask = (path: string, body?: object, id?: string) =>
      fetch(`${address}${path}`, {
        method: body ? 'POST' : 'GET',
        headers: {
          ...admin,
          'content-type': 'application/json',
          cookie: 'a=s3cret',
          ...(id && { 'x-request-id': id }),
        },
        ...(body && { body: JSON.stringify(body) }),
      });
    const registration = { inviteCode: 'the-code-itself', name: 'Ada Lovelace', email: 'ada@example.com' };
    assert.equal((await ask('/teachers', registration, 'given-by-a-proxy')).status, 201);
    assert.equal((await ask('/teachers?q=ada@example.com', undefined, 'has a\tspace')).status, 200);
    await sql(beside, "insert into invite_code (code) values ('another-code')");
    await sql(beside, `create function fail() returns trigger language plpgsql as $$ begin raise 's3cret'; end $$`);
    await sql(beside, 'create trigger fail before insert on teacher for each row execute function fail()');
    assert.equal((await ask('/teachers', { ...registration, inviteCode: 'another-code' })).status, 500);
    const end = ended(api);
    api.kill('SIGTERM');
    assert.deepEqual(await end, [0, null]);

    assert.equal(await complaints, '');
    const log = said.join('');
    const lines = linesOf(said);
    const answered = lines.filter(({ msg }) => msg === 'answered');
    assert.deepEqual(
      answered.map(({ req, status }) => [req?.method, req?.path, status]),
      [
        ['POST', '/teachers', 201],
        ['GET', '/teachers', 200],
        ['POST', '/teachers', 500],
      ],
    );
    assert.equal(answered[0]?.reqId, 'given-by-a-proxy');
    assert.match(answered[1]?.reqId ?? '', /^[\da-f-]{36}$/);
    const failed = lines.find(({ level }) => level === 50);
    assert.deepEqual([failed?.reqId, failed?.problem], [answered[2]?.reqId, 'internal']);
    const password = new URL(url).password;
    for (const secret of [token, password, 's3cret', 'code-itself', 'another-code', 'Ada', 'ada@', 'insert into'])
      assert.ok(!secret || !log.includes(secret), `${secret} is in the log:\n${log}`);
  }));

test(
  'what a caller breaks off is logged once, in a short line without a stack, and of many only the first few',
  { timeout: 60_000 },
  () =>
    withApp(async ({ url }) => {
      const api = start({ DATABASE_URL: url });
      const said: string[] = [];
      api.stdout.on('data', (piece: Buffer) => said.push(String(piece)));
      const address = await listening(api);
      for (const [sent, ends] of [
        [`${upload(token)}{"expires`, true],
        [upload(token), true],
        [`${upload(token).replace('content-length: 100', 'transfer-encoding: chunked')}zz\r\n`, false],
        ['no HTTP\r\n\r\n', false],
      ] as const) {
        const before = said.length;
        using wire = await wireTo(address);
        wire.send(sent);
        // Not before the service is at it.
        if (ends) setTimeout(() => wire.socket.resetAndDestroy(), 200);
        await wire.answer;
        while (said.length === before) await new Promise((resolve) => setImmediate(resolve));
      }
      const end = ended(api);
      api.kill('SIGTERM');
      assert.deepEqual(await end, [0, null]);
      const lines = linesOf(said);
      const broken = lines.filter(({ msg }) => msg === 'broken off');
      assert.equal(broken.length, 4, said.join(''));
      assert.equal(new Set(broken.map(({ reqId }) => reqId)).size, 4);
      for (const { ip } of broken) assert.equal(ip, '127.0.0.1');
      for (const line of broken) assert.ok(JSON.stringify(line).length < 400, JSON.stringify(line));
      assert.deepEqual(
        lines.filter(({ level, msg }) => level > 30 || msg === 'answered'),
        [],
      );
    }),
);

test(
  'of many that break off in one second the first few are logged, and how many were left out',
  { timeout: 60_000 },
  () =>
    withApp(async ({ app }) => {
      const lines: Line[] = [];
      const info = (line: Line) => void lines.push(line);
      app.log.info = info;
      for (let n = 0; n < 100; n++) app.brokenOff({ reqId: String(n) });
      const noted = () => lines.length + lines.reduce((sum, { leftOut = 0 }) => sum + leftOut, 0);
      assert.ok(lines.length <= 20, `${lines.length} lines`);
      let asked = 100;
      while (noted() < asked) {
        app.brokenOff({ reqId: String(asked++) });
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      assert.equal(noted(), asked);
    }),
);

test('of several tokens, each line says whose it was', () =>
  withApp(async ({ url }) => {
    const anna = 'x'.repeat(32);
    const api = start({ DATABASE_URL: url, ADMIN_TOKEN: `anna:${anna},ci:${token}` });
    const said: string[] = [];
    api.stdout.on('data', (piece: Buffer) => said.push(String(piece)));
    const address = await listening(api);
    for (const authorization of [`Bearer ${anna}`, `bearer ${token}`, `BEARER  ${token}`, `Bearer anna:${anna}`, '']) {
      const headers = { ...(authorization && { authorization }) };
      await fetch(`${address}/invite-codes`, { headers });
    }
    const end = ended(api);
    api.kill('SIGTERM');
    await end;
    const answered = linesOf(said).filter(({ msg }) => msg === 'answered');
    assert.deepEqual(
      answered.map(({ by, status }) => [by, status]),
      [
        ['anna', 200],
        ['ci', 200],
        ['ci', 200],
        [null, 401],
        [null, 401],
      ],
    );
    assert.ok(!said.join('').includes(anna));
  }));
