import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { Client } from 'pg';
import { withProject, type Sandbox } from '../test/project.ts';
import { testDatabase } from './testing.ts';

const ask = async <Row extends object>(url: string, sql: string): Promise<Row[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
};

const names = async ({ client }: Sandbox): Promise<string[]> =>
  (
    await client.query<{ name: string }>(`select datname as name from pg_database where datname like 'nxtest%'`)
  ).rows.map(({ name }) => name);

/** A project whose migrations.config.ts can be loaded by another process. */
const withShop = (work: (sandbox: Sandbox) => Promise<void>): Promise<void> =>
  withProject(async (sandbox) => {
    sandbox.write('a', { up: ['create table a (id int)', 'insert into a values (1)'], down: ['drop table a'] });
    writeFileSync(
      sandbox.project.file,
      `export default { orm: () => Promise.resolve({ default: { entities: [], discovery: { warnWhenNoEntities: false }, dbName: 'x' } }),
        seed: () => Promise.resolve({ default: (em) => em.execute('insert into a values (7)') }) };`,
    );
    await work(sandbox);
  });

describe('testDatabase', () => {
  it('gives each test a database at head, of a template that is made once', () =>
    withShop(async ({ project: { root: from } }) => {
      const both = await Promise.all([testDatabase({ from }), testDatabase({ from })]);
      const [one, other] = both;
      assert.notEqual(one.name, other.name);
      await ask(one.url, 'insert into a values (2)');
      assert.deepEqual(await ask(one.url, 'select id from a order by 1'), [{ id: 1 }, { id: 2 }]);
      assert.deepEqual(await ask(other.url, 'select id from a'), [{ id: 1 }]);
      const [applied] = await ask<{ n: number }>(other.url, 'select count(*)::int as n from mikro_orm_migrations');
      assert.equal(applied?.n, 1);
      // Whoever is still connected does not keep it.
      const left = new Client({ connectionString: one.url });
      left.on('error', () => undefined);
      await left.connect();
      await one.drop();
      await other[Symbol.asyncDispose]();
      await one.drop();
      await assert.rejects(ask(one.url, 'select 1'), /does not exist/);
    }));

  it('follows the history', () =>
    withShop(async (sandbox) => {
      const { root: from } = sandbox.project;
      await using before = await testDatabase({ from });
      sandbox.write('b', { up: ['create table b (id int)'], down: ['drop table b'] });
      await using after = await testDatabase({ from });
      const made = "select to_regclass('b')::text as made";
      assert.deepEqual(await ask(before.url, made), [{ made: null }]);
      assert.deepEqual(await ask(after.url, made), [{ made: 'b' }]);
    }));

  it('begins with the rows of a seed, the project’s or one’s own', () =>
    withShop(async ({ project: { root: from } }) => {
      await using own = await testDatabase({ from, seed: (em) => em.execute('insert into a values (3)') });
      await using whole = await testDatabase({ from, seed: true });
      await using plain = await testDatabase({ from });
      const rows = 'select id from a order by 1';
      assert.deepEqual(await ask(own.url, rows), [{ id: 1 }, { id: 3 }]);
      assert.deepEqual(await ask(whole.url, rows), [{ id: 1 }, { id: 7 }]);
      assert.deepEqual(await ask(plain.url, rows), [{ id: 1 }]);
    }));

  it('is gone with its process: at the end by itself, after a crash by the next one', () =>
    withShop(async (sandbox) => {
      const { root: cwd } = sandbox.project;
      const module = join(import.meta.dirname, 'testing.ts');
      const process_ = async (then: string): Promise<string> => {
        const code = `const { testDatabase } = await import(${JSON.stringify(module)});
          console.log((await testDatabase()).name); ${then}`;
        const child = spawn(process.execPath, ['--input-type=module', '--eval', code], { cwd });
        const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
        assert.match(out, /^nxtest_/, err);
        return out.trim();
      };
      const ended = await process_('');
      assert.ok(!(await names(sandbox)).includes(ended), `${ended} was left`);
      const killed = await process_("process.kill(process.pid, 'SIGKILL')");
      assert.ok((await names(sandbox)).includes(killed), `${killed} went by itself`);
      await process_('');
      assert.ok(!(await names(sandbox)).includes(killed), `${killed} was left`);
    }));

  it('of a history that fails leaves nothing', () =>
    withShop(async (sandbox) => {
      sandbox.write('b', { up: ['select 1 / 0'] });
      const before = await names(sandbox);
      await assert.rejects(testDatabase({ from: sandbox.project.root }), /division by zero/);
      assert.deepEqual(await names(sandbox), before);
    }));
});
