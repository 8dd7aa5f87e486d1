import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withDatabase } from '../../test/database.ts';
import { withProject, type Sandbox } from '../../test/project.ts';
import { compareCatalogues, describe as inWords, readCatalogue, type Client } from '../catalogue/index.ts';
import { run } from '../run/run.ts';
import { adopt } from './adopt.ts';

const catalogueOf = (client: Client) =>
  readCatalogue(client, { ignore: (_, name) => name.startsWith('mikro_orm_migrations') });

const assertSame = async (one: Client, other: Client) =>
  assert.deepEqual(compareCatalogues(await catalogueOf(one), await catalogueOf(other)).map(inWords), []);

const table = 'create table lesson (id integer primary key, body text)';
const own = 'create text search configuration own';
const functions = ['compared', 'differ'].map(
  (name) => `create function ${name}(integer, integer) returns integer language sql immutable as 'select $1 - $2'`,
);
const orderedBy = (name: string) =>
  `create operator class own for type integer using btree as operator 1 <, operator 2 <=, operator 3 =, operator 4 >=,
   operator 5 >, function 1 ${name}(integer, integer)`;

/** What cannot be altered in place, before and after, and what depends on it and stays as it is. */
const cases: Record<string, { before: string[]; after: string[]; dependent: string[] }> = {
  'a text search configuration under an index': {
    before: [`${own} (copy = simple)`],
    after: [`${own} (parser = "default")`],
    dependent: [table, "create index on lesson using gin (to_tsvector('own', body))"],
  },
  'a text search dictionary under a computed column': {
    before: ['create text search dictionary words (template = simple, accept = true)'],
    after: ['create text search dictionary words (template = snowball, language = english)'],
    dependent: [
      `${own} (copy = simple)`,
      'alter text search configuration own alter mapping for asciiword with words',
      table,
      "alter table lesson add words tsvector generated always as (to_tsvector('own'::regconfig, body)) stored",
    ],
  },
  'an operator class under an index': {
    before: [...functions, orderedBy('differ')],
    after: [...functions, orderedBy('compared')],
    dependent: [table, 'create index on lesson (id own)'],
  },
  'an operator under a view': {
    before: ['create operator === (leftarg = text, rightarg = text, function = texteq)'],
    after: ['create operator === (leftarg = text, rightarg = text, function = textne)'],
    dependent: ["create view same as select 'a' === 'b' as is_same"],
  },
  'an aggregate under a view': {
    before: ["create aggregate total (integer) (sfunc = int4pl, stype = integer, initcond = '0')"],
    after: ["create aggregate total (integer) (sfunc = int4pl, stype = integer, initcond = '5')"],
    dependent: [table, 'create view all_lessons as select total(id) from lesson'],
  },
};

describe('what depends on a thing that is made anew', () => {
  for (const [title, { before, after, dependent }] of Object.entries(cases))
    it(title, () =>
      withProject((sandbox: Sandbox) =>
        withDatabase(async (wanted, url) => {
          const { client, project } = sandbox;
          sandbox.write('first', { up: [...before, ...dependent], down: ['select 1'] });
          for (const sql of [...after, ...dependent]) await wanted.query(sql);
          await run(project, { direction: 'up' });
          const first = await catalogueOf(client);
          assert.ok(await adopt(project, { message: 'anew', url, decisions: [] }), 'nothing was created');
          await run(project, { direction: 'up' });
          await assertSame(wanted, client);
          await run(project, { direction: 'down' });
          assert.deepEqual(compareCatalogues(first, await catalogueOf(client)).map(inWords), []);
        }),
      ),
    );
});
