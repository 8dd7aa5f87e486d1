import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { emptyDatabase, sharedDatabase } from '../../test/database.ts';
import { listed, two } from '../../test/losing.ts';
import { loses, lossInWords, lossLines, lossOf, total, type Loss } from './loss.ts';

/** Three rows in q1, five in q2, one in the partition r1 of the partition r. */
const parted = `create table p (id int, x int) partition by range (id);
  create table q1 partition of p for values from (0) to (10);
  create table q2 partition of p for values from (10) to (20);
  create table r partition of p for values from (20) to (30) partition by range (id);
  create table r1 partition of r default;
  insert into p select n, nullif(n, 2) from generate_series(1, 3) n;
  insert into p select n from generate_series(10, 14) n;
  insert into p values (20, 1);`;

const family = `create table parent (id int, x int); create table child (y int) inherits (parent);
  create table heir (x int) inherits (parent);
  insert into parent values (1, 1); insert into child values (2, 2, 2), (3, null, 3); insert into heir values (4, 4);`;

interface Case {
  given: string;
  statements: string[];
  /** `table name rows` or `column name values`. */
  lost: string[];
  uncounted?: string[];
}

const cases: Record<string, Case[]> = {
  'dropped tables': [
    { given: two, statements: ['drop table a'], lost: ['table a 2'] },
    { given: two, statements: ['drop table if exists a, b cascade'], lost: ['table a 2', 'table b 3'] },
    { given: two, statements: ['drop table a;\ndrop table b -- é'], lost: ['table a 2', 'table b 3'] },
    { given: two, statements: ['drop table a', 'drop table if exists a'], lost: ['table a 2'] },
    { given: two, statements: ['drop table if exists nowhere, elsewhere.a'], lost: [] },
    { given: 'create table a ()', statements: ['drop table a'], lost: ['table a 0'] },
    { given: two, statements: ['truncate a, only b'], lost: ['table a 2', 'table b 3'] },
    { given: two, statements: ['truncate a', 'drop table a'], lost: ['table a 2'] },
    {
      given: `create table a (id int primary key); create table b (id int primary key references a); create table c (id int references b);
        insert into a values (1); insert into b values (1); insert into c values (1), (null)`,
      statements: ['truncate a cascade'],
      lost: ['table a 1', 'table b 1', 'table c 2'],
    },
    {
      given: `create table a (id int primary key); create table b (id int references a); insert into a values (1)`,
      statements: ['drop table a cascade'],
      lost: ['table a 1'],
    },
    {
      given: `create schema "S s"; create table "S s"."T;""" as select 1 as "a b"; create table "Up" as select 1 as id`,
      statements: ['drop table "S s"."T;"""', 'drop table "Up"', 'drop table if exists up'],
      lost: ['table "S s"."T;""" 1', 'table "Up" 1'],
    },
    { given: 'create unlogged table a as select 1', statements: ['drop table a'], lost: ['table a 1'] },
  ],
  'dropped columns': [
    { given: two, statements: ['alter table b drop column x'], lost: ['column b.x 2'] },
    {
      given: two,
      statements: ['alter table b drop x, drop column if exists id cascade'],
      lost: ['column b.x 2', 'column b.id 3'],
    },
    { given: two, statements: ['alter table b drop x', 'drop table b'], lost: ['table b 3'] },
    { given: two, statements: ['alter table b drop column if exists y', 'alter table if exists c drop y'], lost: [] },
    {
      given: 'create table a (id int, twice int generated always as (id * 2) stored); insert into a values (1)',
      statements: ['alter table a drop column twice'],
      lost: [],
    },
    {
      given: 'create table "A" as select 1 as "b c"',
      statements: ['alter table "A" drop "b c"'],
      lost: ['column "A"."b c" 1'],
    },
  ],
  'partitions and children': [
    { given: parted, statements: ['drop table p'], lost: ['table p 9'] },
    { given: parted, statements: ['drop table q1', 'drop table p'], lost: ['table p 9'] },
    { given: parted, statements: ['drop table q1', 'drop table r'], lost: ['table q1 3', 'table r 1'] },
    { given: parted, statements: ['alter table p detach partition q1', 'drop table p'], lost: ['table p 6'] },
    {
      given: parted,
      statements: ['alter table p detach partition q1', 'drop table p', 'drop table q1'],
      lost: ['table p 6', 'table q1 3'],
    },
    {
      given: `${parted} create table s as select 31 as id, 1 as x`,
      statements: ['alter table p attach partition s for values from (30) to (40)', 'drop table p'],
      lost: ['table p 9', 'table s 1'],
    },
    {
      given: `${parted} create table s as select 31 as id, 1 as x`,
      statements: ['alter table p attach partition s default', 'alter table p detach partition s', 'drop table p'],
      lost: ['table p 9'],
    },
    { given: parted, statements: ['truncate p'], lost: ['table p 9'] },
    { given: parted, statements: ['alter table p drop column x'], lost: ['column p.x 3'] },
    {
      given: parted,
      statements: ['alter table p detach partition q1', 'alter table p drop column x'],
      lost: ['column p.x 1'],
    },
    {
      given: family,
      statements: ['drop table parent cascade'],
      lost: ['table parent 1', 'table child 2', 'table heir 1'],
    },
    { given: family, statements: ['drop table child'], lost: ['table child 2'] },
    { given: family, statements: ['truncate only parent'], lost: ['table parent 1'] },
    { given: family, statements: ['alter table only parent drop column x'], lost: ['column parent.x 1'] },
    // heir has a column x of its own.
    {
      given: family,
      statements: ['alter table parent drop column x'],
      lost: ['column parent.x 1', 'column child.x 1'],
    },
  ],
  'what goes along': [
    {
      given: `create schema s; create table s.a as select 1 as id; create table s.b (); create view s.v as select * from s.a;
        create type s.e as enum ('x'); create table c as select 'x'::s.e as e, 1 as id`,
      statements: ['drop schema s cascade'],
      lost: ['table s.a 1', 'table s.b 0', 'column c.e 1'],
    },
    { given: 'create schema s; create table s.a ()', statements: ['drop schema if exists nowhere cascade'], lost: [] },
    {
      given: `create type e as enum ('x'); create domain d as e; create table a as select 'x'::e as x, 'x'::d as y, array['x'::e] as z, 1 as id`,
      statements: ['drop type e cascade'],
      lost: ['column a.x 1', 'column a.y 1', 'column a.z 1'],
    },
    {
      given: `create domain d as int; create table a as select 1::d as x, 1 as y`,
      statements: ['drop domain d cascade'],
      lost: ['column a.x 1'],
    },
    {
      given: `create type e as enum ('x'); create table a as select 'x'::e as x`,
      statements: ['alter table a alter x type text using x::text', 'drop type e', 'drop type if exists e cascade'],
      lost: [],
      uncounted: ['it changes values'],
    },
    {
      given: `create type e as enum ('x'); create table a as select 'x'::e as x`,
      statements: ['drop type e'],
      lost: [],
    },
    {
      given: "create extension citext; create table a as select 1 as id, 'x'::citext as x",
      statements: ['drop extension citext cascade'],
      lost: ['column a.x 1'],
    },
    {
      given: `${two} create table c (a a); insert into c select a from a`,
      statements: ['drop table a cascade'],
      lost: ['table a 2', 'column c.a 2'],
    },
    {
      given: `${two} create view v as select * from a; create materialized view m as select * from a; create sequence s owned by a.id;
        create index i on a (id); create function f() returns int language sql as 'select 1'`,
      statements: [
        'drop view v',
        'drop materialized view m cascade',
        'drop sequence s',
        'drop index i',
        'drop function f()',
        'alter table a alter name drop default, add column z int, add constraint c check (id > 0)',
        'comment on table a is null',
        'alter table a rename to c',
        'create table d ()',
        'insert into d default values',
        'select count(*), lower(name) from c group by 2',
      ],
      lost: [],
    },
  ],
  'names that change on the way': [
    { given: two, statements: ['alter table a rename to c', 'drop table c'], lost: ['table a 2'] },
    { given: two, statements: ['alter table a rename to c', 'drop table if exists a'], lost: [] },
    {
      given: two,
      statements: [
        'alter table a rename to t',
        'alter table b rename to a',
        'alter table t rename to b',
        'drop table a',
      ],
      lost: ['table b 3'],
    },
    { given: two, statements: ['alter table a rename to c', 'create table a ()', 'drop table a'], lost: [] },
    { given: two, statements: ['create table c ()', 'drop table c'], lost: [] },
    { given: two, statements: ['create table if not exists a ()', 'drop table a'], lost: ['table a 2'] },
    {
      given: two,
      statements: ['drop table a', 'create table a (id int)', 'alter table a drop id', 'drop table a'],
      lost: ['table a 2'],
    },
    { given: two, statements: ['create table c as select * from a', 'drop table c'], lost: [] },
    { given: two, statements: ['alter table b rename x to y', 'alter table b drop y'], lost: ['column b.x 2'] },
    {
      given: two,
      statements: ['alter table b rename x to y', 'alter table b add x int', 'alter table b drop x'],
      lost: [],
    },
    {
      given: two,
      statements: [
        'alter table b add if not exists x int',
        'alter table b rename x to gone',
        'alter table b drop gone',
      ],
      lost: ['column b.x 2'],
    },
    {
      given: 'create table a as select 1 as gone, 2 as new',
      statements: ['alter table a rename gone to x', 'alter table a rename new to y', 'alter table a drop x, drop y'],
      lost: ['column a.gone 1', 'column a.new 1'],
    },
    {
      given: two,
      statements: ['alter table b add y int', 'alter table b alter y type text'],
      lost: [],
    },
    {
      given: two,
      statements: ['alter table b drop x', 'alter table b add x text', 'alter table b drop x'],
      lost: ['column b.x 2'],
    },
    { given: two, statements: ['alter table b add y int', 'alter table b drop y'], lost: [] },
    {
      given: two,
      statements: ['alter table b rename x to y', 'alter table b rename to c', 'alter table c drop y'],
      lost: ['column b.x 2'],
    },
    {
      given: `${two} create schema s`,
      statements: ['alter table a set schema s', 'alter schema s rename to t', 'drop schema t cascade'],
      lost: ['table a 2'],
    },
    {
      given: 'create schema s; create table s.a as select 1; create table s.b as select 1',
      statements: ['alter table s.a set schema public', 'drop schema s cascade', 'drop schema if exists s cascade'],
      lost: ['table s.b 1'],
    },
    {
      given: 'create schema s; create table s.a as select 1',
      statements: [
        'alter schema s rename to t',
        'create schema s',
        'drop table if exists s.a',
        'drop schema s cascade',
      ],
      lost: [],
    },
    {
      given: `create type e as enum ('x'); create table a as select 'x'::e as x`,
      statements: [
        'alter type e rename to f',
        "create type e as enum ('y')",
        'drop type e cascade',
        'drop type f cascade',
      ],
      lost: ['column a.x 1'],
    },
    {
      given: `create schema s; create schema t; create table s.a as select 1; create table t.a as select 1 from generate_series(1, 4); set search_path to t, s`,
      statements: [
        'drop table a',
        'set local search_path to "$user", public',
        'drop table if exists a',
        'set search_path to s',
        'drop table a',
      ],
      lost: ['table s.a 1', 'table a 4'],
    },
    {
      given: `create schema s; create schema t; create table s.a as select 1; create table t.a as select 1 from generate_series(1, 4); set search_path to t, s`,
      statements: ['drop table a', 'drop table a'],
      lost: ['table s.a 1', 'table a 4'],
    },
  ],
  'what cannot be counted': [
    { given: two, statements: ['delete from a where id = 1'], lost: [], uncounted: ['it deletes rows'] },
    {
      given: two,
      statements: ['with gone as (delete from a returning *) select * from gone'],
      lost: [],
      uncounted: ['it deletes rows'],
    },
    { given: two, statements: ['update a set name = null'], lost: [], uncounted: ['it changes values'] },
    { given: two, statements: ['alter table a alter column id type text'], lost: [], uncounted: ['it changes values'] },
    {
      given: `${two} create unique index on a (id)`,
      statements: ["insert into a values (1) on conflict (id) do update set name = 'y'"],
      lost: [],
      uncounted: ['it changes values'],
    },
    {
      given: two,
      statements: ['insert into a select * from a', 'insert into a values (1) on conflict do nothing'],
      lost: [],
    },
    {
      given: two,
      statements: [
        'create table c (id int)',
        'delete from c',
        'update c set id = 1',
        'alter table c alter id type text',
      ],
      lost: [],
    },
    {
      given: two,
      statements: ['alter table a rename to c', 'delete from a', 'delete from c'],
      lost: [],
      uncounted: ['it deletes rows'],
    },
    {
      given: 'create table a (id int); create view v as select * from a',
      statements: ['delete from a', 'update v set id = 1', 'alter table a alter id type text'],
      lost: [],
    },
    {
      given: 'create table a as select 1 as id; create view v as select * from a',
      statements: ['delete from a', 'update v set id = 1'],
      lost: [],
      uncounted: ['it deletes rows', 'it changes values'],
    },
    { given: two, statements: ['do $$ begin drop table a; end $$'], lost: [], uncounted: ['it runs code'] },
    {
      given: two,
      statements: ["select setval('s', 1)", 'select public.mend(1)'],
      lost: [],
      uncounted: ['it calls public.mend()'],
    },
    {
      given: two,
      statements: ['drop owned by current_user'],
      lost: [],
      uncounted: ['it drops everything that a role owns'],
    },
    { given: two, statements: ['drop tabel a'], lost: [], uncounted: ['it is not SQL that this tool can read'] },
    {
      given: '',
      statements: ['drop collation if exists c cascade'],
      lost: [],
      uncounted: ['it drops what depends on it'],
    },
  ],
};

