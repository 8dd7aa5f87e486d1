import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { ended, listening, start } from '../test/process.ts';
import { admin, sql, token, withApp } from '../test/standing.ts';

interface Line {
  level: number;
  msg: string;
  reqId?: string;
  req?: { id: string; method: string; path: string };
  status?: number;
  problem?: string;
}

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
    const lines = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
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
