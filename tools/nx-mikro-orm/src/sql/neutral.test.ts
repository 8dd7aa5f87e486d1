import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isNeutral } from './neutral.ts';

const cases: [sql: string, neutral: boolean][] = [
  ['', true],
  ['create table a (id serial primary key, b text default now(), check (f(b)))', true],
  ['create unlogged table a (id int); create index on a (id desc)', true],
  ['create temporary table a (id int)', false],
  ['create table pg_temp.a (id int)', false],
  ['create table a partition of b for values in (f())', false],
  ['create table a as select 1', false],
  ['create index on a (lower(b))', false],
  ['create index on a (b my_ops)', false],
  ['create index on a (b) where f(b)', false],
  ['alter table a add column b varchar(50) null', true],
  ['alter table a add column b text not null default $$x$$', true],
  ["alter table a add b timestamptz default '2026-01-01'::timestamptz, drop column c", true],
  ['alter table a add column b my_domain', false],
  ['alter table a add column b public.my_domain', false],
  ['alter table a add column b int default f()', false],
  ['alter table a add column b int generated always as (f(c)) stored', false],
  ['alter table a add column b int check (f(b))', false],
  ['alter table a add constraint c foreign key (b) references d (e)', true],
  ['alter table a add constraint c check (f(b))', false],
  ['alter table a alter column b type int using f(b)', false],
  ['alter table a alter column b drop default, alter column b set not null', true],
  ['alter table a add b timestamp with time zone, add c numeric(10, 2) not null default -1, add d text[]', true],
  ["alter table a add b text default 'x' || f()", false],
  ["alter table a add b text default 'x'::my_domain", false],
  ['create table "a"."b" ("c" int);', true],
  ['create table "pg_temp"."b" ("c" int)', false],
  ['create table a (b int) inherits (c)', false],
  ['create table a (b int', false],
  ['create unique index if not exists a on b using gin (c, d nulls last)', true],
  ['create index a on b using mine (c)', false],
  ['alter table a enable trigger b', false],
  ['alter view a alter column b set default 1', false],
  ["comment on table a is 'b'; drop table if exists b, c cascade", true],
  ['create temporary sequence s', false],
  ['insert into a values (1)', false],
  ['select 1', false],
  ['set role a', false],
  ["do $$ begin perform set_config('a.b', 'c', false); end $$", false],
  ['create event trigger a on ddl_command_end execute function f()', false],
  ['create table a (id int); set search_path = b', false],
  ['not sql', false],
];
for (const [sql, neutral] of cases)
  it(`${neutral ? 'leaves nothing' : 'may leave something'}: ${sql || 'no statement'}`, () =>
    assert.equal(isNeutral([sql]), neutral));

it('leaves nothing: no text at all', () => assert.equal(isNeutral([]), true));
