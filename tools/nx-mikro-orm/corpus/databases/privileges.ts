/** Privileges that new things have by default. */
import type { Pairs } from './pair.ts';

export const privileges: Pairs = {
  'a privilege on a table goes, and the same on its columns stays': {
    before: `create table t (a int, "B" int); grant insert, select on t to pg_monitor; grant insert (a, "B"), update (a) on t to pg_monitor;
      grant insert (a) on t to public`,
    after: `create table t (a int, "B" int); grant insert (a, "B"), update (a) on t to pg_monitor; grant insert (a) on t to public`,
  },
  'a privilege on a table may not be passed on any more, and the same on its columns may': {
    before: `create table t (a int); grant insert on t to pg_monitor with grant option;
      grant insert (a) on t to pg_monitor with grant option`,
    after:
      'create table t (a int); grant insert on t to pg_monitor; grant insert (a) on t to pg_monitor with grant option',
  },
  'default privileges come': {
    before: 'create schema shop',
    after: `create schema shop; alter default privileges revoke execute on functions from public;
      alter default privileges in schema shop grant select on tables to public`,
  },
  'default privileges change and go': {
    before: `create schema shop; alter default privileges revoke execute on functions from public;
      alter default privileges in schema shop grant select on tables to public`,
    after: 'create schema shop; alter default privileges in schema shop grant insert on tables to public',
  },
  'a table and a view under default privileges that they do not have': {
    before: `alter default privileges grant select on tables to public; create table t (a int, b int);
      create view v as select a, b from t; revoke all on v from public`,
    after: `alter default privileges grant select on tables to public; create table t (a int, b int);
      create view v as select b, a from t; revoke all on v from public; create table u (a int); revoke all on u from public`,
  },
  'a table that had none of them, and default privileges that come': {
    before: 'create table t (a int)',
    after: 'create table t (a int); create table u (a int); alter default privileges grant select on tables to public',
  },
};
