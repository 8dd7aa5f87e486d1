/** Things of different kinds that hang on each other, and change or come at once. */
import type { Pairs } from './pair.ts';

export const chains: Pairs = {
  'a table gets a key, and columns that were there refer to it': {
    before: 'create table a (code char(4) not null unique, parent int); create table b (a_id int not null)',
    after: `create table a (id serial primary key, code char(4) not null unique, parent int references a deferrable);
      create table b (a_id int not null references a)`,
    rows: ["insert into a values ('abcd', null)"],
    up: [['select code::text from a where id > 0', ['abcd']]],
    down: [['select code::text from a', ['abcd']]],
  },
  'an index changes by which a table is clustered and its rows are told apart': {
    before: `create table t (a int not null, b int not null, constraint u unique (a)); create unique index i on t (b);
      alter table t cluster on u, replica identity using index i`,
    after: `create table t (a int not null, b int not null, constraint u unique (a, b)); create unique index i on t (b, a);
      alter table t cluster on u, replica identity using index i`,
  },
  'a function that reads a table whose column it gives a default': {
    before: 'create table other (a int)',
    after: `create table other (a int); create table t (id int);
      create function counted() returns bigint language sql as 'select count(*) from t';
      alter table t add n bigint default counted()`,
  },
};
