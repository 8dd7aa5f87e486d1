import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withProject } from '../../test/project.ts';
import { refused } from '../../test/refused.ts';
import { edit, findingsOf, lastEntry, mended, up } from '../../test/repairing.ts';
import { type } from '../../test/type.ts';
import status from '../cli/commands/status.ts';

/** A revision outside of a transaction: what it does, one statement after the other. */
const outside = (...statements: string[]) => ({
  body: `override isTransactional() { return false; }
    override up() { ${statements.map((sql) => `this.addSql(${JSON.stringify(sql)});`).join('\n')} }`,
});

describe('repair of what is half done', () => {
  it('half done: what is done, what is open; a statement done by hand counts when somebody says so', () =>
    withProject(async (sandbox) => {
      const statements = ['create table a (id int)', 'alter table nowhere add x int', 'create table c (id int)'];
      const name = sandbox.write('a', outside(...statements));
      await refused(up(sandbox));
      const [found] = await findingsOf(sandbox);
      assert.equal(found?.kind, 'half-done');
      assert.match(found.found, /1 of 3 statements are done/);
      assert.match(
        found.evidence.join('\n'),
        /done {2}1 {2}create table a[^]*open {2}2 {2}alter table nowhere[^]*failed 20.*\(SQLSTATE 42P01\)/,
      );
      assert.equal((await refused(mended(sandbox, '--took-effect', name))).code, 'reason-missing');
      await mended(sandbox, '--took-effect', name, '--reason', 'the table is elsewhere');
      const entry = await lastEntry(sandbox);
      assert.deepEqual([entry['event'], entry['statement'], entry['direction']], ['done', 2, 'up']);
      assert.equal((await up(sandbox)).ran.length, 1);
      assert.deepEqual(await sandbox.values("select to_regclass('c') is not null"), [true]);
      assert.deepEqual(await findingsOf(sandbox), []);
    }));

  it('half done, and its file is gone', () =>
    withProject(async (sandbox) => {
      const name = sandbox.write('a', outside('create table a (id int)', 'select * from nowhere'));
      await refused(up(sandbox));
      sandbox.remove(name);
      const { lines, exit } = await type(sandbox.project, status, ['--check']);
      assert.ok(lines.includes(`half-done  ${name}`), lines.join('\n'));
      assert.equal(exit, 'refused');
      assert.match((await findingsOf(sandbox))[0]?.next[0] ?? '', /not in this checkout.*git log/);
      await mended(sandbox, '--begin-again', name, '--reason', 'it is gone for good');
      assert.deepEqual(await findingsOf(sandbox), []);
    }));

  it('half done: begun again from its first statement', () =>
    withProject(async (sandbox) => {
      const name = sandbox.write('a', outside('create table a (id int)', 'select * from nowhere'));
      await refused(up(sandbox));
      await sandbox.client.query('drop table a');
      edit(sandbox, name, (text) => text.replace('id int', 'id bigint').replace('select * from nowhere', 'select 1'));
      assert.equal((await refused(up(sandbox))).code, 'resumed-edited');
      assert.match(await mended(sandbox, '--begin-again', name, '--reason', 'dropped a'), /begins with its first/);
      assert.deepEqual(await findingsOf(sandbox), []);
      assert.equal((await up(sandbox)).ran.length, 1);
      assert.deepEqual(
        await sandbox.values(
          "select format_type(atttypid, null) from pg_attribute where attrelid = 'a'::regclass and attname = 'id'",
        ),
        ['bigint'],
      );
    }));

  it('a statement whose answer nobody heard: what the catalogue says, and both ways to settle it', () =>
    withProject(async (sandbox) => {
      const name = sandbox.write('a', outside('create table a (id int)', 'vacuum a', 'create table c (id int)'));
      await up(sandbox);
      // As a runner leaves it that is killed while the server is at the second statement.
      await sandbox.client.query(`delete from mikro_orm_migrations; drop table c;
        delete from mikro_orm_migrations_journal where event in ('applied', 'end') or statement = 3 or statement = 2 and event = 'done'`);
      const [found, note] = await findingsOf(sandbox);
      assert.deepEqual([found?.kind, note?.kind], ['half-done', 'last-run']);
      assert.match(
        found?.evidence.join('\n') ?? '',
        /open {2}2 {2}vacuum a\nsent 20.*nobody heard the answer; it does no harm to send it again/,
      );
      assert.deepEqual(found?.remedies, ['took-effect', 'took-no-effect', 'begin-again']);
      await mended(sandbox, '--took-no-effect', name, '--reason', 'looked');
      assert.match((await findingsOf(sandbox))[0]?.evidence.join('\n') ?? '', /failed 20.*somebody has found out/);
      assert.equal((await up(sandbox)).ran.length, 1);
      assert.deepEqual(
        await sandbox.values("select statement from mikro_orm_migrations_journal where event = 'done' order by id"),
        [1, 2, 3],
      );
    }));

  it('the session of a runner that was killed is left to end first', () =>
    withProject(async (sandbox) => {
      const name = sandbox.write('a', outside('create table a (id int)', 'select * from nowhere'));
      await refused(up(sandbox));
      // A runner that was killed has written nothing more, and its session goes on in the server.
      await sandbox.client.query("delete from mikro_orm_migrations_journal where event = 'failed'");
      await sandbox.client.query("set application_name = 'nx-mikro-orm up'");
      await sandbox.client.query(
        "update mikro_orm_migrations_journal set backend = pg_backend_pid(), at = now() where event = 'run'",
      );
      const problem = await refused(mended(sandbox, '--begin-again', name, '--reason', 'x'));
      assert.equal(problem.code, 'session-lives');
    }));
});
