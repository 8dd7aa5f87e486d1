import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { EntitySchema } from '@mikro-orm/postgresql';
import type { Client } from 'pg';
import { withProject, type Sandbox } from '../../../test/project.ts';
import { refused } from '../../../test/refused.ts';
import { open } from '../../postgres/connect/connect.ts';
import { differencesOfModels } from '../../author/create.ts';
import { linkHistory } from '../../history/graph.ts';
import { readRevisions } from '../../history/read.ts';
import { mark, type LeftOut } from './confine.ts';

const Pupil = new EntitySchema({
  name: 'Pupil',
  tableName: 'pupil',
  properties: { id: { type: 'integer', primary: true }, name: { type: 'text' } },
});

const id = randomBytes(4).toString('hex');
const [role, login, victim] = [`made_${id}`, `login_${id}`, `victim_${id}`];
let admin: Client;

before(async () => {
  admin = await open(process.env['SCRATCH_DATABASE_URL'] ?? process.env['TEST_DATABASE_URL'] ?? '');
  await admin.query(`create role ${victim}`);
});

after(async () => {
  for (const name of [victim, login]) await admin.query(`drop role if exists ${name}`);
  await admin.end();
});

const withPupil = (work: (sandbox: Sandbox) => Promise<void>) =>
  withProject(
    async (sandbox) => {
      sandbox.write('pupil', { up: ['create table pupil (id serial primary key, name text not null)'] });
      await work(sandbox);
    },
    () => [Pupil],
  );

async function look({ project }: Sandbox): Promise<LeftOut[]> {
  const found: LeftOut[] = [];
  const history = linkHistory(readRevisions(project.revisions));
  const differences = await differencesOfModels(project, history, { onLeftOut: (leftOut) => found.push(...leftOut) });
  assert.deepEqual(differences, []);
  return found;
}

const comment = async (name: string): Promise<string | null | undefined> =>
  (
    await admin.query<{ comment: string | null }>(
      `select shobj_description(oid, 'pg_authid') as comment from pg_roles where rolname = $1`,
      [name],
    )
  ).rows[0]?.comment;

describe('on the server of SCRATCH_DATABASE_URL', () => {
  it('of a text, only what reaches out is left out, and that is known the next time as well', () =>
    withPupil(async (sandbox) => {
      const name = sandbox.write('text', {
        up: [`create table a (); alter role ${victim} superuser; create table b ()`, 'drop table a, b'],
      });
      const expected = [{ revision: name, statement: `alter role ${victim} superuser` }];
      assert.deepEqual(await look(sandbox), expected);
      assert.deepEqual(await look(sandbox), expected);
      const { rows } = await admin.query('select rolsuper from pg_roles where rolname = $1', [victim]);
      assert.deepEqual(rows, [{ rolsuper: false }]);
    }));

  it('a block that makes a role makes one that bears a mark, and that can be granted to and own', () =>
    withPupil(async (sandbox) => {
      sandbox.write('role', {
        up: [
          `do $$ begin create role ${role} login superuser; exception when duplicate_object then raise notice 'there'; end $$`,
          `grant select on pupil to ${role}; create table own (); alter table own owner to ${role}`,
          `alter table own add a int; set role ${role}; alter table own add b int; drop table own`,
        ],
      });
      assert.deepEqual(await look(sandbox), []);
      assert.equal(await comment(role), mark);
      const { rows } = await admin.query('select rolsuper, rolcanlogin from pg_roles where rolname = $1', [role]);
      assert.deepEqual(rows, [{ rolsuper: false, rolcanlogin: false }]);
    }));

  it('what a dump says of owners and of the session is no obstacle', () =>
    withPupil(async (sandbox) => {
      const { rows } = await admin.query<{ name: string }>('select quote_ident(current_user) as name');
      sandbox.write('dump', {
        up: [
          `set row_security = off; set session_replication_role = replica; insert into pupil (name) values ('x');
           set session_replication_role = default; alter table pupil owner to ${rows[0]?.name};
           alter table pupil enable row level security; alter table pupil force row level security`,
          `insert into pupil (name) values ('y')`,
          `alter table pupil disable row level security; alter table pupil no force row level security;
           create schema s authorization ${victim}; drop schema s`,
        ],
      });
      assert.deepEqual(await look(sandbox), []);
    }));

  it('what a role of the revision may not do is told as what it is', () =>
    withPupil(async (sandbox) => {
      sandbox.write('role', { up: [`create role ${role}`, `set role ${role}; insert into pupil (name) values ('x')`] });
      assert.equal((await refused(look(sandbox))).code, 'step-failed');
    }));

  it('what is put together at run time is refused by name, with the way out', () =>
    withPupil(async (sandbox) => {
      const name = sandbox.write('dynamic', { up: [`do $$ begin execute 'drop ' || 'role ${victim}'; end $$`] });
      const problem = await refused(look(sandbox));
      assert.equal(problem.code, 'reaches-out');
      assert.match(problem.message, new RegExp(`^${name} reaches beyond its database.*42501`, 's'));
      assert.match(problem.next.join('\n'), /a statement of its own/);
      assert.equal(await comment(victim), null);
    }));

  it('a login that is no superuser is used as it is', () =>
    withPupil(async (sandbox) => {
      await admin.query(`create role ${login} login createdb password 'secret'`);
      const before = process.env['SCRATCH_DATABASE_URL'];
      const url = new URL(before ?? process.env['TEST_DATABASE_URL'] ?? '');
      [url.username, url.password] = [login, 'secret'];
      process.env['SCRATCH_DATABASE_URL'] = url.href;
      try {
        const name = sandbox.write('plain', { up: [`drop role ${victim}`] });
        assert.deepEqual(await look(sandbox), [{ revision: name, statement: `drop role ${victim}` }]);
        sandbox.write('role', { up: [`create role ${role}_two`] });
        assert.equal((await refused(look(sandbox))).code, 'reaches-out');
        const { rows } = await admin.query<{ name: string }>(
          'select datname as name from pg_database where datdba = $1::regrole',
          [login],
        );
        assert.notDeepEqual(rows, []);
        for (const { name: scratch } of rows) await admin.query(`drop database "${scratch}" with (force)`);
      } finally {
        process.env['SCRATCH_DATABASE_URL'] = before;
      }
    }));
});
