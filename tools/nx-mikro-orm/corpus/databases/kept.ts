/** What somebody decided to keep, which is asked once. */
import type { Pairs } from './pair.ts';

export const kept: Pairs = {
  'a column and a table that the database has not': {
    before: 'create table t (a int, b int); create table u (x int primary key, y int); create index i on u (y)',
    after: 'create table t (a bigint)',
    rows: ['insert into t values (1, 2)', 'insert into u values (3, 4)'],
    decisions: ['keep t.b', 'keep u'],
    kept: [
      'column public.t.b',
      'column public.u.x',
      'column public.u.y',
      'constraint public.u.u_pkey',
      'index public.u.i',
      'table public.u',
    ],
    up: [['select a + b + x + y from t, u', ['10']]],
  },
  'a change that PostgreSQL does not make, beside one that it makes': {
    before: `create foreign data wrapper w; create server s version '1' foreign data wrapper w; create foreign table t (a int) server s`,
    after: `create foreign data wrapper w; create server s foreign data wrapper w; create foreign table t (a int, b text) server s`,
    decisions: ['keep s'],
    kept: ['server s'],
  },
  'the order of values that nobody sorts by; new ones still come': {
    before: "create type mood as enum ('good', 'bad'); create table t (m mood)",
    after: "create type mood as enum ('bad', 'so-so', 'good'); create table t (m mood)",
    rows: ["insert into t values ('bad')"],
    volunteered: ['keep mood'],
    kept: ['type public.mood'],
    never: [/rename/i],
    up: [['select unnest(enum_range(null::mood))::text', ['good', 'bad', 'so-so']]],
  },
  'nothing but changes that PostgreSQL does not make': {
    before: `create foreign data wrapper w; create server s version '1' foreign data wrapper w; create foreign table t (a int) server s;
      create server z type 'x' foreign data wrapper w; create foreign table u (a int) server z`,
    after: `create foreign data wrapper w; create server s foreign data wrapper w; create foreign table t (a int) server s;
      create server z type 'y' foreign data wrapper w; create foreign table u (a int) server z`,
    decisions: ['keep s', 'keep z'],
    kept: ['server s', 'server z'],
  },
};
