/** What `rights.sql` gives the role of the API is enough, and no more than that. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from 'pg';
import { admin, settingsFor, sql, withApp } from '../test/standing.ts';
import { buildApp } from './app.ts';

const rights = readFileSync(join(import.meta.dirname, '../rights.sql'), 'utf8');

test('with the rights of rights.sql every route works, and nothing else of the database can be changed', () =>
  withApp(async ({ url, beside }) => {
    const owner = beside.em.getConnection();
    await owner.executeDump(rights);
    // Again, as after every revision that brings a table.
    await owner.executeDump(rights);
    await sql(beside, "alter role tutoria_api password 'of-the-tests'");
    try {
      const as = Object.assign(new URL(url), { username: 'tutoria_api', password: 'of-the-tests' }).href;
      await using app = await buildApp(settingsFor(as));
      const ask = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, payload?: object) => {
        const answer = await app.inject({ method, url: path, headers: admin, ...(payload && { payload }) });
        return { ...(answer.body && answer.json<{ id: number; code: string }>()), status: answer.statusCode };
      };
      assert.equal((await ask('GET', '/health/ready')).status, 200);
      const { code } = await ask('POST', '/invite-codes');
      const spare = await ask('POST', '/invite-codes', { expiresAt: '2999-01-01T00:00:00Z' });
      const teacher = await ask('POST', '/teachers', { inviteCode: code, name: 'Ada', email: 'ada@example.com' });
      assert.equal(teacher.status, 201);
      for (const [method, path, status, payload] of [
        ['GET', '/invite-codes?status=usable', 200],
        ['GET', `/invite-codes/${spare.id}`, 200],
        ['DELETE', `/invite-codes/${spare.id}`, 204],
        ['GET', '/teachers?q=a', 200],
        ['PATCH', `/teachers/${teacher.id}`, 200, { name: 'Grace' }],
        ['DELETE', `/teachers/${teacher.id}`, 204],
      ] as const)
        assert.equal((await ask(method, path, payload)).status, status, `${method} ${path}`);

      const client = new Client({ connectionString: as });
      await client.connect();
      try {
        for (const statement of [
          'drop table teacher',
          'truncate teacher',
          'alter table teacher add column x int',
          'create table public.mine ()',
          "insert into mikro_orm_migrations (name) values ('Migration29991231235959')",
          'delete from mikro_orm_migrations',
          'create role another',
          "copy teacher to '/dev/null'",
        ])
          await assert.rejects(client.query(statement), { code: '42501' }, statement);
      } finally {
        await client.end();
      }
    } finally {
      await sql(beside, 'drop owned by tutoria_api');
      await sql(beside, 'drop role tutoria_api');
    }
  }));
