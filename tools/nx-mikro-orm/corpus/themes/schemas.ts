/** Tables of one name in several schemas, tables that move, schemas that come and go. */
import { defineEntity, p, type EntitySchema } from '@mikro-orm/core';
import { table, view, type Theme } from '../change.ts';

const named = (
  entity: string,
  name: string,
  schema: string | undefined,
  properties: object,
  more: object = {},
): EntitySchema =>
  defineEntity({
    name: entity,
    tableName: name,
    ...(schema && { schema }),
    properties: { id: p.integer().primary(), ...properties },
    ...more,
  } as never);
const s = () => p.string().nullable();
const ours = (properties: object, more: object = {}) => named('Ours', 'teacher', undefined, properties, more);
const theirs = (properties: object, more: object = {}) => named('Theirs', 'teacher', 'school', properties, more);
const two = ["insert into teacher (a) values ('ours')", "insert into school.teacher (a) values ('theirs')"];
const room = table('room');
const mood = (...values: string[]) => p.enum(values).nativeEnumName('mood');

const linked = (schema: string | undefined): EntitySchema[] => {
  const parent = named('Parent', 'parent', schema, { name: p.string() });
  const child = named('Child', 'child', undefined, { parent: () => p.manyToOne(parent) });
  return [parent, child];
};

