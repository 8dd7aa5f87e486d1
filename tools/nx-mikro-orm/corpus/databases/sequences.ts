/** Counters that stand on their own. */
import type { Pairs } from './pair.ts';

export const sequences: Pairs = {
  'a serial column loses its default, and keeps its sequence': {
    before: 'create table t (id serial primary key, n int)',
    after: 'create table t (id serial primary key, n int); alter table t alter id drop default',
    rows: ['insert into t (n) values (1), (2)'],
    up: [["select nextval('t_id_seq') > 2", [true]]],
    down: [["select nextval('t_id_seq') > 2", [true]]],
    never: [/owned by/],
  },
  'the sequence of a serial column gives the values of another one': {
    before: 'create table t (id serial primary key, n int)',
    after: `create sequence t_id_seq as int; create table t (id int primary key, n int default nextval('t_id_seq'));
      alter sequence t_id_seq owned by t.n`,
    rows: ['insert into t (n) values (1), (2)'],
    up: [["select nextval('t_id_seq') > 2", [true]]],
    down: [["select nextval('t_id_seq') > 2", [true]]],
  },
  'the sequence of a serial column becomes that of another one, which does not use it': {
    before: 'create table t (id serial primary key, n int)',
    after:
      'create sequence t_id_seq as int; create table t (id int primary key, n int); alter sequence t_id_seq owned by t.n',
    rows: ['insert into t (n) values (1), (2)'],
    up: [["select nextval('t_id_seq') > 2", [true]]],
  },
  'it counts down from now on: a counter outside of the new bounds begins anew': {
    before: 'create sequence s',
    after: 'create sequence s increment -1 minvalue -100 maxvalue -1 start -1',
    rows: ["select nextval('s')"],
    up: [['select last_value::int from s', [-1]]],
  },
  'it begins higher: a counter that is there already goes on': {
    before: 'create sequence s',
    after: 'create sequence s minvalue 1000 start 1000',
    rows: ["select setval('s', 5000)"],
    up: [['select last_value::int from s', [5000]]],
    down: [['select last_value::int from s', [5000]]],
  },
  "a sequence becomes a column's own, with its comment and privileges": {
    before: "create sequence s; comment on sequence s is 'old'; create table t (a int default nextval('s'))",
    after: `create sequence s; create table t (a int default nextval('s')); alter sequence s owned by t.a;
      comment on sequence s is 'new'; grant usage on sequence s to public`,
    rows: ['insert into t default values'],
    up: [["select nextval('s')::int", [2]]],
  },
};
