import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { escapeIdentifier, escapeLiteral } from 'pg';
import { withProject } from '../../test/project.ts';
import { stamp } from '../check/stamp.ts';
import { run } from '../run/run.ts';

/** A setting of the database, a column's default that means something else under it, and what the default has to be. */
const cases: Record<string, [value: string, column: string, found: string]> = {
  datestyle: ['German, DMY', "c date default '01/02/2024'", '2024-01-02'],
  intervalstyle: ['sql_standard', "c interval default '-1 2:03'", '-1 days +02:03:00'],
  timezone: ['Asia/Kathmandu', "c timestamptz default '2024-01-02 00:00'", '2024-01-02 00:00:00+00'],
  standard_conforming_strings: ['off', String.raw`c text default 'a\\b'`, String.raw`a\\b`],
  array_nulls: ['off', "c text[] default '{NULL}'", '{NULL}'],
  transform_null_equals: ['on', 'c boolean generated always as ((a = null) is null) stored', 'true'],
  xmloption: ['document', "c xml default 'no document'", 'no document'],
};

describe('what a revision means does not depend on settings', () => {
  for (const userSchema of [false, true])
    it(`a schema that is called like the role, ${userSchema ? 'wanted' : 'by chance'}`, () =>
      withProject(async (sandbox) => {
        const { client, project, values } = sandbox;
        const [user] = (await values('select current_user')) as [string];
        await client.query(`create schema ${escapeIdentifier(user)}`);
        sandbox.write('a', { up: ['create table t (a int)', 'insert into t values (1)'] });
        await run({ ...project, config: { ...project.config, userSchema } }, { direction: 'up' });
        const where = "select relnamespace::regnamespace::text from pg_class where relname = 't'";
        assert.deepEqual(await values(where), [userSchema ? user : 'public']);
      }));

  for (const [name, [value, column, found]] of Object.entries(cases))
    for (const whose of ['database', 'role'])
      it(`${name} of the ${whose}`, () =>
        withProject(async (sandbox) => {
          const { client, project, url, values } = sandbox;
          const database = `database "${new URL(url).pathname.slice(1)}"`;
          await client.query(
            `alter ${whose === 'role' ? `role current_user in ${database}` : database} set ${name} = ${escapeLiteral(value)}`,
          );
          sandbox.write('a', { up: [`create table t (a int, ${column})`, 'insert into t (a) values (1)'] });
          await run(project, { direction: 'up' });
          await client.query("set timezone = 'UTC'");
          assert.deepEqual(await values('select c::text from t'), [found]);
          assert.equal((await stamp(project, 'head', { force: false })).verified, true);
        }));
});
