/** Wrappers, servers and tables that stand for data elsewhere. */
import type { Pairs } from './pair.ts';

export const foreign: Pairs = {
  'options of a wrapper, a server, a mapping, a table and its columns': {
    before: `create foreign data wrapper w; create server s version '1' foreign data wrapper w options (host 'h', port '1');
      create user mapping for public server s options (as 'u'); create foreign table t (a int options (n 'x')) server s options (o 'p')`,
    after: `create foreign data wrapper w options (debug 'on'); create server s version '2' foreign data wrapper w options (host 'i', db 'd');
      create user mapping for public server s options (as 'v');
      create foreign table t (a int options (n 'y'), b text options (m 'z')) server s options (o 'q', r 's')`,
    never: [/drop (server|foreign|user)/i],
  },
  'a column may not be null, which nobody checks and so nobody is asked': {
    before: `create foreign data wrapper w; create server s foreign data wrapper w; create foreign table t (a int) server s`,
    after: `create foreign data wrapper w; create server s foreign data wrapper w; create foreign table t (a int not null, b text not null) server s`,
  },
  'a foreign table becomes a table, under a view': {
    before: `create foreign data wrapper w; create server s foreign data wrapper w;
      create foreign table t (a int, b text) server s; create view v as select a from t`,
    after: `create foreign data wrapper w; create server s foreign data wrapper w;
      create table t (a int primary key, c date); create view v as select a from t`,
    never: [/alter table "t"/],
  },
  'a table becomes a foreign one: its rows are asked about, not its columns': {
    before: `create foreign data wrapper w; create server s foreign data wrapper w; create table t (a int primary key, b text)`,
    after: `create foreign data wrapper w; create server s foreign data wrapper w; create foreign table t (a int not null, c date) server s`,
    decisions: ['drop t'],
  },
};
