/** Columns that come, go, and change what they may hold. */
import { p } from '@mikro-orm/core';
import { of, table, type Theme } from '../change.ts';

const two = ["insert into teacher (name) values ('Ada'), ('Grace')"];
const name = { name: p.string() };

export const columns: Theme = {
  'a nullable column comes': of(
    name,
    { ...name, bio: p.text().nullable() },
    {
      rows: two,
      says: [/alter table "teacher" add column "bio" text$/],
      up: [['select name from teacher order by id', ['Ada', 'Grace']]],
      down: [['select name from teacher order by id', ['Ada', 'Grace']]],
    },
  ),
  'a column with a constant default comes': of(
    name,
    { ...name, seats: p.integer().default(7) },
    {
      rows: two,
      up: [['select seats from teacher', [7, 7]]],
    },
  ),
  'a column that may not be null comes, and rows get a value': of(
    name,
    { ...name, city: p.string() },
    {
      rows: two,
      decisions: ["fill teacher.city:'unknown'"],
      up: [
        ['select city from teacher', ['unknown', 'unknown']],
        ["select count(*)::int from pg_attrdef where adrelid = 'teacher'::regclass and adnum = 3", [0]],
      ],
      never: [/\bupdate\b/],
    },
  ),
  'a value that reads other columns': of(
    name,
    { ...name, shout: p.string() },
    {
      rows: two,
      decisions: ['fill teacher.shout:upper(name)'],
      says: [/update "teacher" set "shout" = upper\(name\)/],
      up: [['select shout from teacher order by id', ['ADA', 'GRACE']]],
    },
  ),
  'a value for each row': of(
    name,
    { ...name, token: p.uuid() },
    {
      rows: two,
      decisions: ['fill teacher.token:gen_random_uuid()'],
      up: [['select count(distinct token)::int from teacher', [2]]],
    },
  ),
  'a column that may not be null comes to a table that has no rows': of(
    name,
    { ...name, city: p.string() },
    {
      rows: [],
      decisions: ['fill teacher.city'],
      says: [/add column "city" varchar\(255\) not null$/],
    },
  ),
  'two such columns at once': of(
    name,
    { ...name, city: p.string(), age: p.integer() },
    {
      rows: two,
      decisions: ["fill teacher.city:''", 'fill teacher.age:18'],
      up: [['select age from teacher', [18, 18]]],
    },
  ),
  'a column goes': of({ ...name, bio: p.text().nullable() }, name, {
    rows: two,
    decisions: ['drop teacher.bio'],
    says: [/drop column "bio"/],
    up: [['select name from teacher order by id', ['Ada', 'Grace']]],
    down: [['select bio from teacher', [null, null]]],
  }),
  'a column goes that may not be null: it comes back with something neutral': of({ ...name, age: p.integer() }, name, {
    rows: ["insert into teacher (name, age) values ('Ada', 36)"],
    decisions: ['drop teacher.age'],
    down: [['select age from teacher', [0]]],
  }),
  'a column goes, with its index and its check': of(
    { ...name, age: p.integer().check('age > 0').index().nullable() },
    name,
    { decisions: ['drop teacher.age'] },
  ),
  'a column is left alone': of({ ...name, legacy: p.text().nullable().index() }, name, {
    rows: ["insert into teacher (name, legacy) values ('Ada', 'x')"],
    decisions: ['keep teacher.legacy'],
    never: [/drop/],
    up: [['select legacy from teacher', ['x']]],
    down: [['select legacy from teacher', ['x']]],
  }),
  'null is allowed': of(
    name,
    { name: p.string().nullable() },
    { rows: two, says: [/alter column "name" drop not null/] },
  ),
  'null is allowed no more, no row has one': of({ name: p.string().nullable() }, name, {
    rows: two,
    decisions: ['fill teacher.name'],
    says: [/alter column "name" set not null/],
  }),
  'null is allowed no more, rows get a value': of({ name: p.string().nullable() }, name, {
    rows: ["insert into teacher (name) values ('Ada'), (null)"],
    decisions: ["fill teacher.name:'nobody'"],
    says: [/update "teacher" set "name" = 'nobody' where "name" is null/],
    lost: ['teacher.name'],
    up: [['select name from teacher order by id', ['Ada', 'nobody']]],
  }),
  'a comment comes': of(name, { name: p.string().comment("it's\nlong; -- really") }),
  'a comment changes': of({ name: p.string().comment('a') }, { name: p.string().comment('b') }),
  'a comment goes': of({ name: p.string().comment('a \\ b') }, name),
  'a collation comes': of(
    name,
    { name: p.string().collation('C') },
    { rows: two, up: [['select name from teacher order by id', ['Ada', 'Grace']]] },
  ),
  'a collation goes': of({ name: p.string().collation('C') }, name, { rows: two }),
  'a computed column comes': of(
    { a: p.integer() },
    { a: p.integer(), twice: p.integer().generated('(a * 2) stored') },
    {
      rows: ['insert into teacher (a) values (2), (3)'],
      up: [['select twice from teacher order by id', [4, 6]]],
    },
  ),
  'a computed column is computed otherwise': of(
    { a: p.integer(), b: p.integer().generated('(a * 2) stored') },
    { a: p.integer(), b: p.integer().generated('(a * 3) stored') },
    {
      rows: ['insert into teacher (a) values (2)'],
      up: [['select b from teacher', [6]]],
      down: [['select b from teacher', [4]]],
    },
  ),
  'a computed column keeps what was computed, and is a plain one': of(
    { a: p.integer(), b: p.integer().generated('(a * 2) stored') },
    { a: p.integer(), b: p.integer() },
    { rows: ['insert into teacher (a) values (2)'], says: [/drop expression/], up: [['select b from teacher', [4]]] },
  ),
  'a plain column is computed': of(
    { a: p.integer(), b: p.integer() },
    { a: p.integer(), b: p.integer().generated('(a * 2) stored') },
    {
      rows: ['insert into teacher (a, b) values (2, 9)'],
      decisions: ['drop teacher.b'],
      up: [['select b from teacher', [4]]],
    },
  ),
  'columns come, and go, in the order of the model': of(
    { f: p.integer().nullable(), b: p.integer().nullable(), d: p.integer().nullable(), a: p.integer().nullable() },
    { z: p.string().nullable(), c: p.string().nullable(), x: p.string().nullable(), e: p.string().nullable() },
    {
      decisions: ['drop teacher.f', 'drop teacher.b', 'drop teacher.d', 'drop teacher.a'],
      says: [
        /drop column "f".*drop column "b".*drop column "d".*drop column "a"/s,
        /add column "z".*add column "c".*add column "x".*add column "e"/s,
      ],
    },
  ),
  'a column goes with what is computed from it, whichever stands first': of(
    { a: p.integer().generated('(b * 2) stored'), b: p.integer(), c: p.integer().generated('(b * 3) stored') },
    {},
    {
      rows: ['insert into teacher (b) values (4)'],
      decisions: ['drop teacher.b'],
      says: [/drop column "a", drop column "c", drop column "b"/],
    },
  ),
  'a computed column comes with what it reads': of(
    {},
    { a: p.integer().generated('(b * 2) stored'), b: p.integer(), c: p.integer().generated('(b * 3) stored') },
    {
      rows: ['insert into teacher default values'],
      decisions: ['fill teacher.b:5'],
      up: [['select a + c from teacher', [25]]],
    },
  ),
  'what a computed column reads gets another type': of(
    { a: p.integer(), b: p.integer().generated('(a * 2) stored') },
    { a: p.bigint(), b: p.integer().generated('(a * 2) stored') },
    { rows: ['insert into teacher (a) values (2)'], up: [['select b from teacher', [4]]] },
  ),
  'names that have to be quoted': of(
    { order: p.integer().nullable() },
    {
      order: p.integer().nullable(),
      select: p.string().nullable().index(),
      'Größe "x"': p.integer().nullable(),
      老師: p.text().nullable(),
    },
  ),
  'a name of 63 bytes': of({}, { ['x'.repeat(63)]: p.integer().nullable() }),
  'json, arrays and more come': of(
    {},
    {
      a: p.json().nullable(),
      b: p.array().nullable(),
      c: p.decimal().precision(10).scale(2).nullable(),
      d: p.blob().nullable(),
      e: p.time().nullable(),
      f: p.interval().nullable(),
      g: p.double().nullable(),
      h: p.smallint().nullable(),
      i: p.date().nullable(),
      j: p.datetime().nullable(),
      k: p.boolean().nullable(),
      l: p.uuid().nullable(),
      m: p.character().length(3).nullable(),
      n: p.bigint().nullable(),
      o: p.tinyint().nullable(),
      q: p.text().columnType('inet').nullable(),
      r: p.text().columnType('tsvector').nullable(),
      s: p.text().columnType('int4range').nullable(),
      t: p.text().columnType('bit varying(5)').nullable(),
      u: p.text().columnType('money').nullable(),
    },
  ),
  'a column comes, filled from others, and one that is computed from it': of(
    { a: p.integer() },
    { a: p.integer(), b: p.integer(), c: p.integer().generated('(b * 2) stored') },
    {
      rows: ['insert into teacher (a) values (4)'],
      decisions: ['fill teacher.b:a + 1'],
      up: [['select c from teacher', [10]]],
    },
  ),
  'a column may not be null any more, nor may what is computed from it': of(
    { a: p.integer().nullable(), b: p.integer().nullable().generated('(a * 3) stored') },
    { a: p.integer(), b: p.integer().generated('(a * 2) stored') },
    {
      rows: ['insert into teacher (a) values (null)'],
      volunteered: ['fill teacher.a:5'],
      lost: ['teacher.a', 'teacher.b'],
      up: [['select b from teacher', [10]]],
    },
  ),
  'a column comes, filled from one that is computed and comes with it': of(
    { a: p.integer() },
    { a: p.integer(), b: p.integer(), c: p.integer().generated('(abs(a) * 2) stored') },
    {
      rows: ['insert into teacher (a) values (4)'],
      decisions: ['fill teacher.b:c + 1'],
      up: [['select b from teacher', [9]]],
    },
  ),
  'identity comes': {
    before: [table('teacher', { id: p.integer().primary().autoincrement(false) }, { key: 'own' })],
    after: [table('teacher', { id: p.integer().primary().generated('by default as identity') }, { key: 'own' })],
    rows: ['insert into teacher (id) values (41)'],
    up: [['with new as (insert into teacher default values returning id) select id from new', [42]]],
  },
  'a serial becomes identity': {
    before: [table('teacher')],
    after: [table('teacher', { id: p.integer().primary().generated('by default as identity') }, { key: 'own' })],
    rows: ['insert into teacher default values', 'insert into teacher default values'],
    up: [['with new as (insert into teacher default values returning id) select id from new', [3]]],
    // No rollback takes a counter back: 3 was given out after up.
    down: [['with new as (insert into teacher default values returning id) select id from new', [4]]],
  },
  'a plain key becomes a serial': {
    before: [table('teacher', { id: p.integer().primary().autoincrement(false) }, { key: 'own' })],
    after: [table('teacher')],
    rows: ['insert into teacher (id) values (9)'],
    up: [['with new as (insert into teacher default values returning id) select id from new', [10]]],
  },
  'a serial becomes a plain key': {
    before: [table('teacher')],
    after: [table('teacher', { id: p.integer().primary().autoincrement(false) }, { key: 'own' })],
    rows: ['insert into teacher default values'],
    up: [['select id from teacher', [1]]],
    down: [['with new as (insert into teacher default values returning id) select id from new', [2]]],
  },
};
