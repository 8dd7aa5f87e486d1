import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filling } from '../../../test/filling.ts';

/** Conditions a table may have, with what has to be found in its rows besides. */
const conditions: Record<string, { table: string; holds?: string; atLeast?: number; setup?: string }> = {
  'a list of texts': { table: `a text check (a in ('draft', 'it''s', 'done'))`, holds: 'count(distinct a) = 3' },
  'a list in a varchar that may be null': {
    table: `a varchar(20) check (a = any (array['x', 'y', 'z']::text[]))`,
    holds: 'count(distinct a) = 3 and bool_or(a is null)',
  },
  'a list of numbers': { table: 'a smallint not null check (a in (10, 20, 30, 40))', holds: 'count(distinct a) = 4' },
  'a short span': { table: 'a int not null check (a between 1 and 5)', holds: 'min(a) = 1 and max(a) = 5' },
  'a span far away': { table: 'a int not null unique check (a >= 5000 and a < 6000)', holds: 'min(a) = 5000' },
  'more than nothing': { table: 'a numeric(8,2) not null check (a > 0)', holds: 'max(a) = 999999.99' },
  'a rate': { table: 'a numeric(3,2) not null check (a >= 0 and a <= 1)', holds: 'max(a) = 1' },
  'a length': {
    table: 'a text not null unique check (length(a) >= 3 and char_length(a) <= 30)',
    holds: 'max(length(a)) = 30',
  },
  'an exact length': { table: 'a varchar(40) not null unique check (length(a) = 36)' },
  'a code': { table: `a text not null unique check (a ~ '^[A-Z]{2}-[0-9]{4}(/[a-f]+)?$')`, atLeast: 5 },
  'a slug': { table: `a text not null unique check (a ~ '^[a-z0-9]+(?:-[a-z0-9]+)*$')`, atLeast: 5 },
  'an address': { table: `a text not null unique check (a ~* '^[^@\\s]+@[^@\\s]+\\.[a-z]{2,}$')`, atLeast: 5 },
  'a colour': { table: `a char(7) not null unique check (a ~ '^#[0-9a-f]{6}$')`, atLeast: 5 },
  'a number as text': { table: `a text not null unique check (a ~ '^\\d{1,3}(\\.\\d+)?$')`, atLeast: 5 },
  'similar to': { table: `a text not null unique check (a similar to '[A-Z]{3}-(x|y)[0-9]')`, atLeast: 5 },
  like: { table: `a text not null unique check (a like 'INV-%')`, atLeast: 5 },
  'not empty': { table: `a text not null unique check (a <> '' and a = trim(a))`, atLeast: 5 },
  'lower case': { table: 'a text not null unique check (a = lower(a))', atLeast: 5 },
  'a text that is cast': { table: `a text not null unique check (a::int > 3)`, atLeast: 5 },
  'one before the other': { table: 'a date not null, b date not null, check (a < b)', holds: 'bool_and(a < b)' },
  'one before the other, if there is one': {
    table: 'a timestamptz not null, b timestamptz, check (b is null or b > a)',
    holds: 'bool_or(b is null) and bool_or(b > a)',
  },
  'three in a row': {
    table: 'a int not null, b int not null, c int not null, check (a <= b and b <= c), check (a >= 0)',
  },
  'exactly one of three': {
    table: 'a int, b text, c uuid, check (num_nonnulls(a, b, c) = 1)',
    holds: 'count(a) > 0 and count(b) > 0 and count(c) > 0',
  },
  'both or none': {
    table: 'a int, b text, check ((a is null) = (b is null))',
    holds: 'count(a) > 0 and bool_or(a is null)',
  },
  'depends on a state': {
    setup: `create type state as enum ('open', 'paid', 'closed', 'void')`,
    table: `a state not null, b timestamptz, c numeric(10,2), check (a <> 'paid' or b is not null), check (a <> 'void' or c = 0)`,
    holds: 'count(distinct a) = 4',
  },
  'a list in a condition on two': {
    table: `a text not null, b int not null, check (a = 'x' and b > 10 or a = 'y' and b < 0 or a = 'z')`,
    holds: 'count(distinct a) = 3',
  },
  'a kind of json': { table: `a jsonb not null check (jsonb_typeof(a) = 'array')` },
  'so many elements': { table: 'a text[] not null check (cardinality(a) between 1 and 3)' },
  'a domain': {
    setup: `create domain grade as int check (value between 1 and 6) check (value <> 4); create domain better as grade check (value < 3)`,
    table: 'a grade not null, b better, c grade[] not null',
    holds: 'count(distinct a) = 5 and count(distinct b) = 2 and bool_or(b is null)',
  },
  'a function that looks at the whole row': {
    table: `a int not null; create function fine(t) returns bool language sql immutable as 'select $1.a < 9'; alter table t add check (fine(t))`,
    holds: 'bool_and(a < 9)',
    atLeast: 5,
  },
  'unique truth': { table: 'a bool not null unique', atLeast: 2 },
  'unique pairs': { table: 'a bool not null, b bool not null, unique (a, b)', atLeast: 4 },
  'unique without case': { table: 'a text not null, x int; create unique index on t (lower(a))', atLeast: 5 },
  'unique later': {
    table: 'a bool unique deferrable initially deferred, b int unique deferrable',
    holds: 'count(a) = 2 and count(b) = count(distinct b)',
  },
  'ranges that do not overlap': { table: 'a int4range not null, exclude using gist (a with &&)', atLeast: 5 },
  'ranges that do not overlap later': {
    table: 'a tstzrange, exclude using gist (a with &&) deferrable initially deferred',
    holds: '(select count(*) from t x, t y where x.ctid < y.ctid and x.a && y.a) = 0',
    atLeast: 5,
  },
  'a room and a time': {
    setup: 'create extension btree_gist',
    table: 'a int not null, b daterange not null, exclude using gist (a with =, b with &&)',
    atLeast: 5,
  },
  'generated from what may be too large': {
    table:
      'a int not null, b int generated always as (a * 2) stored, c text generated always as (upper(d)) stored, d text, unique (b)',
    holds: 'bool_and(b = a * 2)',
    atLeast: 5,
  },
  'identity always': {
    table:
      'a bigint generated always as identity primary key, b int generated by default as identity (start 10 increment 5)',
    holds: 'min(a) = 1',
  },
  'no column at all': { table: '' },
  'nothing but what the server computes': { table: `b int generated always as (5) stored` },
  'names that have to be quoted': {
    table: `"ür's" int not null check ("ür's" > 0), "se""lect" text check ("se""lect" <> 'x'), "a b" serial`,
    holds: `min("ür's") > 0`,
  },
};