const inDatabase = sharedDatabase(emptyDatabase);

for (const [group, list] of Object.entries(cases))
  describe(group, () => {
    for (const { given, statements, lost, uncounted = [] } of list)
      it(statements.join('; '), () =>
        inDatabase(async (client) => {
          await client.query(given);
          const loss = await lossOf(client, statements);
          assert.deepEqual(listed(loss), lost.toSorted());
          assert.deepEqual(
            loss.uncounted.map(({ why }) => why),
            uncounted,
          );
        }),
      );
  });

it('is said in lines', () => {
  const loss: Loss = {
    items: [
      { what: 'column', name: 'pupil.nickname', rows: 1 },
      { what: 'table', name: 'lesson', rows: 1204567 },
      { what: 'table', name: 'empty', rows: 0 },
    ],
    uncounted: [{ statement: 'update lesson\n  set at = null', why: 'it changes values' }],
  };
  assert.equal(total(loss), 1204568);
  assert.equal(lossInWords(loss), '1 204 567 rows, 1 value and what cannot be counted');
  assert.deepEqual(
    [loses(loss), loses({ ...loss, items: [] }), loses({ items: [], uncounted: [] })],
    [true, true, false],
  );
  assert.deepEqual(lossLines(loss), [
    'table lesson: 1 204 567 rows',
    'column pupil.nickname: 1 value',
    'table empty: no rows',
    'not counted: update lesson set at = null (it changes values)',
  ]);
});
