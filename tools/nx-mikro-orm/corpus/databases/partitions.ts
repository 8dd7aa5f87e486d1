/** Partitions with things of their own, and tables that come under a parent and leave it. */
import type { Pairs } from './pair.ts';

const sale = `create table sale (id int, region text, total int) partition by list (region);
  create table sale_n partition of sale for values in ('n');
  create table sale_s partition of sale for values in ('s');`;
const rows = ["insert into sale values (1, 'n', 10), (2, 's', 20)"];

export const partitions: Pairs = {
  'a partition does as its parent again, of a trigger': {
    before: `${sale} create function f() returns trigger language plpgsql as 'begin return new; end';
      create trigger g after insert on sale for each row execute function f(); alter table sale_n disable trigger g`,
    after: `${sale} create function f() returns trigger language plpgsql as 'begin return new; end';
      create trigger g after insert on sale for each row execute function f()`,
    says: [/alter table "sale_n" enable trigger "g"/],
  },
  'an enum by which it is partitioned gets a value, and that a partition': {
    before: `create type e as enum ('n', 's'); create table p (x e, n int) partition by list (x);
      create table pn partition of p for values in ('n')`,
    after: `create type e as enum ('n', 's', 'w'); create table p (x e, n int) partition by list (x);
      create table pn partition of p for values in ('n'); create table pw partition of p for values in ('w')`,
    rows: ["insert into p values ('n', 1)"],
    up: [['select n from pn', [1]]],
    down: [['select n from pn', [1]]],
  },
  'a table gets a second parent, with a column that may not be null': {
    before: 'create table a (x int); create table b (z int not null); create table c () inherits (a)',
    after:
      'create table a (x bigint, n int); create table b (z int not null); create table c (w int default 3) inherits (a, b)',
    rows: ['insert into c values (1)', 'insert into b values (7)'],
    decisions: ['fill c.z:0'],
    up: [
      ['select sum(z)::int from b', [7]],
      ['select x::int + w from c', [4]],
    ],
  },
  'a table leaves a parent, and the column that came from there': {
    before: 'create table a (x int); create table b (z int); create table c () inherits (a, b)',
    after: 'create table a (x int); create table b (z int); create table c () inherits (a)',
    rows: ['insert into c values (1, 2)'],
    decisions: ['drop c.z'],
    up: [['select x from c', [1]]],
  },
  'a partition says something of a column by itself': {
    before: sale,
    after: `${sale} alter table sale_n alter total set default 5, alter total set statistics 50, alter region set storage external;
      alter table sale_s alter id set not null; comment on column sale_n.total is 'net'`,
    rows,
    never: [/table "sale" /],
  },
  'a default of the parent changes, that of a partition stays': {
    before: `${sale} alter table sale alter total set default 1; alter table sale_n alter total set default 7`,
    after: `${sale} alter table sale alter total set default 2; alter table sale_n alter total set default 7`,
    rows,
  },
  'a column gets another type under a default of a partition': {
    before: `${sale} alter table sale_n alter total set default 7`,
    after: `${sale} alter table sale alter total type text; alter table sale_n alter total set default '7'`,
    rows,
    up: [['select sum(total::int)::int from sale', [30]]],
  },
  'the key of a partition goes, and with it what it said of null': {
    before: `${sale} alter table sale_n add primary key (id)`,
    after: sale,
    rows,
  },
  'one key of all partitions instead of one each': {
    before: `${sale} alter table sale_n add constraint n_key primary key (region, id);
      alter table sale_s add constraint s_key primary key (region, total)`,
    after: `${sale} alter table sale add primary key (region, id)`,
    rows,
    decisions: ["fill sale.region:''", 'fill sale.id:0'],
  },
  'an index of which a partition has no part yet': {
    before: sale,
    after: `${sale} create index by_total on only sale (total);
      create index n_by_total on sale_n (total); alter index by_total attach partition n_by_total`,
    rows,
  },
  'the last part of an index comes': {
    before: `${sale} create index by_total on only sale (total);
      create index n_by_total on sale_n (total); alter index by_total attach partition n_by_total`,
    after: `${sale} create index by_total on sale (total)`,
    rows,
  },
  'another partition has the part': {
    before: `${sale} create index by_total on only sale (total);
      create index n_by_total on sale_n (total); alter index by_total attach partition n_by_total`,
    after: `${sale} create index by_total on only sale (total);
      create index s_by_total on sale_s (total); alter index by_total attach partition s_by_total`,
    rows,
  },
  'the key of a partition is a part of an index that is unique': {
    before: sale,
    after: `${sale} create unique index once on only sale (region, id);
      alter table sale_n add constraint n_key primary key (region, id); alter index once attach partition n_key`,
    rows,
  },
  'a partition becomes a table of its own, with the keys and indexes that it has then': {
    before: `${sale} create index by_total on sale (total); alter table sale add primary key (region, id)`,
    after: `${sale} create index by_total on sale (total); alter table sale add primary key (region, id);
      alter table sale detach partition sale_n`,
    rows,
    never: [/create|drop/i],
    up: [['select count(*)::int from sale', [1]]],
    down: [['select count(*)::int from sale', [2]]],
  },
  'a table becomes a partition: it gets the checks of its parent first': {
    before: `${sale} alter table sale add constraint positive check (total > 0); create table sale_w (id int, region text, total int)`,
    after: `${sale} alter table sale add constraint positive check (total > 0);
      create table sale_w partition of sale for values in ('w')`,
    rows: [...rows, "insert into sale_w values (3, 'w', 30)"],
    up: [['select count(*)::int from sale', [3]]],
  },
  'a partition goes to another parent': {
    before: `${sale} create index by_total on sale (total); create table old (id int, region text, total int) partition by list (region)`,
    after: `${sale} create index by_total on sale (total); create table old (id int, region text, total int) partition by list (region);
      alter table sale detach partition sale_n; drop index sale_n_total_idx; alter table old attach partition sale_n for values in ('n')`,
    rows,
    up: [['select id from old', [1]]],
  },
  'a table no longer inherits: its columns and checks are its own': {
    before:
      'create table thing (id int, constraint positive check (id > 0)); create table book (title text) inherits (thing)',
    after: 'create table thing (id int, constraint positive check (id > 0)); create table book (id int, title text)',
    rows: ["insert into book values (1, 'x')"],
    up: [['select id from book', [1]]],
    down: [['select id from thing', [1]]],
  },
  'what a table says by itself of a column that it inherits': {
    before: 'create table thing (id int, name text); create table book (title text) inherits (thing)',
    after: `create table thing (id int default 1, name text); create table book (title text) inherits (thing);
      alter table book alter id set default 5, alter name set not null; comment on column book.name is 'x'`,
    rows: ["insert into book values (1, 'x', 'y')"],
  },
  'a partition is detached, and the table changes in something else': {
    before: `create function f() returns trigger language plpgsql as 'begin return new; end';
      create table m (a int, b text) partition by list (a); create table m1 partition of m for values in (1);
      create table rest partition of m default; create trigger g before insert on m for each row execute function f()`,
    after: `create function f() returns trigger language plpgsql as 'begin return new; end';
      create table m (a int, b text, c int) partition by list (a); create table m1 partition of m for values in (1);
      create table rest (a int, b text); create trigger g before insert on m for each row when (new.a > 0) execute function f()`,
    rows: ["insert into m values (1, 'x'), (2, 'y')"],
    up: [['select b from rest union all select b from m order by 1', ['x', 'y']]],
    down: [['select b from m order by 1', ['x', 'y']]],
  },
  'partitions by hash divide the rows otherwise: the table is made anew, with its rows': {
    before: `create table h (k int primary key, v text) partition by hash (k);
      create table h0 partition of h for values with (modulus 2, remainder 0);
      create table h1 partition of h for values with (modulus 2, remainder 1)`,
    after: `create table h (k int primary key, v text) partition by hash (k);
      create table h0 partition of h for values with (modulus 4, remainder 0);
      create table h1 partition of h for values with (modulus 2, remainder 1);
      create table h2 partition of h for values with (modulus 4, remainder 2)`,
    rows: ["insert into h select n, 'x' from generate_series(1, 20) n"],
    decisions: ['recreate h'],
    up: [['select count(*)::int from h', [20]]],
    down: [['select count(*)::int from h', [20]]],
  },
  'the type changes by which a part of a part is divided: the whole is made anew': {
    before: `create table m (k int, r text) partition by list (r);
      create table eu partition of m for values in ('eu') partition by hash (k);
      create table eu0 partition of eu for values with (modulus 1, remainder 0)`,
    after: `create table m (k bigint, r text) partition by list (r);
      create table eu partition of m for values in ('eu') partition by hash (k);
      create table eu0 partition of eu for values with (modulus 1, remainder 0)`,
    rows: ["insert into m values (1, 'eu')"],
    decisions: ['recreate m'],
    up: [['select k::int from eu0', [1]]],
    down: [['select k from eu0', [1]]],
  },
  'a partition is renamed': {
    before: `create table m (k int primary key) partition by list (k); create table m1 partition of m for values in (1)`,
    after: `create table m (k int primary key) partition by list (k); create table one partition of m for values in (1)`,
    rows: ['insert into m values (1)'],
    decisions: ['rename m1:one'],
    up: [['select k from one', [1]]],
    never: [/drop/],
  },
  'what a column of all partitions is computed from': {
    before: `create table m (a int, g int generated always as (a * 2) stored) partition by list (a);
      create table m1 partition of m for values in (1)`,
    after: `create table m (a int, g int generated always as (a * 3) stored) partition by list (a);
      create table m1 partition of m for values in (1)`,
    rows: ['insert into m values (1)'],
    up: [['select g from m1', [3]]],
  },
  'what a table says of null by itself is not asked of the rows of its children': {
    before: 'create table p (a int); create table c (x int) inherits (p)',
    after: 'create table p (a int constraint given not null no inherit); create table c (x int) inherits (p)',
    rows: ['insert into c values (null, 1)'],
    decisions: ['fill p.a:0'],
    up: [['select a from only c', [null]]],
    since: 18,
  },
};
