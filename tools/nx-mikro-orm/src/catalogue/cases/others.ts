const one = (key: string, create: string, drop: string, setup = '') => ({
  setup,
  change: create,
  undo: drop,
  differences: [`extra ${key}`],
});
const changed = (key: string, setup: string, change: string, undo: string) => ({
  setup,
  change,
  undo,
  differences: [`changed ${key}`],
});
const plus = `create function plus(int, int) returns int immutable language sql as 'select $1 + $2'`;

/** What is on its own: types, routines, sequences, operators, text search, foreign data, and the database itself. */
export default {
  enum: one('type public.mood', "create type mood as enum ('sad', 'it''s')", 'drop type mood'),
  'enum labels': changed(
    'type public.mood',
    "create type mood as enum ('sad', 'ok')",
    "alter type mood rename value 'ok' to 'fine'",
    "alter type mood rename value 'fine' to 'ok'",
  ),
  composite: one('type public.pair', 'create type pair as (a int, b text collate "C")', 'drop type pair'),
  attributes: changed(
    'type public.pair',
    'create type pair as (a int, b text)',
    'alter type pair drop attribute a',
    'alter type pair add attribute a int',
  ),
  range: one(
    'type public.span',
    'create type span as range (subtype = float8, subtype_diff = float8mi)',
    'drop type span',
  ),
  shell: one('type public.shell', 'create type shell', 'drop type shell'),
  domain: one(
    'domain public.email',
    "create domain email as varchar(50) collate \"C\" default 'x' not null check (value ~ '@')",
    'drop domain email',
  ),
  'domain constraint': changed(
    'domain public.email',
    'create domain email as text',
    "alter domain email add constraint long check (value <> '') not valid; comment on constraint long on domain email is 'x'",
    'alter domain email drop constraint long',
  ),
  'grants on a type': changed(
    'domain public.d',
    'create domain d as int',
    'revoke usage on domain d from public',
    'grant usage on domain d to public',
  ),
  sequence: one('sequence public.s', 'create sequence s as smallint increment -2', 'drop sequence s'),
  'sequence parameters': changed(
    'sequence public.s',
    'create sequence s',
    'alter sequence s cache 5',
    'alter sequence s cache 1',
  ),
  'sequence owner': changed(
    'sequence public.s',
    'create sequence s; create table t (a int)',
    'alter sequence s owned by t.a',
    'alter sequence s owned by none',
  ),
  function: one(
    'function public.touch(integer, public.mood)',
    "create function touch(a int, m mood, out x int) language sql as 'select 1'",
    'drop function touch(int, mood)',
    'create type mood as enum ()',
  ),
  overload: one(
    'function public.plus(text)',
    "create function plus(text) returns int language sql as 'select 1'",
    'drop function plus(text)',
    plus,
  ),
  'function body': changed(
    'function public.plus(integer,integer)'.replace(',', ', '),
    plus,
    plus.replace('create', 'create or replace').replace('$2', '$1'),
    plus.replace('create', 'create or replace'),
  ),
  'function options': changed(
    'function public.plus(integer, integer)',
    plus,
    'alter function plus security definer set search_path = x',
    'alter function plus security invoker reset search_path',
  ),
  'function grants': changed(
    'function public.plus(integer, integer)',
    plus,
    'revoke execute on function plus from public',
    'grant execute on function plus to public',
  ),
  'function comment': changed(
    'function public.plus(integer, integer)',
    plus,
    "comment on function plus is 'x'",
    'comment on function plus is null',
  ),
  procedure: one('procedure public.p(integer)', "create procedure p(int) language sql as ''", 'drop procedure p'),
  aggregate: one(
    'aggregate public.total(integer)',
    "create aggregate total(int) (sfunc = plus, stype = int, initcond = '0')",
    'drop aggregate total(int)',
    plus,
  ),
  operator: one(
    'operator public.@+@(integer, integer)',
    'create operator @+@ (function = plus, leftarg = int, rightarg = int)',
    'drop operator @+@ (int, int)',
    plus,
  ),
  'operator family': one(
    'operator family public.f using btree',
    'create operator family f using btree',
    'drop operator family f using btree',
  ),
  'operator class': {
    ...one(
      '',
      'create operator class c for type int using btree as operator 1 <, function 1 btint4cmp(int, int)',
      'drop operator family c using btree',
    ),
    differences: ['extra operator class public.c using btree', 'extra operator family public.c using btree'],
  },
  cast: one(
    'cast (integer as public.pair)',
    'create cast (int as pair) with inout as assignment',
    'drop cast (int as pair)',
    'create type pair as (a int)',
  ),
  collation: one('collation public.k', "create collation k (locale = 'C')", 'drop collation k'),
  conversion: one(
    'conversion public.v',
    "create conversion v for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8",
    'drop conversion v',
  ),
  'text search configuration': one(
    'text search configuration public.c',
    'create text search configuration c (copy = simple)',
    'drop text search configuration c',
  ),
  'text search mapping': changed(
    'text search configuration public.c',
    'create text search configuration c (copy = simple)',
    'alter text search configuration c drop mapping for word',
    'alter text search configuration c add mapping for word with simple',
  ),
  'text search dictionary': one(
    'text search dictionary public.d',
    'create text search dictionary d (template = simple)',
    'drop text search dictionary d',
  ),
  'foreign data': {
    setup: '',
    change:
      "create foreign data wrapper w; create server s foreign data wrapper w options (host 'x'); create user mapping for public server s; create foreign table ft (a int options (n 'a')) server s",
    undo: 'drop foreign data wrapper w cascade',
    differences: [
      'extra column public.ft.a',
      'extra foreign data wrapper w',
      'extra foreign table public.ft',
      'extra server s',
      'extra user mapping for PUBLIC server s',
    ],
  },
  schema: one('schema app', 'create schema app', 'drop schema app'),
  'schema grants': changed(
    'schema app',
    'create schema app',
    'grant usage on schema app to public',
    'revoke usage on schema app from public',
  ),
  'event trigger': one(
    'event trigger e',
    "create event trigger e on ddl_command_end when tag in ('DROP TABLE') execute function noted()",
    'drop event trigger e',
    "create function noted() returns event_trigger language plpgsql as 'begin end'",
  ),
  'default privileges': one(
    'default privileges app on tables',
    'alter default privileges in schema app grant select on tables to public',
    'alter default privileges in schema app revoke select on tables from public',
    'create schema app',
  ),
  'global default privileges': one(
    'default privileges on functions',
    'alter default privileges revoke execute on functions from public',
    'alter default privileges grant execute on functions to public',
  ),
  'database settings': one(
    'database itself',
    "do $$ begin execute format('alter database %I set work_mem = ''5MB''', current_database()); end $$",
    "do $$ begin execute format('alter database %I reset work_mem', current_database()); end $$",
  ),
  language: one('language mine', 'create language mine handler plpgsql_call_handler', 'drop language mine'),
  'access method': one(
    'access method mine',
    'create access method mine type table handler heap_tableam_handler',
    'drop access method mine',
  ),
};
