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
};
