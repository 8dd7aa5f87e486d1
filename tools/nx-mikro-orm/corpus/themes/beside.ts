/** More of what is made by hand around the models: it stays, in every word, whatever happens to what it hangs on. */
import { p } from '@mikro-orm/core';
import { of, table, type Change, type Theme } from '../change.ts';

const rows = ["insert into teacher (a) values ('1')"];
/** `a` gets another type. */
const wider = (up: string[], down: string[], more: Partial<Change> = {}): Change =>
  of({ a: p.string() }, { a: p.text() }, { byHand: { up, down }, rows, ...more });
/** Something else happens to the table. */
const elsewhere = (up: string[], down: string[], more: Partial<Change> = {}): Change =>
  of({ a: p.string() }, { a: p.string(), b: p.integer().nullable() }, { byHand: { up, down }, rows, ...more });
const touch = 'create function touch() returns trigger language plpgsql as $$ begin return new; end $$';

export const beside: Theme = {
  'row level security by hand is never turned off': elsewhere(
    ['alter table teacher enable row level security', 'alter table teacher force row level security'],
    ['alter table teacher no force row level security', 'alter table teacher disable row level security'],
    {
      never: [/row level/i],
      up: [["select (relrowsecurity and relforcerowsecurity)::text from pg_class where relname = 'teacher'", ['true']]],
    },
  ),
  'a table by hand inherits from one of the models': elsewhere(
    ['create table head_teacher (bonus int) inherits (teacher)'],
    ['drop table head_teacher'],
    {
      never: [/head_teacher/],
      up: [
        [
          "select count(*)::int from information_schema.columns where table_name = 'head_teacher' and column_name = 'b'",
          [1],
        ],
      ],
    },
  ),
  'a table that was granted to somebody goes': {
    before: [table('teacher'), table('room')],
    after: [table('teacher')],
    byHand: { up: ['grant select on room to public'], down: ['revoke select on room from public'] },
    decisions: ['drop room'],
    says: [/drop table "room"/],
  },
  'a column with statistics by hand gets another name': of(
    { a: p.string() },
    { b: p.string() },
    {
      byHand: {
        up: ['alter table teacher alter a set statistics 500'],
        down: ['alter table teacher alter a set statistics -1'],
      },
      rows,
      decisions: ['rename teacher.a:b'],
      up: [['select b from teacher', ['1']]],
    },
  ),
  'a publication': elsewhere(['create publication ours for table teacher'], ['drop publication ours'], {
    never: [/publication/],
    up: [['select tablename::text from pg_publication_tables', ['teacher']]],
  }),
  'a publication of some columns and rows, one of which gets another type': wider(
    ['create publication ours for table teacher (id, a) where (id > 5)'],
    ['drop publication ours'],
    // The server wants the table out of the publication first; it is in it again when others see anything of this.
    {
      since: 15,
      up: [['select rowfilter || attnames::text from pg_publication_tables', ['(id > 5){id,a}']]],
    },
  ),
  'a publication of some columns, one of which goes': of(
    { a: p.string(), b: p.string() },
    { b: p.string() },
    {
      byHand: {
        up: ['create publication "our own" for table teacher (id, a)'],
        down: ['drop publication "our own"'],
      },
      rows: [],
      decisions: ['drop teacher.a'],
      since: 15,
      refused: [/handwork/, /in publication our own depends on column a/],
    },
  ),
  'an event trigger': elsewhere(
    [
      'create function noticed() returns event_trigger language plpgsql as $$ begin end $$',
      'create event trigger noticed on ddl_command_end execute function noticed()',
    ],
    ['drop event trigger noticed', 'drop function noticed()'],
  ),
  'default privileges: what comes has them too': {
    before: [table('teacher', { a: p.string() })],
    after: [table('teacher', { a: p.string() }), table('room')],
    byHand: {
      up: ['alter default privileges in schema public grant select on tables to public'],
      down: ['alter default privileges in schema public revoke select on tables from public'],
    },
    rows,
    never: [/grant|revoke/],
    up: [["select has_table_privilege('public', 'room', 'select')::text", ['true']]],
  },
  'default privileges: what was there before does not get them, whatever happens to it': {
    before: [table('teacher', { a: p.string(), n: p.integer().generated('by default as identity') })],
    after: [
      table('teacher', { a: p.text(), b: p.integer().nullable(), n: p.bigint().generated('by default as identity') }),
    ],
    byHand: {
      up: [
        'alter default privileges in schema public grant select on tables to public',
        'alter default privileges in schema public grant usage on sequences to public',
      ],
      down: [
        'alter default privileges in schema public revoke usage on sequences from public',
        'alter default privileges in schema public revoke select on tables from public',
      ],
    },
    rows,
    up: [["select has_table_privilege('public', 'teacher', 'select')::text", ['false']]],
  },
  'storage parameters, a replica identity and the index to cluster on': elsewhere(
    [
      'create unique index by_hand on teacher (a)',
      'alter table teacher set (fillfactor = 70, autovacuum_enabled = off)',
      'alter table teacher cluster on by_hand',
      'alter table teacher replica identity full',
    ],
    [
      'alter table teacher replica identity default',
      'alter table teacher set without cluster',
      'alter table teacher reset (fillfactor, autovacuum_enabled)',
      'drop index by_hand',
    ],
    { never: [/by_hand|fillfactor|replica|cluster/] },
  ),
  'a column by hand, not null and with a default, of a table that is renamed': {
    before: [table('teacher', { a: p.string() })],
    after: [table('tutor', { a: p.string() })],
    byHand: {
      up: ["alter table teacher add by_hand text not null default 'x'"],
      down: ['alter table teacher drop by_hand'],
    },
    rows,
    decisions: ['rename teacher:tutor'],
    never: [/by_hand/],
    up: [['select by_hand from tutor', ['x']]],
  },
  'a view by hand on the row as a whole': wider(['create view whole as select t from teacher t'], ['drop view whole'], {
    up: [['select (t).a from whole', ['1']]],
  }),
  'a view by hand with an instead rule, a default and rights on a column': wider(
    [
      'create view seen as select id, a from teacher',
      'create rule into_it as on insert to seen do instead insert into teacher (a) values (new.a)',
      "alter view seen alter a set default 'x'",
      'grant update (a) on seen to public',
    ],
    ['drop view seen'],
    {
      up: [
        ["select has_column_privilege('public', 'seen', 'a', 'update')::text", ['true']],
        ["select count(*)::int from pg_rules where rulename = 'into_it'", [1]],
        [
          "select column_default from information_schema.columns where table_name = 'seen' and column_name = 'a'",
          ["'x'::character varying"],
        ],
      ],
    },
  ),
  'three views by hand, in a chain, with a materialized one at its end': wider(
    [
      'create view one as select a from teacher',
      'create view two as select a from one',
      'create materialized view three as select a from two',
      'create unique index once on three (a)',
      "comment on materialized view three is 'last'",
    ],
    ['drop materialized view three', 'drop view two', 'drop view one'],
    {
      up: [
        ['select a from three', ['1']],
        ["select obj_description('three'::regclass)", ['last']],
        ["select count(*)::int from pg_indexes where indexname = 'once'", [1]],
      ],
    },
  ),
  'a function by hand that takes a row of the table': wider(
    [
      'create function shout(teacher) returns text stable language sql as $$ select upper($1.a) $$',
      'create view loud as select shout(t) from teacher t',
    ],
    ['drop view loud', 'drop function shout(teacher)'],
  ),
  'a rule, on a column that gets another type': wider(
    ["create rule quiet as on update to teacher where old.a = 'x' do instead nothing"],
    ['drop rule quiet on teacher'],
    { up: [["select count(*)::int from pg_rules where rulename = 'quiet'", [1]]] },
  ),
  'rights on the column that gets another type, and a comment': wider(
    ['grant select (a) on teacher to public', "comment on column teacher.a is 'by hand'"],
    ['comment on column teacher.a is null', 'revoke select (a) on teacher from public'],
    {
      up: [["select has_column_privilege('public', 'teacher', 'a', 'select')::text", ['true']]],
    },
  ),
  'a trigger by hand that fires always, and one for replicas only': elsewhere(
    [
      touch,
      'create trigger t1 before update on teacher for each row execute function touch()',
      'create trigger t2 before update on teacher for each row execute function touch()',
      'alter table teacher enable always trigger t1',
      'alter table teacher enable replica trigger t2',
    ],
    ['drop trigger t1 on teacher', 'drop trigger t2 on teacher', 'drop function touch()'],
    { never: [/trigger|function/] },
  ),
  'an exclusion by hand, over a column that is renamed': {
    before: [table('teacher', { during: p.text().columnType('int4range') })],
    after: [table('teacher', { span: p.text().columnType('int4range') })],
    byHand: {
      up: ['alter table teacher add constraint apart exclude using gist (during with &&)'],
      down: ['alter table teacher drop constraint apart'],
    },
    rows: ["insert into teacher (during) values ('[1,5)')"],
    decisions: ['rename teacher.during:span'],
    never: [/apart/],
    up: [["select count(*)::int from pg_constraint where conname = 'apart'", [1]]],
  },
  'a sequence by hand is the default of a column that comes': {
    before: [table('teacher', { a: p.string() })],
    after: [table('teacher', { a: p.string(), n: p.integer().defaultRaw("nextval('numbers'::regclass)") })],
    byHand: { up: ['create sequence numbers start 100'], down: ['drop sequence numbers'] },
    rows,
    never: [/create sequence|drop sequence/],
    up: [['select n from teacher', [100]]],
  },
  'a default by hand of a column of the models goes: a model could say it': elsewhere(
    ["alter table teacher alter a set default 'by hand'"],
    ['alter table teacher alter a drop default'],
    {
      says: [/alter column "a" drop default/],
      up: [["select column_default from information_schema.columns where column_name = 'a'", [null]]],
      down: [
        [
          "select column_default from information_schema.columns where column_name = 'a'",
          ["'by hand'::character varying"],
        ],
      ],
    },
  ),
  'a computed column by hand, of a column that goes: refused': of(
    { a: p.string(), b: p.integer().nullable() },
    { b: p.integer().nullable() },
    {
      byHand: {
        up: ['alter table teacher add loud text generated always as (upper(a)) stored'],
        down: ['alter table teacher drop loud'],
      },
      rows,
      decisions: ['drop teacher.a'],
      refused: [/handwork/, /loud/],
    },
  ),
  'an index by hand, on a column that goes: it is said': of(
    { a: p.string(), b: p.integer().nullable() },
    { b: p.integer().nullable() },
    {
      byHand: { up: ['create index by_hand on teacher (a, b)'], down: ['drop index by_hand'] },
      rows,
      decisions: ['drop teacher.a'],
      refused: [/handwork/, /by_hand/],
    },
  ),
  'a policy by hand, on a column that goes: refused, as rows would be seen': of(
    { a: p.string(), b: p.integer().nullable() },
    { b: p.integer().nullable() },
    {
      byHand: {
        up: ['alter table teacher enable row level security', "create policy by_hand on teacher using (a = 'x')"],
        down: ['drop policy by_hand on teacher', 'alter table teacher disable row level security'],
      },
      rows,
      decisions: ['drop teacher.a'],
      refused: [/handwork/, /by_hand/],
    },
  ),
  'a foreign key by hand, to a table that goes: refused': {
    before: [table('teacher', { a: p.string() }), table('room')],
    after: [table('room')],
    byHand: {
      up: ['create table note (teacher int constraint by_hand references teacher)'],
      down: ['drop table note'],
    },
    rows,
    decisions: ['drop teacher'],
    refused: [/handwork/, /note|by_hand/],
  },
  'a function with a body of the standard, of a column that is renamed': {
    before: [table('teacher', { a: p.string() })],
    after: [table('teacher', { z: p.string() })],
    byHand: {
      up: ['create function all_of_it() returns setof varchar begin atomic select a from teacher; end'],
      down: ['drop function all_of_it()'],
    },
    rows,
    decisions: ['rename teacher.a:z'],
    never: [/function/],
    up: [['select all_of_it()', ['1']]],
  },
  'a table by hand in another schema, and an extension there': elsewhere(
    [
      'create schema ext',
      'create extension pg_trgm schema ext',
      'create table ext.words (w text)',
      'create index on ext.words using gin (w ext.gin_trgm_ops)',
    ],
    ['drop table ext.words', 'drop extension pg_trgm', 'drop schema ext'],
    { never: [/ext/] },
  ),
  'an index of the models with operators of an extension by hand': of(
    { a: p.string() },
    { a: p.string() },
    {
      options: [
        {},
        {
          indexes: [
            { name: 'like_it', expression: 'create index "like_it" on "teacher" using gin ("a" gin_trgm_ops)' },
          ],
        },
      ],
      byHand: { up: ['create extension pg_trgm'], down: ['drop extension pg_trgm'] },
      rows,
      never: [/extension/],
      up: [["select count(*)::int from pg_indexes where indexname = 'like_it'", [1]]],
    },
  ),
};
