/** What has another name afterwards: nothing is dropped and made again. */
import { p } from '@mikro-orm/core';
import { of, table, type Theme } from '../change.ts';

const s = () => p.string().nullable();
const keep = [/drop (?!constraint|not null|default|index)/];
const mail = { mail: p.string().unique(), name: p.string().index(), age: p.integer().check('age > 0') };

export const renames: Theme = {
  'a column': of(
    { ssn: s() },
    { nickname: s() },
    {
      rows: ["insert into teacher (ssn) values ('1')"],
      decisions: ['rename teacher.ssn:nickname'],
      says: [/rename column "ssn" to "nickname"/],
      never: keep,
      up: [['select nickname from teacher', ['1']]],
      down: [['select ssn from teacher', ['1']]],
    },
  ),
  'a column that only looks renamed': of(
    { ssn: s() },
    { nickname: s() },
    {
      rows: ["insert into teacher (ssn) values ('1')"],
      decisions: ['drop teacher.ssn'],
      never: [/rename/],
      up: [['select nickname from teacher', [null]]],
    },
  ),
  'two columns of the same type': of(
    { a: s(), b: s() },
    { c: s(), d: s() },
    {
      rows: ["insert into teacher (a, b) values ('1', '2')"],
      decisions: ['rename teacher.a:d', 'rename teacher.b:c'],
      never: keep,
      up: [['select c || d from teacher', ['21']]],
      down: [['select a || b from teacher', ['12']]],
    },
  ),
  'one of two candidates': of(
    { a: s() },
    { b: s(), c: s() },
    {
      rows: ["insert into teacher (a) values ('1')"],
      decisions: ['rename teacher.a:c'],
      up: [['select c from teacher', ['1']]],
    },
  ),
  'two went, one came': of(
    { a: s(), b: s() },
    { c: s() },
    {
      rows: ["insert into teacher (a, b) values ('1', '2')"],
      decisions: ['rename teacher.b:c', 'drop teacher.a'],
      up: [['select c from teacher', ['2']]],
      down: [['select b from teacher', ['2']]],
    },
  ),
  'a column and its type': of(
    { a: p.string() },
    { b: p.text() },
    {
      rows: ["insert into teacher (a) values ('1')"],
      decisions: ['rename teacher.a:b'],
      says: [/rename column/, /type text/],
      up: [['select b from teacher', ['1']]],
      down: [['select a from teacher', ['1']]],
    },
  ),
  'a column that may be null no more': of(
    { a: p.string().nullable() },
    { b: p.string() },
    {
      rows: ["insert into teacher (a) values ('1')"],
      decisions: ['rename teacher.a:b', 'fill teacher.b'],
      up: [['select b from teacher', ['1']]],
    },
  ),
  'a column and its default': of(
    { a: p.integer().default(1) },
    { b: p.integer().default(2) },
    {
      rows: ['insert into teacher default values'],
      decisions: ['rename teacher.a:b'],
      up: [['select b from teacher', [1]]],
    },
  ),
  'a column with index, unique key and check': of(
    mail,
    { post: p.string().unique(), name: p.string().index(), years: p.integer().check('years > 0') },
    {
      rows: ["insert into teacher (mail, name, age) values ('m', 'n', 3)"],
      decisions: ['rename teacher.mail:post', 'rename teacher.age:years'],
      never: [/drop (?!constraint)/],
      up: [['select post from teacher', ['m']]],
    },
  ),
  'a column by hand-written view and trigger': of(
    { a: s() },
    { b: s() },
    {
      byHand: {
        up: ['create view all_a as select a from teacher', 'grant select on all_a to public'],
        down: ['drop view all_a'],
      },
      rows: ["insert into teacher (a) values ('1')"],
      decisions: ['rename teacher.a:b'],
      up: [['select a from all_a', ['1']]],
    },
  ),
  'a column that a computed one reads': of(
    { a: p.integer(), twice: p.integer().generated('(a * 2) stored') },
    { b: p.integer(), twice: p.integer().generated('(b * 2) stored') },
    {
      rows: ['insert into teacher (a) values (2)'],
      decisions: ['rename teacher.a:b'],
      never: [/drop/],
      up: [['select twice from teacher', [4]]],
    },
  ),
  'a serial key': {
    before: [table('teacher')],
    after: [table('teacher', { code: p.integer().primary() }, { key: 'own' })],
    rows: ['insert into teacher default values'],
    decisions: ['rename teacher.id:code'],
    up: [['with new as (insert into teacher default values returning code) select code from new', [2]]],
  },
  'a table': {
    before: [table('teacher', mail)],
    after: [table('tutor', mail)],
    rows: ["insert into teacher (mail, name, age) values ('m', 'n', 3)"],
    decisions: ['rename teacher:tutor'],
    says: [
      /alter table "teacher" rename to "tutor"/,
      /"teacher_id_seq" rename to "tutor_id_seq"/,
      /"teacher_pkey" to "tutor_pkey"/,
    ],
    never: [/drop|create/],
    up: [['select mail from tutor', ['m']]],
    down: [['select mail from teacher', ['m']]],
  },
  'a table that only looks renamed': {
    before: [table('teacher', mail)],
    after: [table('tutor', mail)],
    rows: ["insert into teacher (mail, name, age) values ('m', 'n', 3)"],
    decisions: ['drop teacher'],
    never: [/rename/],
    up: [['select mail from tutor', []]],
  },
  'a table and a column of it': {
    before: [table('teacher', { a: s() })],
    after: [table('tutor', { b: s() })],
    rows: ["insert into teacher (a) values ('1')"],
    decisions: ['rename teacher:tutor', 'rename tutor.a:b'],
    never: [/drop|create/],
    up: [['select b from tutor', ['1']]],
  },
  'two tables at once': {
    before: [table('a', { x: s() }), table('b', { y: s() })],
    after: [table('c', { y: s() }), table('d', { x: s() })],
    rows: ["insert into a (x) values ('1')"],
    decisions: ['rename a:d', 'rename b:c'],
    up: [['select x from d', ['1']]],
  },
  'a table to another schema': {
    before: [table('teacher', { a: s() })],
    after: [table('teacher', { a: s() }, { schema: 'school' })],
    rows: ["insert into teacher (a) values ('1')"],
    decisions: ['rename teacher:school.teacher'],
    says: [/set schema "school"/],
    never: [/drop|create table/],
    up: [['select a from school.teacher', ['1']]],
    down: [['select a from teacher', ['1']]],
  },
  'a table to another schema and name': {
    before: [table('teacher', { a: s() }, { schema: 'old' })],
    after: [table('tutor', { a: s() }, { schema: 'new' })],
    rows: ["insert into old.teacher (a) values ('1')"],
    decisions: ['rename old.teacher:new.tutor'],
    up: [['select a from new.tutor', ['1']]],
    down: [['select a from old.teacher', ['1']]],
  },
  'a schema': {
    before: [table('a', { x: s() }, { schema: 'old' }), table('b', {}, { schema: 'old' })],
    after: [table('a', { x: s() }, { schema: 'new' }), table('b', {}, { schema: 'new' })],
    rows: ["insert into old.a (x) values ('1')"],
    decisions: ['rename old:new'],
    says: [/alter schema "old" rename to "new"/],
    never: [/create|drop/],
    up: [['select x from new.a', ['1']]],
  },
  'an index': of(
    { a: s() },
    { a: s() },
    {
      options: [{ indexes: [{ name: 'one', properties: ['a'] }] }, { indexes: [{ name: 'two', properties: ['a'] }] }],
      says: [/alter index "one" rename to "two"/],
      never: [/drop|create/],
    },
  ),
  'a unique key': of(
    { a: s() },
    { a: s() },
    {
      options: [{ uniques: [{ name: 'one', properties: ['a'] }] }, { uniques: [{ name: 'two', properties: ['a'] }] }],
      says: [/rename constraint "one" to "two"/],
      never: [/drop/],
    },
  ),
  'a check': of(
    { a: p.integer() },
    { a: p.integer() },
    {
      options: [{ checks: [{ name: 'one', expression: 'a > 0' }] }, { checks: [{ name: 'two', expression: 'a > 0' }] }],
      says: [/rename constraint "one" to "two"/],
    },
  ),
  'a column beside what was made by hand': of(
    { a: s() },
    { b: s() },
    {
      byHand: {
        up: [
          'create index by_hand on teacher (lower(a))',
          'alter table teacher add extra int',
          'create function f() returns trigger language plpgsql as $$ begin return new; end $$',
          'create trigger by_hand before update on teacher for each row execute function f()',
        ],
        down: [
          'drop trigger by_hand on teacher',
          'drop function f()',
          'alter table teacher drop extra',
          'drop index by_hand',
        ],
      },
      decisions: ['rename teacher.a:b'],
      never: [/by_hand|extra/],
    },
  ),
  'a table beside what was made by hand': {
    before: [table('teacher', { a: s() })],
    after: [table('tutor', { a: s() })],
    byHand: {
      up: [
        'create index by_hand on teacher (lower(a))',
        'alter table teacher add extra int',
        'create view seen as select * from teacher',
      ],
      down: ['drop view seen', 'alter table teacher drop extra', 'drop index by_hand'],
    },
    decisions: ['rename teacher:tutor'],
    never: [/by_hand|extra|seen/],
  },
  'a column, and a new one takes its name': of(
    { number: p.string().unique(), age: p.integer() },
    { code: p.string().unique(), number: p.integer().nullable().index(), age: p.integer() },
    {
      rows: ["insert into teacher (number, age) values ('A1', 3)"],
      volunteered: ['rename teacher.number:code'],
      says: [/rename column "number" to "code"/, /add column "number" int/],
      up: [
        ['select code from teacher', ['A1']],
        ['select number from teacher', [null]],
      ],
      down: [['select number from teacher', ['A1']]],
    },
  ),
  'a column that has no cast to the one that takes its name: asked': of(
    { a: p.text() },
    { b: p.text(), a: p.blob().nullable() },
    {
      rows: ["insert into teacher (a) values ('x')"],
      decisions: ['rename teacher.a:b'],
      up: [['select b from teacher', ['x']]],
      down: [['select a from teacher', ['x']]],
    },
  ),
  'the key, and a new key takes its name': {
    before: [table('teacher', { id: p.string().primary(), a: s() }, { key: 'own' })],
    after: [table('teacher', { id: p.integer().primary(), code: p.string().unique(), a: s() }, { key: 'own' })],
    rows: ["insert into teacher (id, a) values ('x', 'y')"],
    volunteered: ['rename teacher.id:code'],
    up: [['select code from teacher where id > 0', ['x']]],
    down: [["select a from teacher where id = 'x'", ['y']]],
  },
  'a table, and a new one takes its name': {
    before: [table('person', { a: s().unique() }), table('room', { person: p.integer().index() })],
    after: [
      table('account', { a: s().unique() }),
      table('person', { name: s().unique(), a: s().unique() }),
      table('room', { person: p.integer().index() }),
    ],
    rows: ["insert into person (a) values ('1')"],
    volunteered: ['rename person:account'],
    says: [/alter table "person" rename to "account"/, /create table "person"/],
    up: [
      ['select a from account', ['1']],
      ['select a from person', []],
    ],
    down: [['select a from person', ['1']]],
  },
  'names with quotes and capitals': of(
    { a: s().fieldNames('Old Name') },
    { a: s().fieldNames('New Näme') },
    {
      rows: [`insert into teacher ("Old Name") values ('1')`],
      decisions: ['rename teacher."Old Name":"New Näme"'],
      up: [['select "New Näme" from teacher', ['1']]],
    },
  ),
};
