/** What no model describes: left alone, and brought along where it has to be made anew. */
import { p } from '@mikro-orm/core';
import { of, type Theme } from '../change.ts';

const rows = ["insert into teacher (a) values ('1')"];
const change = (byHand: { up: string[]; down: string[] }, more: object) =>
  of({ a: p.string() }, { a: p.text() }, { byHand, rows, ...more });

export const handwork: Theme = {
  'views of views, with privileges and comments': change(
    {
      up: [
        'create view v as select a from teacher',
        'create view w as select a from v',
        'grant select on w to public',
        "comment on column w.a is 'x'",
        "comment on view v is 'y'",
      ],
      down: ['drop view w', 'drop view v'],
    },
    { up: [['select a from w', ['1']]] },
  ),
  'a materialized view with an index': change(
    {
      up: ['create materialized view v as select a from teacher', 'create unique index on v (a)'],
      down: ['drop materialized view v'],
    },
    {},
  ),
  'a policy, a trigger, a rule and statistics': change(
    {
      up: [
        'alter table teacher enable row level security',
        "create policy own on teacher using (a <> '')",
        'create function f() returns trigger language plpgsql as $$ begin return new; end $$',
        "create trigger t before update of a on teacher for each row when (new.a <> '') execute function f()",
        "create rule r as on delete to teacher where old.a = 'x' do instead nothing",
        'create statistics s on id, a from teacher',
      ],
      down: [
        'drop statistics s',
        'drop rule r on teacher',
        'drop trigger t on teacher',
        'drop function f()',
        'drop policy own on teacher',
        'alter table teacher disable row level security',
      ],
    },
    { never: [/statistics|function/] },
  ),
  'a computed column and an index on it': change(
    {
      up: [
        'alter table teacher add shout text generated always as (upper(a)) stored',
        'create index shouts on teacher (shout)',
      ],
      down: ['alter table teacher drop shout'],
    },
    { up: [['select shout from teacher', ['1']]] },
  ),
  'a function with a body of the standard': change(
    {
      up: [
        'create function f() returns bigint begin atomic select count(a) from teacher; end',
        'create view v as select f()',
      ],
      down: ['drop view v', 'drop function f()'],
    },
    {},
  ),
  'an index, a check and a default': change(
    {
      up: [
        'create index by_hand on teacher (lower(a)) where a is not null',
        'alter table teacher add constraint by_hand check (length(a) < 900)',
        "alter table teacher alter a set default 'x'",
      ],
      down: [
        'alter table teacher alter a drop default',
        'alter table teacher drop constraint by_hand',
        'drop index by_hand',
      ],
    },
    { never: [/drop index|drop constraint/] },
  ),
  'a column beside': of(
    { a: p.string() },
    { a: p.string(), b: p.integer().nullable() },
    {
      byHand: {
        up: [
          'alter table teacher add search tsvector',
          'grant select (a) on teacher to public',
          'alter table teacher set (fillfactor = 70)',
        ],
        down: [
          'alter table teacher reset (fillfactor)',
          'revoke select (a) on teacher from public',
          'alter table teacher drop search',
        ],
      },
      rows,
      never: [/search|grant|revoke|fillfactor/],
    },
  ),
  'tables, types, functions and an extension beside': of(
    { a: p.string() },
    { a: p.string(), b: p.integer().nullable() },
    {
      byHand: {
        up: [
          'create extension pg_trgm',
          'create table audit (id int primary key)',
          'create type pair as (a int, b int)',
          "create domain word as text check (value <> '')",
          'create function f(int) returns int language sql as $$ select $1 $$',
          'create sequence numbers',
          'create schema other',
          'create table other.x (id int)',
        ],
        down: [
          'drop table other.x',
          'drop schema other',
          'drop sequence numbers',
          'drop function f(int)',
          'drop domain word',
          'drop type pair',
          'drop table audit',
          'drop extension pg_trgm',
        ],
      },
      never: [/audit|pair|word|numbers|other|trgm/],
    },
  ),
  'a comment by hand, on a column whose cast is asked about': of(
    { a: p.decimal().precision(8).scale(2) },
    { a: p.integer() },
    {
      byHand: { up: ["comment on column teacher.a is 'x'"], down: ['comment on column teacher.a is null'] },
      rows,
      decisions: ['using teacher.a:round(a)::int'],
      up: [
        ['select a from teacher', [1]],
        ["select col_description('teacher'::regclass, attnum) from pg_attribute where attname = 'a'", ['x']],
      ],
    },
  ),
  'a column by hand that the models get too, with another type': of(
    { a: p.string() },
    { a: p.string(), b: p.integer().nullable() },
    {
      byHand: { up: ['alter table teacher add b numeric'], down: ['alter table teacher drop b'] },
      rows: ["insert into teacher (a, b) values ('1', 2)"],
      decisions: ['using teacher.b:round(b)::int'],
      up: [['select b from teacher', [2]]],
    },
  ),
  'a table by hand that references ours': of(
    { a: p.string() },
    { a: p.text() },
    {
      byHand: { up: ['create table note (teacher int references teacher)'], down: ['drop table note'] },
      rows,
      never: [/note/],
    },
  ),
};