export const schemas: Theme = {
  'two of one name: a column comes to one': {
    before: [ours({ a: s() }), theirs({ a: s() })],
    after: [ours({ a: s() }), theirs({ a: s(), b: s() })],
    rows: two,
    says: [/alter table "school"\."teacher" add column "b"/],
    never: [/alter table "teacher"/],
  },
  'two of one name: a column of one is renamed': {
    before: [ours({ a: s() }), theirs({ a: s() })],
    after: [ours({ a: s() }), theirs({ b: s() })],
    rows: two,
    decisions: ['rename school.teacher.a:b'],
    up: [
      ['select b from school.teacher', ['theirs']],
      ['select a from teacher', ['ours']],
    ],
    down: [['select a from school.teacher', ['theirs']]],
  },
  'two of one name: one goes, the other stays': {
    before: [ours({ a: s() }), theirs({ a: s() })],
    after: [ours({ a: s() })],
    rows: two,
    decisions: ['drop school.teacher'],
    says: [/drop table "school"\."teacher"/],
    up: [['select a from teacher', ['ours']]],
  },
  'two of one name: the second comes': {
    before: [ours({ a: s() })],
    after: [ours({ a: s() }), theirs({ a: s() })],
    rows: ["insert into teacher (a) values ('ours')"],
    never: [/alter table "teacher"/],
  },
  'two of one name: indexes of one name too': {
    before: [ours({ a: s() }), theirs({ a: s() })],
    after: [
      ours({ a: s() }, { indexes: [{ name: 'i', properties: ['a'] }] }),
      theirs({ a: s() }, { indexes: [{ name: 'i', properties: ['a'] }] }),
    ],
    rows: two,
    up: [["select count(*)::int from pg_indexes where indexname = 'i'", [2]]],
  },
  'two enums of one name: one gets a value': {
    before: [ours({ m: mood('a') }), theirs({ m: mood('a') })],
    after: [ours({ m: mood('a') }), theirs({ m: mood('a', 'b') })],
    up: [
      ["select count(*)::int from pg_enum where enumtypid = 'school.mood'::regtype", [2]],
      ["select count(*)::int from pg_enum where enumtypid = 'public.mood'::regtype", [1]],
    ],
  },
  'two enums of one name: one loses a value': {
    before: [ours({ m: mood('a', 'b') }), theirs({ m: mood('a', 'b') })],
    after: [ours({ m: mood('a', 'b') }), theirs({ m: mood('a') })],
    rows: ["insert into teacher (m) values ('b')", "insert into school.teacher (m) values ('b')"],
    decisions: ['map school.mood.b:a'],
    up: [
      ['select m::text from school.teacher', ['a']],
      ['select m::text from teacher', ['b']],
    ],
  },
  'a table that others reference moves': {
    before: linked(undefined),
    after: linked('school'),
    rows: ["insert into parent (name) values ('Ada')", 'insert into child (parent_id) values (1)'],
    decisions: ['rename parent:school.parent'],
    says: [/set schema "school"/],
    never: [/drop|create table|foreign key/],
    up: [['select name from school.parent', ['Ada']]],
    down: [['select name from parent', ['Ada']]],
  },
  'a table moves back, and its schema goes': {
    before: linked('school'),
    after: linked(undefined),
    rows: ["insert into school.parent (name) values ('Ada')", 'insert into child (parent_id) values (1)'],
    decisions: ['rename school.parent:parent'],
    says: [/set schema "public"/, /drop schema "school"/],
    never: [/drop table/],
    up: [['select name from parent', ['Ada']]],
  },
  'a table moves with its enum': {
    before: [ours({ m: mood('a', 'b').default('b') })],
    after: [theirs({ m: mood('a', 'b').default('b') })],
    rows: ['insert into teacher default values'],
    decisions: ['rename teacher:school.teacher'],
    never: [/drop table|create table/],
    up: [
      ['select m::text from school.teacher', ['b']],
      ["select typnamespace::regnamespace::text from pg_type where typname = 'mood'", ['school']],
    ],
    down: [['select m::text from teacher', ['b']]],
  },
  'a table moves, and a column of it is renamed': {
    before: [ours({ a: s() }, { indexes: [{ properties: ['a'] }] })],
    after: [theirs({ b: s() }, { indexes: [{ properties: ['b'] }] })],
    rows: ["insert into teacher (a) values ('x')"],
    decisions: ['rename teacher:school.teacher', 'rename school.teacher.a:b'],
    never: [/drop (table|column)|create table/],
    up: [['select b from school.teacher', ['x']]],
    down: [['select a from teacher', ['x']]],
  },
  'a table moves from under a view': {
    before: [ours({ a: s() }), view('seen', 'select a from teacher', { a: p.string().primary() })],
    after: [theirs({ a: s() }), view('seen', 'select a from school.teacher', { a: p.string().primary() })],
    rows: ["insert into teacher (a) values ('x')"],
    decisions: ['rename teacher:school.teacher'],
    up: [['select a from seen', ['x']]],
  },
  'a schema is renamed, with a foreign key from outside': {
    before: linked('old'),
    after: linked('new'),
    rows: ["insert into old.parent (name) values ('Ada')", 'insert into child (parent_id) values (1)'],
    decisions: ['rename old:new'],
    says: [/alter schema "old" rename to "new"/],
    never: [/drop|foreign key|create/],
    up: [['select name from new.parent', ['Ada']]],
    down: [['select name from old.parent', ['Ada']]],
  },
  'a schema is renamed, with an enum, a view and a sequence in it': {
    before: [
      table('t', { m: mood('a') }, { schema: 'old' }),
      view('v', 'select m from old.t', { m: p.string().primary() }, { schema: 'old' }),
    ],
    after: [
      table('t', { m: mood('a') }, { schema: 'new' }),
      view('v', 'select m from new.t', { m: p.string().primary() }, { schema: 'new' }),
    ],
    rows: ["insert into old.t (m) values ('a')"],
    decisions: ['rename old:new'],
    never: [/drop (table|type)|create (table|type)/],
    up: [['select m::text from new.v', ['a']]],
  },
  'a schema only looks renamed': {
    before: [table('t', { a: s() }, { schema: 'old' }), room],
    after: [table('t', { a: s() }, { schema: 'new' }), room],
    rows: ["insert into old.t (a) values ('x')"],
    decisions: ['drop old'],
    never: [/rename|set schema/],
    up: [['select count(*)::int from new.t', [0]]],
    lost: ['old.t'],
  },
  'a schema goes, in which something was made by hand: that stays': {
    before: [table('t', {}, { schema: 'school' }), room],
    after: [room],
    byHand: { up: ['create table school.note (a int)'], down: ['drop table school.note'] },
    decisions: ['drop school.t'],
    never: [/drop schema|note/],
    up: [["select to_regclass('school.note')::text", ['school.note']]],
  },
  'a schema with capitals and a blank': {
    before: [room],
    after: [room, table('Übung', { 'a b': p.integer().index('"i"') }, { schema: 'Erste Schule' })],
    up: [[`select to_regclass('"Erste Schule"."Übung"')::text`, ['"Erste Schule"."Übung"']]],
  },
  'a schema whose name is reserved': {
    before: [room],
    after: [room, table('user', { order: p.string() }, { schema: 'group' })],
    up: [[`select to_regclass('"group"."user"')::text`, ['"group"."user"']]],
  },
  'all tables of two schemas change at once': {
    before: ['a', 'b'].flatMap((schema) =>
      ['x', 'y'].map((name) => named(schema + name, name, schema, { n: p.integer() })),
    ),
    after: ['a', 'b'].flatMap((schema) =>
      ['x', 'y'].map((name) => named(schema + name, name, schema, { n: p.bigint(), m: p.integer().default(1) })),
    ),
    up: [['select count(*)::int from b.y where m = 1', [2]]],
  },
};
