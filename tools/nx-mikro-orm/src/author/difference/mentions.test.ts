import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withDatabase } from '../../../test/database.ts';
import { decisionsOf } from '../../../test/decisions.ts';
import { withProject } from '../../../test/project.ts';
import { run } from '../../run/run.ts';
import { adopt } from '../adopt.ts';

const body = (text: string, returns = 'int', language = 'sql') =>
  `returns ${returns} language ${language} as $$${text}$$`;

const before = `create type mood as enum ('good', 'bad'); create table person (id int, email text, "Nick" text, m mood);
  create table other (email text)`;

/** A function, and what is said of it when email is renamed, "Nick" dropped, the value bad, and the table other. */
const cases: Record<string, [sql: string, said: string[]]> = {
  'a query': [
    `create function f(text) ${body('select id from person where email = $1')}`,
    ['f(text) mentions person.email, which is not there any more'],
  ],
  'a query that is put together': [
    `create function f() ${body('begin execute \'select "Nick" from person\'; return 1; end', 'int', 'plpgsql')}`,
    ['f() mentions person."Nick", which is not there any more'],
  ],
  'a trigger, which names no table': [
    `create function f() ${body('begin new.email = lower(new.email); return new; end', 'trigger', 'plpgsql')};
     create trigger t before insert on person for each row execute function f()`,
    ['f() mentions person.email, which is not there any more'],
  ],
  'a value': [
    `create function f() ${body("select count(*)::int from person where m = 'bad'")}`,
    ['f() mentions the value bad of mood, which is not there any more'],
  ],
  'a table': [
    `create function f() ${body('begin return (select count(*) from other); end', 'int', 'plpgsql')}`,
    ['f() mentions public.other, which is not there any more'],
  ],
  'a word that is about something else, a comment, and a part of a word': [
    `create function f(email text) ${body("select 1 /* person.email */ where 'emails' <> 'good'")}`,
    [],
  ],
};

describe('what functions still name', () => {
  it('a trigger that breaks is seen when rows are written after up; one that worked before is not', () =>
    withDatabase(async (client, url) => {
      const triggers = `create function f() ${body('begin new.email = lower(new.email); return new; end', 'trigger', 'plpgsql')};
        create trigger t before insert on person for each row execute function f();
        create function g() ${body('begin perform old.id; return new; end', 'trigger', 'plpgsql')};
        create trigger g before update on person for each row execute function g()`;
      await client.query(`create table person (id int primary key, mail text); ${triggers}`);
      await withProject(async ({ project, write }) => {
        write('before', { up: [`create table person (id int primary key, email text); ${triggers}`] });
        await run(project, { direction: 'up' });
        const adopted = await adopt(project, {
          url,
          message: 'after',
          decisions: decisionsOf(['rename person.email:mail']),
        });
        assert.deepEqual(adopted?.created.proof?.rows?.unseen, [
          'an insert into person fails then: record "new" has no field "email"',
        ]);
      });
    }));

  for (const [name, [sql, said]] of Object.entries(cases))
    it(name, () =>
      withDatabase(async (client, url) => {
        await client.query('set check_function_bodies = off');
        await client.query(
          `create type mood as enum ('good'); create table person (id int, mail text, m mood); ${sql}`,
        );
        await withProject(async ({ project, write }) => {
          write('before', { up: [before, 'set local check_function_bodies = off', sql] });
          await run(project, { direction: 'up' });
          const decisions = decisionsOf([
            'rename person.email:mail',
            'drop person."Nick"',
            'drop mood.bad',
            'drop other',
          ]);
          const adopted = await adopt(project, { url, message: 'after', decisions });
          assert.deepEqual(adopted?.created.mentions, said);
        });
      }),
    );
});
