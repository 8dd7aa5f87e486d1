/** Names that are renamed along, names that are hard to write, and renames with something else at once. */
import { defineEntity, p, type EntitySchema } from '@mikro-orm/core';
import { of, table, view, type Theme } from '../change.ts';

const s = () => p.string().nullable();
const rows = ["insert into teacher (a) values ('1')"];
const dropped = /drop (table|column|index|constraint)|create (table|index)/;
const long = 'x'.repeat(63);
const chinese = '姓'.repeat(21);
const kept = 'select count(*)::int from pg_class where relname ~ $$teacher$$';
const entity = (name: string, properties: Record<string, unknown>): EntitySchema =>
  defineEntity({
    name,
    tableName: name.toLowerCase(),
    properties: { id: p.integer().primary(), ...properties },
  } as never);

export const names: Theme = {
  'a column in a partial index, an index with more in it, one on an expression and one that descends': {
    before: [
      table(
        'teacher',
        { a: s(), b: p.integer().default(1) },
        {
          indexes: [
            { name: 'part', properties: ['b'], where: "a = 'x'" },
            { name: 'more', properties: ['b'], include: ['a'] },
            { name: 'low', expression: 'create index "low" on "teacher" (lower("a"))' },
            { name: 'desc', columns: [{ name: 'a', sort: 'desc' }], properties: ['a'] },
          ],
        },
      ),
    ],
    after: [
      table(
        'teacher',
        { z: s(), b: p.integer().default(1) },
        {
          indexes: [
            { name: 'part', properties: ['b'], where: "z = 'x'" },
            { name: 'more', properties: ['b'], include: ['z'] },
            { name: 'low', expression: 'create index "low" on "teacher" (lower("z"))' },
            { name: 'desc', columns: [{ name: 'z', sort: 'desc' }], properties: ['z'] },
          ],
        },
      ),
    ],
    rows,
    decisions: ['rename teacher.a:z'],
    never: [/index|drop/],
    up: [['select z from teacher', ['1']]],
  },
  'a column, its comment and its collation': of(
    { a: p.string().nullable().comment('one') },
    { z: p.string().nullable().comment('two').collation('C') },
    { rows, decisions: ['rename teacher.a:z'], never: [/drop/], up: [['select z from teacher', ['1']]] },
  ),
  'a column, which also may be null now': of(
    { a: p.string() },
    { z: p.string().nullable() },
    { rows, decisions: ['rename teacher.a:z'], says: [/rename column/, /drop not null/], never: [/drop column/] },
  ),
  'a column, its type with an expression, and it may be null no more': of(
    { a: s() },
    { z: p.integer() },
    {
      rows,
      decisions: ['rename teacher.a:z', 'fill teacher.z'],
      volunteered: ['using teacher.z:z::integer + 1'],
      up: [['select z from teacher', [2]]],
      lost: ['teacher.a'],
    },
  ),
  'three candidates: one is it, two are new': of(
    { a: s() },
    { x: s(), y: s(), z: s() },
    {
      rows,
      decisions: ['rename teacher.a:y'],
      up: [["select y || coalesce(x, '-') || coalesce(z, '-') from teacher", ['1--']]],
      down: [['select a from teacher', ['1']]],
    },
  ),
  'three went, two came: renamed, dropped, kept': of(
    { a: s(), b: s(), c: s() },
    { y: s(), z: s() },
    {
      rows: ["insert into teacher (a, b, c) values ('1', '2', '3')"],
      decisions: ['rename teacher.a:z', 'drop teacher.b', 'keep teacher.c'],
      up: [["select z || coalesce(y, '-') || c from teacher", ['1-3']]],
      down: [['select a || c from teacher', ['13']]],
    },
  ),
  'a column and its enum': of(
    { a: p.enum(['1', '2']).nativeEnumName('grade') },
    { z: p.enum(['1', '2']).nativeEnumName('mark') },
    {
      rows,
      decisions: ['rename teacher.a:z'],
      says: [/alter type "grade" rename to "mark"/, /rename column "a" to "z"/],
      never: [/drop|create/],
      up: [['select z::text from teacher', ['1']]],
    },
  ),
  'a column whose values are listed in a check': of(
    { a: p.enum(['1', '2']) },
    { z: p.enum(['1', '2', '3']) },
    { rows, decisions: ['rename teacher.a:z'], never: [/drop column/], up: [['select z from teacher', ['1']]] },
  ),
  'a column to a word that is reserved': of(
    { a: s() },
    { order: s() },
    { rows, decisions: ['rename teacher.a:order'], up: [['select "order" from teacher', ['1']]] },
  ),
  'a column from 63 bytes to 63 others': of(
    { [long]: s() },
    { [`y${long.slice(1)}`]: s() },
    {
      rows: [`insert into teacher (${long}) values ('1')`],
      decisions: [`rename teacher.${long}:y${long.slice(1)}`],
      up: [[`select y${long.slice(1)} from teacher`, ['1']]],
    },
  ),
  'a name of 63 bytes in 21 letters': of(
    { a: s() },
    { [chinese]: s() },
    {
      rows,
      decisions: [`rename teacher.a:"${chinese}"`],
      up: [[`select "${chinese}" from teacher`, ['1']]],
      down: [['select a from teacher', ['1']]],
    },
  ),
  'a quote, a dot and a colon in a name': of(
    { a: s() },
    { a: s(), b: p.string().nullable().fieldNames('x"y.z:w') },
    // MikroORM 7.2.1 takes the dot for the end of a schema's name.
    { rows, refused: [/models-not-buildable/, /syntax error/] },
  ),
  'a column is renamed to one with a blank and a colon': of(
    { a: s() },
    { b: p.string().nullable().fieldNames('y z:w') },
    {
      rows,
      decisions: ['rename teacher.a:"y z:w"'],
      up: [['select "y z:w" from teacher', ['1']]],
      down: [['select a from teacher', ['1']]],
    },
  ),
  'letters in another case are another name': of(
    { a: p.string().nullable().fieldNames('name') },
    { a: p.string().nullable().fieldNames('Name') },
    {
      rows: ["insert into teacher (name) values ('1')"],
      decisions: ['rename teacher.name:"Name"'],
      up: [['select "Name" from teacher', ['1']]],
    },
  ),
  'a table with everything on it': {
    before: [
      table(
        'teacher',
        { a: p.string().unique(), b: p.integer().index().check('b > 0').default(1) },
        {
          indexes: [{ properties: ['a', 'b'] }],
          uniques: [{ properties: ['b', 'a'] }],
          comment: 'one who teaches',
        },
      ),
    ],
    after: [
      table(
        'tutor',
        { a: p.string().unique(), b: p.integer().index().check('b > 0').default(1) },
        {
          indexes: [{ properties: ['a', 'b'] }],
          uniques: [{ properties: ['b', 'a'] }],
          comment: 'one who teaches',
        },
      ),
    ],
    byHand: { up: ['grant select on teacher to public'], down: ['revoke select on teacher from public'] },
    rows,
    decisions: ['rename teacher:tutor'],
    never: [dropped],
    up: [
      [kept, [0]],
      ["select count(*)::int from pg_constraint where contype <> 'n' and conname ~ 'teacher'", [0]],
      ["select has_table_privilege('public', 'tutor', 'select')::text", ['true']],
    ],
    down: [["select count(*)::int from pg_class where relname ~ 'tutor'", [0]]],
  },
  'a table, and another comes with its old name': {
    before: [table('teacher', { a: s(), b: p.integer().nullable() })],
    after: [table('tutor', { a: s(), b: p.integer().nullable() }), table('room', { a: s() })],
    rows,
    decisions: ['rename teacher:tutor'],
    up: [
      ['select a from tutor', ['1']],
      ['select count(*)::int from room', [0]],
    ],
  },
  'a table that references itself': (() => {
    const tree = (name: string): EntitySchema[] => {
      const node: EntitySchema = entity(name, { above: () => p.manyToOne(node).nullable(), a: s() });
      return [node];
    };
    return {
      before: tree('Teacher'),
      after: tree('Tutor'),
      rows: ["insert into teacher (a, above_id) values ('1', null), ('2', 1)"],
      decisions: ['rename teacher:tutor'],
      never: [dropped],
      up: [
        ['select above_id from tutor where id = 2', [1]],
        ["select conname from pg_constraint where contype = 'f'", ['tutor_above_id_foreign']],
      ],
    };
  })(),
  'a table of 63 bytes, whose other names are cut': {
    before: [table('t'.repeat(63), { a: p.string().unique().nullable() })],
    after: [table('u'.repeat(63), { a: p.string().unique().nullable() })],
    rows: [`insert into ${'t'.repeat(63)} (a) values ('1')`],
    decisions: [`rename ${'t'.repeat(63)}:${'u'.repeat(63)}`],
    never: [dropped],
    up: [[`select a from ${'u'.repeat(63)}`, ['1']]],
  },
  'a table with capitals and blanks': {
    before: [table('Old Table', { a: s() })],
    after: [table('Neue Tabelle Ä', { a: s() })],
    rows: [`insert into "Old Table" (a) values ('1')`],
    decisions: ['rename "Old Table":"Neue Tabelle Ä"'],
    never: [dropped],
    up: [['select a from "Neue Tabelle Ä"', ['1']]],
    down: [['select a from "Old Table"', ['1']]],
  },
  'a table and three columns under a view of the models': {
    before: [
      table('teacher', { a: s(), b: s(), c: s() }),
      view('seen', 'select a, b, c from teacher', { a: p.string().primary(), b: s(), c: s() }),
    ],
    after: [
      table('tutor', { x: s(), y: s(), z: s() }),
      view('seen', 'select x as a, y as b, z as c from tutor', { a: p.string().primary(), b: s(), c: s() }),
    ],
    rows: ["insert into teacher (a, b, c) values ('1', '2', '3')"],
    decisions: ['rename teacher:tutor', 'rename tutor.a:x', 'rename tutor.b:y', 'rename tutor.c:z'],
    never: [dropped],
    up: [['select a || b || c from seen', ['123']]],
    down: [['select a || b || c from seen', ['123']]],
  },
  'two tables trade their columns, and keep their names': {
    before: [table('one', { a: s() }), table('two', { b: s() })],
    after: [table('one', { b: s() }), table('two', { a: s() })],
    rows: ["insert into one (a) values ('1')", "insert into two (b) values ('2')"],
    decisions: ['drop one.a', 'drop two.b'],
    up: [['select b from one', [null]]],
  },
  'an index is renamed and gets another column': of(
    { a: s(), b: s() },
    { a: s(), b: s() },
    {
      options: [
        { indexes: [{ name: 'one', properties: ['a'] }] },
        { indexes: [{ name: 'two', properties: ['a', 'b'] }] },
      ],
      rows,
      up: [["select count(*)::int from pg_indexes where indexname in ('one', 'two')", [1]]],
    },
  ),
  'two indexes trade their names': of(
    { a: s(), b: s() },
    { a: s(), b: s() },
    {
      options: [
        {
          indexes: [
            { name: 'one', properties: ['a'] },
            { name: 'two', properties: ['b'] },
          ],
        },
        {
          indexes: [
            { name: 'two', properties: ['a'] },
            { name: 'one', properties: ['b'] },
          ],
        },
      ],
      rows,
    },
  ),
};
