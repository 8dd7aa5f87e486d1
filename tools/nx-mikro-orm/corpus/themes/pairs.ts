/** Several changes at once. */
import { p } from '@mikro-orm/core';
import { of, table, type Theme } from '../change.ts';

const mood = (...values: string[]) => p.enum(values).nativeEnumName('mood');

export const pairs: Theme = {
  'a column goes, another comes, an index moves': of(
    { a: p.string().index() },
    { b: p.integer().default(1).index() },
    {
      rows: ["insert into teacher (a) values ('x')"],
      decisions: ['drop teacher.a'],
      up: [['select b from teacher', [1]]],
    },
  ),
  'a name is split in two': of(
    { name: p.string() },
    { first: p.string(), last: p.string() },
    {
      rows: ["insert into teacher (name) values ('Ada Lovelace')"],
      decisions: [
        'drop teacher.name',
        "fill teacher.first:split_part(name, ' ', 1)",
        "fill teacher.last:split_part(name, ' ', 2)",
      ],
      up: [["select last || ', ' || first from teacher", ['Lovelace, Ada']]],
    },
  ),
  'two columns become one': of(
    { first: p.string(), last: p.string() },
    { name: p.string() },
    {
      rows: ["insert into teacher (first, last) values ('Ada', 'Lovelace')"],
      decisions: ['drop teacher.first', 'drop teacher.last', "fill teacher.name:first || ' ' || last"],
      up: [['select name from teacher', ['Ada Lovelace']]],
    },
  ),
  'table, column, index, type and default': {
    before: [table('teacher', { a: p.string().index().default('1') })],
    after: [table('tutor', { b: p.integer().index().default(2) })],
    rows: ['insert into teacher default values'],
    decisions: ['rename teacher:tutor', 'rename tutor.a:b'],
    up: [['select b from tutor', [1]]],
    down: [['select a from teacher', ['1']]],
  },
  'an enum loses a value under a default, an index and a view': of(
    { m: mood('a', 'b').default('b').index() },
    { m: mood('a', 'c').default('c').index() },
    {
      byHand: { up: ['create view v as select m from teacher'], down: ['drop view v'] },
      rows: ['insert into teacher default values'],
      decisions: ['map mood.b:c'],
      up: [['select m::text from v', ['c']]],
      down: [['select m::text from v', ['b']]],
    },
  ),
  'a key becomes bigint while a table is renamed': {
    before: [table('teacher', { id: p.integer().primary() }, { key: 'own' })],
    after: [table('tutor', { id: p.bigint().primary() }, { key: 'own' })],
    rows: ['insert into teacher default values'],
    decisions: ['rename teacher:tutor'],
    up: [['with n as (insert into tutor default values returning id) select id::int from n', [2]]],
  },
  'a check and the column under it': of(
    { a: p.integer().check('a > 0') },
    { a: p.bigint().check('a > 5') },
    { rows: ['insert into teacher (a) values (7)'] },
  ),
  'a computed column and what it reads': of(
    { a: p.integer(), b: p.integer().generated('(a * 2) stored') },
    { a: p.bigint(), b: p.bigint().generated('(a * 3) stored') },
    { rows: ['insert into teacher (a) values (2)'], up: [['select b::int from teacher', [6]]] },
  ),
  'one table alone is altered once': of(
    { a: p.integer(), b: p.string(), c: p.string() },
    { a: p.bigint(), b: p.string().nullable(), d: p.integer().nullable() },
    { decisions: ['drop teacher.c'], says: [/^alter table "teacher" [^;]*$/] },
  ),
  'five tables at once': {
    before: 'abcde'.split('').map((name) => table(name, { x: p.integer() })),
    after: 'abcde'.split('').map((name) => table(name, { x: p.bigint(), y: p.string().nullable().index() })),
  },
  'everything is gone but one': {
    before: [table('a', { m: mood('x') }), table('b', { m: mood('x') }), table('c')],
    after: [table('c')],
    decisions: ['drop a', 'drop b'],
  },
};
