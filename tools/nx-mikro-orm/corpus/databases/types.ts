/** Types whose values are inside of others. */
import type { Pairs } from './pair.ts';

export const types: Pairs = {
  'a domain that columns have in an array, and another domain is made of': {
    before: `create domain amount as int check (value > 0); create domain price as amount check (value < 10);
      create table item (price price, amounts amount[])`,
    after: `create domain amount as int check (value >= 0); create domain price as amount check (value < 20);
      create table item (price price, amounts amount[])`,
    rows: ["insert into item values (3, '{4,5}')"],
    up: [['select amounts[2]::int from item', [5]]],
  },
  'a composite type that a function gives and a view takes apart': {
    before: `create type pair as (x int, y int);
      create function f() returns pair language sql as 'select row(1, 2)::pair'; create view v as select (f()).x`,
    after: `create type pair as (x bigint, y int);
      create function f() returns pair language sql as 'select row(1, 2)::pair'; create view v as select (f()).x`,
    up: [['select x::int from v', [1]]],
  },
  'an enum gets another name and another value, and rows go back to the old one': {
    before: `create type kind as enum ('a', 'b', 'c'); create table t (k kind, n int)`,
    after: `create type sort as enum ('a_4', 'b', 'c'); create table t (k sort, n int)`,
    rows: ["insert into t values ('a', 1), ('b', 2)"],
    decisions: ['map sort.a:a_4'],
    up: [['select k::text from t order by n', ['a_4', 'b']]],
    down: [['select k::text from t order by n', ['a', 'b']]],
  },
  'a composite type gets an attribute, and the table that has it a column': {
    before: 'create type addr as (street text, zip int); create table t (id int, home addr, homes addr[])',
    after: `create type addr as (street text, zip int, land text);
      create table t (id int, home addr, homes addr[], n int)`,
    rows: ["insert into t values (1, row('x', 2), array[row('y', 3)::addr])"],
    up: [['select (home).zip + (homes[1]).zip from t', [5]]],
    down: [['select (home).zip + (homes[1]).zip from t', [5]]],
  },
  'a domain gets a check, and nothing else changes': {
    before: `create domain d as text check (value <> ''); create table t (a d unique)`,
    after: `create domain d as text check (value <> '') constraint has_at check (value like '%@%'); create table t (a d unique)`,
    rows: ["insert into t values ('a@b')"],
    up: [['select a::text from t', ['a@b']]],
  },
  'a domain loses a check, and nothing else changes': {
    before: `create domain d as text constraint has_at check (value like '%@%'); create table t (a d)`,
    after: 'create domain d as text; create table t (a d)',
    rows: ["insert into t values ('a@b')"],
    down: [['select a::text from t', ['a@b']]],
  },
  'a domain becomes an enum of the same name': {
    before: `create domain mood as text check (value in ('good', 'bad')); create table t (a mood, b mood[]); create index i on t (a)`,
    after: `create type mood as enum ('good', 'bad'); create table t (a mood, b mood[]); create index i on t (a)`,
    rows: ["insert into t values ('good', '{bad}')"],
    up: [['select a || b[1]::text from t', ['goodbad']]],
  },
  'an enum becomes a composite type of the same name, and a function takes it': {
    before: `create type m as enum ('a'); create function f(m) returns int language sql as 'select 1'; create view v as select f('a') as x`,
    after: `create type m as (a text); create function f(m) returns int language sql as 'select 1'; create view v as select f(row('a')) as x`,
  },
  'an extension goes to another schema, with the types of columns': {
    before: 'create schema tool; create extension hstore; create table t (h hstore)',
    after: 'create schema tool; create extension hstore schema tool; create table t (h tool.hstore)',
    rows: ["insert into t values ('a=>1')"],
    never: [/drop|alter table/],
    up: [["select h operator(tool.->) 'a' from t", ['1']]],
  },
  'beside a materialized view that was never filled': {
    before: 'create table t (a int); create materialized view m as select a from t with no data',
    after: 'create table t (a int, b int); create materialized view m as select a from t',
  },
  'a domain that another one is made of gets another type, and columns have only that': {
    before: `create domain a as int check (value > 0); create domain b as a check (value < 100);
      create table t (x b, y b[]); create view v as select x from t`,
    after: `create domain a as bigint check (value > 0); create domain b as a check (value < 100);
      create table t (x b, y b[]); create view v as select x from t`,
    rows: ["insert into t values (1, '{2}')"],
    up: [['select x::int from t where y = array[2]::b[]', [1]]],
    down: [['select x::int from t', [1]]],
  },
  'three enums take the names of each other': {
    before: `create type a as enum ('1', '2'); create type b as enum ('x', 'y'); create type c as enum ('k');
      create table t (p a, q b default 'x', r c, s a[])`,
    after: `create type b as enum ('1', '2'); create type c as enum ('x', 'y'); create type a as enum ('k');
      create table t (p b, q c default 'x', r a, s b[])`,
    rows: ["insert into t values ('1', 'y', 'k', '{2}')"],
    never: [/drop|using/],
    up: [['select concat(p, q, r, s) from t', ['1yk{2}']]],
    down: [['select concat(p, q, r, s) from t', ['1yk{2}']]],
  },
  'a table lets go of its type, and columns get other names': {
    before: 'create type ty as (a int, b text); create table t of ty',
    after: 'create type ty as (a int, b text); create table t (aa int, bb text)',
    rows: ["insert into t values (1, 'x')"],
    decisions: ['rename t.a:aa', 'rename t.b:bb'],
    up: [['select bb from t', ['x']]],
    down: [['select b from t', ['x']]],
  },
  'a type of which a table is made changes under a view': {
    before: 'create type ty as (a int, b text); create table t of ty; create view v as select a from t',
    after: 'create type ty as (a bigint, b text, c int); create table t of ty; create view v as select a from t',
    rows: ["insert into t values (1, 'x')"],
    up: [['select a::int from t', [1]]],
    down: [['select a from t', [1]]],
  },
  'a type of an extension goes with it, and its values stay on the way back': {
    before: 'create extension citext; create table t (a citext primary key)',
    after: 'create table t (a text primary key)',
    rows: ["insert into t values ('X')"],
    up: [['select a from t', ['X']]],
    down: [["select a::text from t where a = 'x'", ['X']]],
  },
  'a key becomes one of another type that begins anew, and each row has one on the way back': {
    before: 'create table a (id int primary key, n text); create table b (a_id int references a)',
    after: 'create table a (id uuid primary key, n text); create table b (a_id uuid references a)',
    rows: ["insert into a values (7, 'x'), (8, 'y')", 'insert into b values (7)'],
    decisions: ['drop a.id', 'drop b.a_id', 'fill a.id:gen_random_uuid()'],
    up: [['select n from a order by n', ['x', 'y']]],
    down: [['select count(distinct id)::int from a', [2]]],
  },
  'a query that is rows of values, as the server prints it the second time': {
    before: 'create view v as select 1 as a',
    after: 'create view v (a) as select 1 union values (2)',
  },
};
