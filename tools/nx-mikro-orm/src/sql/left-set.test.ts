import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { leftSet } from './left-set.ts';

describe('what a revision leaves set in its session', () => {
  const cases: [texts: string[], left: string[]][] = [
    [['set search_path to app'], ['search_path']],
    [["select pg_catalog.set_config('search_path', 'app', false)"], ['search_path']],
    [["select set_config('search_path', 'app', true)"], []],
    [["select pg_catalog.set_config('search_path', '', false)"], []],
    [["set search_path = ''"], []],
    [['set search_path = public'], []],
    [['set search_path = "$user", public'], []],
    [['set search_path = app, public'], ['search_path']],
    [['set local search_path to app'], []],
    [['set search_path to app', 'create table a (id int)', 'reset search_path'], []],
    [['set search_path to app; create table a (id int); set search_path to default'], []],
    [['set search_path to app', 'reset all'], []],
    [['set search_path to app', 'discard all'], []],
    [["set session_replication_role = 'replica'", "set session_replication_role = 'origin'"], []],
    [["set session_replication_role = 'replica'"], ['session_replication_role']],
    [['set session_replication_role = replica'], ['session_replication_role']],
    [["set time zone 'Asia/Tokyo'"], ['timezone']],
    [["set time zone interval '1' hour to minute"], ['timezone']],
    [['set role app', 'reset role'], []],
    [['set role app'], ['role']],
    [['set session authorization app'], ['session_authorization']],
    [["set names 'utf8'", 'set statement_timeout = 0', 'set check_function_bodies = false'], []],
    [["create function f() returns int language sql set search_path = app as 'select 1'"], []],
    [["insert into a values ('set search_path to app')"], []],
    [['set nonsense ('], []],
  ];
  for (const [texts, left] of cases)
    it(texts.join('; '), async () => assert.deepEqual([...(await leftSet(texts)).keys()], left));
});
