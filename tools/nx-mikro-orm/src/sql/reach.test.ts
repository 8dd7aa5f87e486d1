import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseStatements } from './parse.ts';
import { mayReach, reachOf, type Beyond } from './reach.ts';
import { mayNeedRights, needsRights } from './rights.ts';

const first = async (sql: string) => {
  const [statement] = await parseStatements(sql);
  assert.ok(statement && statement.type !== 'unknown', sql);
  return statement;
};

describe('what a statement reaches', () => {
  const cases: [string, Beyond, string][] = [
    ['create role app login', 'role', 'app'],
    ['create user app', 'role', 'app'],
    ['create group app', 'role', 'app'],
    ['alter role app superuser', 'role', 'app'],
    ['alter role all set work_mem = 1', 'role', 'all'],
    ['alter user current_user password null', 'role', 'current_user'],
    ['drop role if exists a, b', 'role', 'a, b'],
    ['grant a to b', 'role', 'a'],
    ['revoke a from b', 'role', 'a'],
    ['alter role a rename to b', 'role', 'a'],
    ['comment on role app is null', 'role', 'app'],
    ['create database d', 'database', 'd'],
    ['/* x */ DROP DATABASE IF EXISTS "D"', 'database', 'D'],
    ['alter database d set work_mem = 1', 'database', 'd'],
    ['alter database d with connection limit 1', 'database', 'd'],
    ['alter database d owner to app', 'database', 'd'],
    ['alter database d rename to e', 'database', 'd'],
    ["comment on database d is 'x'", 'database', 'd'],
    ['grant connect on database d to app', 'database', 'd'],
    ["create tablespace t location '/t'", 'tablespace', 't'],
    ['drop tablespace t', 'tablespace', 't'],
    ['alter table all in tablespace t set tablespace u', 'tablespace', 't'],
    ['grant create on tablespace t to app', 'tablespace', 't'],
    ["alter system set work_mem = '1MB'", 'server settings', 'work_mem'],
    ['alter system reset all', 'server settings', 'all'],
    ['grant set on parameter work_mem to app', 'server settings', 'work_mem'],
    ["create subscription s connection 'x' publication p", 'subscription', 's'],
    ['alter subscription s disable', 'subscription', 's'],
    ['drop subscription s', 'subscription', 's'],
    ["copy t to program 'cat'", 'program', 'cat'],
    ["copy t from '/x'", 'server file', '/x'],
    ["copy (select lo_export(1, '/x')) to stdout", 'server file', 'lo_export'],
    ["load 'x'", 'server file', 'x'],
    ["insert into t select lo_import('/x')", 'server file', 'lo_import'],
    ["select 1 from (select pg_read_file('x')) y", 'server file', 'pg_read_file'],
    ['select pg_terminate_backend(pid) from pg_stat_activity', 'other session', 'pg_terminate_backend'],
    ["select * from dblink('x', 'select 1') as t (a int)", 'other server', 'dblink'],
    ["with x as (select public.dblink_exec('x')) update t set a = 1", 'other server', 'dblink_exec'],
    ["create table t as select * from dblink('x', 'select 1') as t (a int)", 'other server', 'dblink'],
    ["call p(dblink_connect('x'))", 'other server', 'dblink_connect'],
    ['import foreign schema s from server other into t', 'other server', 'other'],
    ["select pg_create_logical_replication_slot('s', 'pgoutput')", 'server', 'pg_create_logical_replication_slot'],
    ['select pg_reload_conf()', 'server', 'pg_reload_conf'],
    ['checkpoint', 'server', 'checkpoint'],
  ];
  for (const [sql, what, name] of cases)
    it(sql, async () => {
      assert.deepEqual(reachOf(await first(sql)), { what, name });
      assert.match(sql, mayReach);
    });

  for (const sql of [
    'create table role (database text)',
    "insert into t values ('drop database d')",
    'create view v as select 1 as "user"',
    'create function f() returns int language sql as $$ select pg_reload_conf()::int $$',
    'grant select on t to app',
    'copy t to stdout',
    "create view v as select * from dblink('x', 'select 1') as t (a int)",
    "create materialized view v as select * from dblink('x', 'select 1') as t (a int) with no data",
    'alter table t owner to app',
    'drop owned by app',
    'select pg_backend_pid(), pg_stat_reset()',
  ])
    it(`nothing: ${sql}`, async () => assert.equal(reachOf(await first(sql)), undefined));
});

describe('what takes more rights than an owner has', () => {
  for (const sql of [
    'create extension dblink',
    "alter extension dblink update to '2'",
    'drop extension dblink',
    'create event trigger e on ddl_command_end execute function f()',
    'create type t (input = a, output = b)',
    'create cast (a as b) without function',
    "create function f() returns int language c as 'lib', 'f'",
    "create function f() returns int language internal as 'int4in'",
    'create function f() returns int language sql leakproof return 1',
    'alter function f() leakproof',
    'create publication p for all tables',
    'alter table t disable trigger all',
    'alter default privileges for role app grant select on tables to other',
    'grant select on t to app',
    "comment on extension dblink is 'x'",
  ])
    it(sql, async () => {
      assert.equal(needsRights(await first(sql)), true);
      assert.match(sql, mayNeedRights);
    });

  for (const sql of [
    'create table t (a int)',
    'create type t as enum ()',
    "create function f() returns int language c as '/tmp/lib', 'f'",
    'create function f() returns int language plpgsql as $$ begin return 1; end $$',
    'revoke select on t from current_user',
    'alter default privileges grant select on tables to app',
    'alter table t disable trigger all, add a int',
    "comment on table t is 'x'",
    'insert into t values (1)',
  ])
    it(`not: ${sql}`, async () => assert.equal(needsRights(await first(sql)), false));
});
