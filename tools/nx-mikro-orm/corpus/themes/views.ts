/** Views that models describe: what they hold is made anew, what was said of them by hand stays. */
import { p } from '@mikro-orm/core';
import { table, view, type Theme } from '../change.ts';

const teacher = table('teacher', { name: p.string(), age: p.integer() });
const rows = ["insert into teacher (name, age) values ('Ada', 36), ('Grace', 40)"];
const name = { name: p.string().primary() };
const both = { ...name, age: p.integer() };
const materialized = { view: { materialized: true } };
const names = (sql: string, properties: Record<string, unknown> = name, more = {}) =>
  view('names', sql, properties, more);
const isPublic = (relation: string) => `select has_table_privilege('public', '${relation}', 'select')::text as granted`;

export const views: Theme = {
  'gets a column at its end': {
    before: [teacher, names('select name from teacher')],
    after: [teacher, names('select name, age from teacher', both)],
    rows,
    says: [/create or replace view/],
    never: [/drop view/],
    up: [['select age from names order by age', [36, 40]]],
  },
  'loses a column, and keeps who may read it': {
    before: [teacher, names('select name, age from teacher', both)],
    after: [teacher, names('select name from teacher')],
    byHand: {
      up: ['grant select on names to public', "comment on view names is 'for all'"],
      down: ['comment on view names is null', 'revoke select on names from public'],
    },
    rows,
    up: [
      [isPublic('names'), ['true']],
      ["select obj_description('names'::regclass)", ['for all']],
    ],
    down: [[isPublic('names'), ['true']]],
  },
  'one on another: both come': {
    before: [teacher],
    after: [teacher, view('aa', 'select name from zz', name), view('zz', 'select name from teacher', name)],
    rows,
    up: [['select count(*)::int from aa', [2]]],
  },
  'one on another: both go': {
    before: [teacher, view('aa', 'select name from zz', name), view('zz', 'select name from teacher', name)],
    after: [teacher],
    says: [/drop view "aa"[\s\S]*drop view "zz"/],
  },
  'one on another: the lower one loses a column that the upper one does not read': {
    before: [
      teacher,
      view('lower', 'select name, age from teacher', both),
      view('upper', 'select name from lower', name),
    ],
    after: [teacher, view('lower', 'select name from teacher', name), view('upper', 'select name from lower', name)],
    byHand: { up: ['grant select on upper to public'], down: ['revoke select on upper from public'] },
    rows,
    up: [
      ['select name from upper order by 1', ['Ada', 'Grace']],
      [isPublic('upper'), ['true']],
    ],
  },
  'one on another: a column under both gets another type': {
    before: [
      teacher,
      view('lower', 'select name, age from teacher', both),
      view('upper', 'select name, age from lower', both),
    ],
    after: [
      table('teacher', { name: p.string(), age: p.bigint() }),
      view('lower', 'select name, age from teacher', both),
      view('upper', 'select name, age from lower', both),
    ],
    rows,
    up: [['select sum(age)::int from upper', [76]]],
  },
  'a materialized view says something else': {
    before: [teacher, names('select name from teacher', name, materialized)],
    after: [teacher, names('select name from teacher where age > 38', name, materialized)],
    rows,
    says: [/drop materialized view "names"/],
    up: [['select name from names', ['Grace']]],
  },
  'a materialized view says something else, with an index and rights by hand': {
    before: [teacher, names('select name from teacher', name, materialized)],
    after: [teacher, names('select name from teacher where age > 38', name, materialized)],
    byHand: {
      up: ['create unique index once on names (name)', 'grant select on names to public'],
      down: ['revoke select on names from public', 'drop index once'],
    },
    rows,
    up: [
      ["select count(*)::int from pg_indexes where indexname = 'once'", [1]],
      [isPublic('names'), ['true']],
    ],
  },
  'a materialized view goes': {
    before: [teacher, names('select name from teacher', name, materialized)],
    after: [teacher],
    says: [/drop materialized view "names"/],
  },
  'a materialized view that is not filled yet': {
    before: [teacher],
    after: [teacher, names('select name from teacher', name, { view: { materialized: true, withData: false } })],
    says: [/with no data/i],
    up: [["select relispopulated::text from pg_class where relname = 'names'", ['false']]],
  },
  'a column under a materialized view gets another type': {
    before: [teacher, names('select name, age from teacher', both, materialized)],
    after: [
      table('teacher', { name: p.string(), age: p.bigint() }),
      names('select name, age from teacher', both, materialized),
    ],
    byHand: { up: ['create index ages on names (age)'], down: ['drop index ages'] },
    rows,
    up: [["select count(*)::int from pg_indexes where indexname = 'ages'", [1]]],
  },
  'becomes materialized': {
    before: [teacher, names('select name from teacher')],
    after: [teacher, names('select name from teacher', name, materialized)],
    says: [/drop view "names"/, /create materialized view/],
  },
  'becomes a table': {
    before: [teacher, names('select name from teacher')],
    after: [teacher, table('names', { name: p.string() })],
    says: [/drop view "names"/, /create table "names"/],
  },
  'a table becomes a view: its rows go, which has to be said': {
    before: [teacher, table('names', { name: p.string() })],
    after: [teacher, names('select name from teacher')],
    rows: [...rows, "insert into names (name) values ('Alan')"],
    decisions: ['drop names'],
    up: [['select name from names order by 1', ['Ada', 'Grace']]],
    down: [['select count(*)::int from names', [0]]],
  },
  'its table is renamed': {
    before: [teacher, names('select name from teacher')],
    after: [table('tutor', { name: p.string(), age: p.integer() }), names('select name from tutor')],
    rows,
    decisions: ['rename teacher:tutor'],
    never: [/drop table|create table/],
    up: [['select name from names order by 1', ['Ada', 'Grace']]],
  },
  'goes with its table': {
    before: [teacher, table('room'), names('select name from teacher')],
    after: [table('room')],
    rows,
    decisions: ['drop teacher'],
    says: [/drop view "names"[\s\S]*drop table "teacher"/],
  },
  'is spelled otherwise': {
    before: [teacher, names('select name from teacher where age between 1 and 99')],
    after: [teacher, names('SELECT t.name FROM teacher t WHERE t.age >= 1 AND t.age <= 99')],
    rows,
  },
  'is spelled in other letters and blanks only': {
    before: [teacher, names('select name from teacher where age > 1')],
    after: [teacher, names('SELECT name\n  FROM teacher\n WHERE (age > 1)')],
    nothing: true,
  },
  'reads a new column': {
    before: [teacher, names('select name from teacher')],
    after: [
      table('teacher', { name: p.string(), age: p.integer(), city: p.string().nullable() }),
      names('select name, city from teacher', { ...name, city: p.string().nullable() }),
    ],
    rows,
    says: [/add column "city"[\s\S]*view/],
  },
  'has another name': {
    before: [teacher, names('select name from teacher')],
    after: [teacher, view('people', 'select name from teacher', name)],
    rows,
    up: [['select name from people order by 1', ['Ada', 'Grace']]],
  },
  'with an option and a trigger by hand says something else': {
    before: [teacher, names('select name, age from teacher', both)],
    after: [teacher, names('select age, name from teacher', both)],
    byHand: {
      up: [
        'alter view names set (security_barrier = true)',
        'create function f() returns trigger language plpgsql as $$ begin return null; end $$',
        'create trigger instead_of instead of insert on names for each row execute function f()',
      ],
      down: ['drop trigger instead_of on names', 'drop function f()', 'alter view names reset (security_barrier)'],
    },
    rows,
    up: [
      ["select reloptions::text from pg_class where relname = 'names'", ['{security_barrier=true}']],
      ["select count(*)::int from pg_trigger where tgname = 'instead_of'", [1]],
    ],
  },
  'in another schema, of tables in two': {
    before: [teacher, table('room', { seats: p.integer() }, { schema: 'school' })],
    after: [
      teacher,
      table('room', { seats: p.integer() }, { schema: 'school' }),
      view(
        'all_of_it',
        'select t.name, r.seats from teacher t cross join school.room r',
        { ...name, seats: p.integer() },
        { schema: 'school' },
      ),
    ],
    up: [["select count(*)::int from pg_views where schemaname = 'school'", [1]]],
  },
  'by hand, of a column that goes: nobody can say what it should read then': {
    before: [teacher],
    after: [table('teacher', { name: p.string() })],
    byHand: { up: ['create view ages as select age from teacher'], down: ['drop view ages'] },
    rows,
    decisions: ['drop teacher.age'],
    refused: [/handwork/, /ages/],
  },
  'by hand, of every column, while one comes': {
    before: [teacher],
    after: [table('teacher', { name: p.string(), age: p.integer(), city: p.string().nullable() })],
    byHand: { up: ['create view everything as select * from teacher'], down: ['drop view everything'] },
    rows,
    never: [/view/],
    up: [["select count(*)::int from information_schema.columns where table_name = 'everything'", [3]]],
  },
};
