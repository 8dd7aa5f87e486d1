/** Enums, native and as text with a check. */
import { p } from '@mikro-orm/core';
import { of, table, type Theme } from '../change.ts';

const mood = (...values: string[]) => p.enum(values).nativeEnumName('mood');
const text = (...values: string[]) => p.enum(values);
const held = 'select m::text from teacher order by id';
const rows = (...values: string[]) => [
  `insert into teacher (m) values ${values.map((value) => `('${value}')`).join(', ')}`,
];
const labels = "select enumlabel::text from pg_enum where enumtypid = 'mood'::regtype order by enumsortorder";

const onlyOf = (where: string) => ({ name: 'teacher_only', properties: ['id'], where });

export const enums: Theme = {
  'a value comes at the end': of(
    { m: mood('a', 'b') },
    { m: mood('a', 'b', 'c') },
    {
      rows: rows('a'),
      says: [/add value 'c'$/],
      up: [[labels, ['a', 'b', 'c']]],
      down: [
        [labels, ['a', 'b']],
        [held, ['a']],
      ],
    },
  ),
  'a value comes in the middle': of(
    { m: mood('a', 'c') },
    { m: mood('a', 'b', 'c') },
    { up: [[labels, ['a', 'b', 'c']]] },
  ),
  'a value comes at the beginning': of(
    { m: mood('b', 'c') },
    { m: mood('a', 'b', 'c') },
    { says: [/before 'b'/], up: [[labels, ['a', 'b', 'c']]] },
  ),
  'several values come': of(
    { m: mood('b', 'd') },
    { m: mood('a', 'b', 'c', 'd', 'e') },
    { up: [[labels, ['a', 'b', 'c', 'd', 'e']]] },
  ),
  'a value comes and is the default at once': of(
    { m: mood('a').default('a') },
    { m: mood('a', 'b').default('b') },
    { rows: rows('a'), revisions: 2, says: [/set default 'b'/], up: [[held, ['a']]] },
  ),
  'a value comes and a new table uses it': {
    before: [table('teacher', { m: mood('a') })],
    after: [table('teacher', { m: mood('a', 'b') }), table('pupil', { m: mood('a', 'b').default('b') })],
    revisions: 2,
  },
  'a value comes and fills a new column': of(
    { m: mood('a') },
    { m: mood('a', 'b'), n: mood('a', 'b') },
    { rows: rows('a'), decisions: ["fill teacher.n:'b'"], revisions: 2, up: [['select n::text from teacher', ['b']]] },
  ),
  'a value is renamed': of(
    { m: mood('sad', 'ok') },
    { m: mood('unhappy', 'ok') },
    {
      rows: rows('sad', 'ok'),
      decisions: ['rename mood.sad:unhappy'],
      says: [/rename value 'sad' to 'unhappy'/],
      up: [[held, ['unhappy', 'ok']]],
      down: [[held, ['sad', 'ok']]],
    },
  ),
  'two values are renamed': of(
    { m: mood('a', 'b') },
    { m: mood('c', 'd') },
    {
      rows: rows('a', 'b'),
      decisions: ['rename mood.a:c', 'rename mood.b:d'],
      up: [[held, ['c', 'd']]],
      down: [[held, ['a', 'b']]],
    },
  ),
  'a value goes, and rows get another': of(
    { m: mood('a', 'b', 'c') },
    { m: mood('a', 'c') },
    {
      rows: rows('a', 'b', 'c'),
      decisions: ['map mood.b:c'],
      up: [
        [held, ['a', 'c', 'c']],
        [labels, ['a', 'c']],
      ],
    },
  ),
  'a value goes that no row holds': of(
    { m: mood('a', 'b') },
    { m: mood('a') },
    { rows: rows('a'), decisions: ['drop mood.b'], up: [[held, ['a']]] },
  ),
  'a value goes, with a default': of(
    { m: mood('a', 'b').default('b') },
    { m: mood('a').default('a') },
    { rows: rows('b'), decisions: ['map mood.b:a'], up: [[held, ['a']]] },
  ),
  'values in another order': of(
    { m: mood('a', 'b', 'c') },
    { m: mood('c', 'b', 'a') },
    {
      rows: rows('a', 'c'),
      up: [
        [held, ['a', 'c']],
        [labels, ['c', 'b', 'a']],
      ],
      down: [[held, ['a', 'c']]],
    },
  ),
  'one is renamed, one comes, one goes': of(
    { m: mood('a', 'b', 'c') },
    { m: mood('x', 'c', 'd') },
    { rows: rows('a', 'b', 'c'), decisions: ['rename mood.a:x', 'map mood.b:c'], up: [[held, ['x', 'c', 'c']]] },
  ),
  'the type is renamed': of(
    { m: mood('a', 'b') },
    { m: p.enum(['a', 'b']).nativeEnumName('feeling') },
    {
      rows: rows('a'),
      says: [/alter type "mood" rename to "feeling"/],
      never: [/using/],
      up: [[held, ['a']]],
      down: [[held, ['a']]],
    },
  ),
  'the type is renamed and a value comes': of(
    { m: mood('a', 'b') },
    { m: p.enum(['a', 'b', 'c']).nativeEnumName('feeling') },
    { rows: rows('a'), up: [[held, ['a']]] },
  ),
  'two tables share a type that loses a value': {
    before: [table('teacher', { m: mood('a', 'b') }), table('pupil', { m: mood('a', 'b').default('a') })],
    after: [table('teacher', { m: mood('a') }), table('pupil', { m: mood('a').default('a') })],
    rows: [...rows('b'), "insert into pupil (m) values ('b')"],
    decisions: ['map mood.b:a'],
    up: [
      [held, ['a']],
      ['select m::text from pupil', ['a']],
    ],
  },
  'an array of a type that loses a value': of(
    { m: p.enum(['a', 'b']).array().nativeEnumName('mood') },
    { m: p.enum(['a', 'c']).array().nativeEnumName('mood') },
    {
      rows: ["insert into teacher (m) values ('{a,b}')"],
      decisions: ['map mood.b:c'],
      up: [[held, ['{a,c}']]],
      down: [[held, ['{a,b}']]],
    },
  ),
  'a type that loses a value, under an index, a check and a partial index': of(
    { m: mood('a', 'b', 'c').index() },
    { m: mood('a', 'b').index() },
    {
      options: [
        {
          checks: [{ name: 'fine', expression: "m <> 'a'" }],
          indexes: [{ name: 'part', properties: ['m'], where: "m = 'b'" }],
        },
        {
          checks: [{ name: 'fine', expression: "m <> 'a'" }],
          indexes: [{ name: 'part', properties: ['m'], where: "m = 'b'" }],
        },
      ],
      rows: rows('b', 'c'),
      decisions: ['map mood.c:b'],
      up: [[held, ['b', 'b']]],
    },
  ),
  'a type that loses a value, under a view by hand': of(
    { m: mood('a', 'b') },
    { m: mood('a') },
    {
      byHand: {
        up: [
          "create view moods as select id, m from teacher where m = 'a'",
          "comment on view moods is 'it''s'",
          'grant select on moods to public',
        ],
        down: ['drop view moods'],
      },
      rows: rows('a', 'b'),
      decisions: ['map mood.b:a'],
      up: [['select m::text from moods order by id', ['a', 'a']]],
    },
  ),
  'the last column of a type goes, and the type with it': of(
    { m: mood('a', 'b') },
    {},
    { rows: rows('a'), decisions: ['drop teacher.m'], says: [/drop type "mood"/] },
  ),
  'values with apostrophes and other scripts': of(
    { m: mood("it's", '老師') },
    { m: mood("it's", '老師', 'say "x"') },
    {},
  ),
  'in a schema of its own': {
    before: [table('teacher', { m: p.enum(['a']).nativeEnumName('mood') }, { schema: 'school' })],
    after: [table('teacher', { m: p.enum(['a', 'b']).nativeEnumName('mood') }, { schema: 'school' })],
  },
  'a value is renamed, and an index reads it and one that comes': of(
    { m: mood('a', 'b') },
    { m: mood('x', 'b', 'c') },
    {
      options: [{ indexes: [onlyOf("m in ('a', 'b')")] }, { indexes: [onlyOf("m in ('x', 'b', 'c')")] }],
      rows: rows('a', 'b'),
      decisions: ['rename mood.a:x'],
      revisions: 2,
      up: [[held, ['x', 'b']]],
      down: [[held, ['a', 'b']]],
    },
  ),
  'in a schema of its own, a value is renamed, and an index reads it and one that comes': {
    before: [table('teacher', { m: mood('a', 'b') }, { schema: 'school', indexes: [onlyOf("m = 'a'")] })],
    after: [table('teacher', { m: mood('x', 'b', 'c') }, { schema: 'school', indexes: [onlyOf("m in ('x', 'c')")] })],
    decisions: ['rename school.mood.a:x'],
    revisions: 2,
  },
  'the type is renamed, and its default is a value that comes': of(
    { m: mood('a', 'b').default('a') },
    { m: p.enum(['a', 'b', 'c']).nativeEnumName('feeling').default('c') },
    { rows: rows('a'), revisions: 2, up: [[held, ['a']]] },
  ),
  'as text: a value comes': of(
    { m: text('a', 'b') },
    { m: text('a', 'b', 'c') },
    { rows: rows('a'), up: [[held, ['a']]] },
  ),
  'as text: a value is renamed': of(
    { m: text('a', 'b') },
    { m: text('a', 'c') },
    { rows: rows('a', 'b'), decisions: ['rename teacher.m.b:c'], up: [[held, ['a', 'c']]], down: [[held, ['a', 'b']]] },
  ),
  'as text: a value goes': of(
    { m: text('a', 'b', 'c') },
    { m: text('a', 'c') },
    { rows: rows('b'), decisions: ['map teacher.m.b:a'], up: [[held, ['a']]] },
  ),
  'as text: only the letter case changes': of(
    { m: text('a', 'b') },
    { m: text('A', 'b') },
    { rows: rows('a'), decisions: ['rename teacher.m.a:A'], up: [[held, ['A']]], down: [[held, ['a']]] },
  ),
  'as text: one value is left': of(
    { m: text('a', 'b') },
    { m: text('a') },
    { rows: rows('b'), decisions: ['map teacher.m.b:a'], up: [[held, ['a']]] },
  ),
  'as text: no longer an enum': of({ m: text('a', 'b') }, { m: p.text() }, { rows: rows('a'), up: [[held, ['a']]] }),
};