for (const [name, { table, holds, atLeast = 5, setup = '' }] of Object.entries(conditions))
  test(`rows that meet: ${name}`, async () => {
    await filling(
      `${setup}; create table t (${table.includes(';') ? table.replace(';', ');') : `${table})`}`,
      ['t'],
      async ({ filled, empty, one }) => {
        assert.deepEqual(empty, {});
        assert.ok((filled['t'] ?? 0) >= atLeast, `${filled['t']} rows`);
        assert.equal(await one('select count(*)::int from t'), filled['t']);
        if (holds) assert.equal(await one(`select ${holds} from t`), true, holds);
      },
    );
  });

test('what no row can be thought of for is told by name', async () => {
  await filling(
    `create table t (a int not null check (a > 5), b int not null, check (a * b = 987654)); create table u (id int references t not null);
     alter table t add primary key (a); create view v as select 1; create table w (a int check (a <> a) not null);
     create table p (a int) partition by list (a); create table x (a int, b int); create rule r as on insert to x do instead nothing`
      .replace('create table u (id int references t not null);', '')
      .concat('; create table u (id int not null references t)'),
    ['t', 'u', 'v', 'w', 'p', 'absent', 'x'],
    async ({ filled, empty, one }) => {
      assert.deepEqual(empty, {
        absent: 'there is no such table',
        p: 'it has no partition that could take rows',
        t: 'no value was found for a, b that meets (a > 5) and ((a * b) = 987654)',
        u: 'what it references by id has no rows',
        v: 'it is a view',
        w: 'no value was found for a that meets (a <> a)',
      });
      assert.deepEqual(Object.keys(filled), ['x']);
      assert.equal(await one('select count(*)::int from x'), filled['x']);
    },
  );
});
