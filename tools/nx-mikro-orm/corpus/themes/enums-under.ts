/** Enums that change while something depends on them. */
import { p, Routine } from '@mikro-orm/core';
import { of, table, view, type Theme } from '../change.ts';

const mood = (...values: string[]) => p.enum(values).nativeEnumName('mood');
const held = 'select m::text from teacher order by id';
const labels = "select enumlabel::text from pg_enum where enumtypid = 'mood'::regtype order by enumsortorder";
const rows = (...values: string[]) => [
  `insert into teacher (m) values ${values.map((value) => `('${value}')`).join(', ')}`,
];
/** `b` goes, and rows get `a`. */
const less = (byHand: { up: string[]; down: string[] }, more: object = {}) =>
  of({ m: mood('a', 'b') }, { m: mood('a') }, { byHand, rows: rows('a', 'b'), decisions: ['map mood.b:a'], ...more });

export const enumsUnder: Theme = {
  'a function by hand that takes one': less(
    {
      up: [
        "create function is_sad(mood) returns boolean immutable language sql as $$ select $1 = 'a' $$",
        "comment on function is_sad(mood) is 'sad?'",
        'revoke execute on function is_sad(mood) from public',
      ],
      down: ['drop function is_sad(mood)'],
    },
    {
      up: [
        ["select is_sad('a')::text", ['true']],
        ["select obj_description('is_sad(mood)'::regprocedure)", ['sad?']],
      ],
      down: [["select is_sad('b')::text", ['false']]],
    },
  ),
  'a function by hand that returns one, and a view that calls it': less({
    up: [
      "create function usual() returns mood immutable language sql as $$ select 'a'::mood $$",
      'create view usuals as select usual() as m',
    ],
    down: ['drop view usuals', 'drop function usual()'],
  }),
  'a computed column by hand': less(
    {
      up: ["alter table teacher add is_a boolean generated always as (m = 'a') stored"],
      down: ['alter table teacher drop is_a'],
    },
    { up: [['select is_a::text from teacher order by id', ['true', 'true']]] },
  ),
  'a table by hand that holds one too': less(
    {
      up: ["create table note (m mood default 'b')", "insert into note values ('b'), ('a')"],
      down: ['drop table note'],
    },
    { up: [['select m::text from note order by 1', ['a', 'a']]], lost: ['note.m'] },
  ),
  'a domain and a composite type by hand': less(
    {
      up: [
        "create domain fine as mood check (value <> 'a')",
        'create type pair as (x mood, y int)',
        'create type couple as (one pair, others mood[])',
        "comment on type pair is 'of two'",
      ],
      down: ['drop type couple', 'drop type pair', 'drop domain fine'],
    },
    { up: [["select obj_description('pair'::regtype)", ['of two']]] },
  ),
  'a domain by hand whose check names the value that goes: refused': less(
    { up: ["create domain fine as mood check (value <> 'b')"], down: ['drop domain fine'] },
    { refused: [/handwork/, /domain public\.fine/] },
  ),
  'a domain by hand that a table by hand uses': less(
    {
      up: [
        "create domain fine as mood default 'a'",
        'create table note (m fine, others fine[])',
        "insert into note values ('b', '{a,b}')",
        "comment on domain fine is 'fine'",
      ],
      down: ['drop table note', 'drop domain fine'],
    },
    { up: [['select m::text || others::text from note', ['a{a,a}']]], lost: ['note.m', 'note.others'] },
  ),
  'a composite type by hand that a table by hand uses': less(
    {
      up: [
        'create type pair as (x mood, y int)',
        'create table note (p pair)',
        "insert into note values (('b', 1)), (null), ((null, 2))",
      ],
      down: ['drop table note', 'drop type pair'],
    },
    {
      up: [['select p::text from note where p is distinct from null order by (p).y', ['(a,1)', '(,2)']]],
      lost: ['note.p'],
    },
  ),
  'a range by hand that a table by hand uses': less(
    {
      up: [
        'create type moods as range (subtype = mood)',
        'create table note (id int, p moods)',
        "insert into note values (1, '[a,b)'), (2, 'empty'), (3, '(,b]'), (4, null)",
      ],
      down: ['drop table note', 'drop type moods'],
    },
    { up: [['select p::text from note order by id', ['empty', 'empty', '(,a]', null]]], lost: ['note.p'] },
  ),
  'a key, and a foreign key to it': {
    before: [table('teacher', { m: mood('a', 'b').primary() }, { key: 'own' }), table('lesson', { m: mood('a', 'b') })],
    after: [table('teacher', { m: mood('a', 'c').primary() }, { key: 'own' }), table('lesson', { m: mood('a', 'c') })],
    byHand: {
      up: ['alter table lesson add constraint by_hand foreign key (m) references teacher'],
      down: ['alter table lesson drop constraint by_hand'],
    },
    rows: ["insert into teacher values ('b')", "insert into lesson (id, m) values (1, 'b')"],
    decisions: ['map mood.b:c'],
    up: [['select m::text from lesson', ['c']]],
    down: [['select m::text from lesson', ['b']]],
  },
  'a default that a function by hand gives': less(
    {
      up: [
        "create function usual() returns mood language sql as $$ select 'a'::mood $$",
        'create table note (id int, m mood default usual())',
      ],
      down: ['drop table note', 'drop function usual()'],
    },
    { up: [['with n as (insert into note (id) values (1) returning m) select m::text from n', ['a']]] },
  ),
  'a policy and a trigger by hand': less({
    up: [
      "create policy by_hand on teacher using (m = 'a')",
      'create function f() returns trigger language plpgsql as $$ begin return new; end $$',
      "create trigger t before update on teacher for each row when (new.m = 'a') execute function f()",
    ],
    down: ['drop trigger t on teacher', 'drop function f()', 'drop policy by_hand on teacher'],
  }),
  'an index on an expression, and a key of two columns': of(
    { m: mood('a', 'b'), n: p.integer().default(1) },
    { m: mood('a'), n: p.integer().default(1) },
    {
      options: [{ uniques: [{ properties: ['n', 'm'] }] }, { uniques: [{ properties: ['n', 'm'] }] }],
      byHand: { up: ["create index by_hand on teacher ((m = 'a'))"], down: ['drop index by_hand'] },
      rows: rows('b'),
      decisions: ['map mood.b:a'],
      up: [[held, ['a']]],
    },
  ),
  'a key': {
    before: [table('teacher', { m: mood('a', 'b').primary() }, { key: 'own' })],
    after: [table('teacher', { m: mood('a', 'c').primary() }, { key: 'own' })],
    rows: ["insert into teacher (m) values ('a'), ('b')"],
    decisions: ['rename mood.b:c'],
    up: [['select m::text from teacher order by m', ['a', 'c']]],
  },
  'a view of the models, one of views, and a materialized one': {
    before: [
      table('teacher', { m: mood('a', 'b') }),
      view('moods', 'select id, m from teacher', { id: p.integer().primary(), m: p.string() }),
      view(
        'sad',
        "select id from moods where m = 'a'",
        { id: p.integer().primary() },
        { view: { materialized: true } },
      ),
    ],
    after: [
      table('teacher', { m: mood('a') }),
      view('moods', 'select id, m from teacher', { id: p.integer().primary(), m: p.string() }),
      view(
        'sad',
        "select id from moods where m = 'a'",
        { id: p.integer().primary() },
        { view: { materialized: true } },
      ),
    ],
    rows: rows('b'),
    decisions: ['map mood.b:a'],
    up: [['select count(*)::int from moods', [1]]],
  },
  'a function of the models that takes one': (() => {
    const is = new Routine({
      name: 'is_fine',
      type: 'function',
      language: 'sql',
      params: { m: { type: 'mood', runtimeType: 'string' } },
      returns: { runtimeType: 'boolean', columnType: 'boolean' },
      body: "select m = 'a'",
    } as never);
    return {
      before: { entities: [table('teacher', { m: mood('a', 'b') })], routines: [is] },
      after: { entities: [table('teacher', { m: mood('a') })], routines: [is] },
      rows: rows('b'),
      decisions: ['map mood.b:a'],
      up: [["select is_fine('a')::text", ['true']]],
    };
  })(),
  'a row holds a value that was said to be in none: nothing is changed': of(
    { m: mood('a', 'b') },
    { m: mood('a') },
    { rows: rows('b'), decisions: ['drop mood.b'], upFails: /mood/ },
  ),
  'a renamed value is the default': of(
    { m: mood('a', 'b').default('b') },
    { m: mood('a', 'c').default('c') },
    {
      rows: ['insert into teacher default values'],
      decisions: ['rename mood.b:c'],
      says: [/rename value 'b' to 'c'/],
      never: [/create type/],
      up: [[held, ['c']]],
      down: [[held, ['b']]],
    },
  ),
  'a value is renamed, one comes, and the order is another': of(
    { m: mood('a', 'b', 'c') },
    { m: mood('d', 'c', 'x', 'a') },
    {
      rows: rows('a', 'b', 'c'),
      decisions: ['rename mood.b:x'],
      up: [
        [held, ['a', 'x', 'c']],
        [labels, ['d', 'c', 'x', 'a']],
      ],
      down: [
        [held, ['a', 'b', 'c']],
        [labels, ['a', 'b', 'c']],
      ],
    },
  ),
  'a value goes, another is the default of a table that comes': {
    before: [table('teacher', { m: mood('a', 'b') })],
    after: [table('teacher', { m: mood('a', 'c') }), table('pupil', { m: mood('a', 'c').default('c') })],
    rows: rows('b'),
    decisions: ['map mood.b:c'],
    up: [[held, ['c']]],
  },
  'a column moves from one enum to another': of(
    { m: mood('a', 'b'), n: p.enum(['a', 'x']).nativeEnumName('other') },
    { m: p.enum(['a', 'x']).nativeEnumName('other'), n: p.enum(['a', 'x']).nativeEnumName('other') },
    { rows: ["insert into teacher (m, n) values ('a', 'x')"], up: [[held, ['a']]], down: [[held, ['a']]] },
  ),
  'the type and the column are renamed, and a value': of(
    { m: mood('a', 'b').default('b') },
    { temper: p.enum(['a', 'c']).nativeEnumName('temper').default('c') },
    {
      rows: ['insert into teacher default values'],
      decisions: ['rename teacher.m:temper', 'rename temper.b:c'],
      never: [/drop|create/],
      up: [['select temper::text from teacher', ['c']]],
      down: [[held, ['b']]],
    },
  ),
  'as text becomes native, and a value goes': of(
    { m: p.enum(['a', 'b']) },
    { m: mood('a') },
    {
      rows: rows('a'),
      volunteered: ["using teacher.m:case m when 'b' then 'a' else m end::mood"],
      up: [[held, ['a']]],
    },
  ),
  'native becomes as text, under a view by hand': of(
    { m: mood('a', 'b') },
    { m: p.enum(['a', 'b']) },
    {
      byHand: { up: ['create view moods as select m from teacher'], down: ['drop view moods'] },
      rows: rows('b'),
      up: [['select m::text from moods', ['b']]],
      down: [[held, ['b']]],
    },
  ),
  'of numbers': of(
    { m: p.enum([1, 2]) },
    { m: p.enum([1, 2, 3]) },
    // MikroORM 7.2.1 writes no check for numbers.
    { rows: ['insert into teacher (m) values (2)'], nothing: true },
  ),
  'names with capitals, a blank and 63 bytes': of(
    { m: p.enum(['A b', 'C']).nativeEnumName('Laune Ä'), n: p.enum(['x']).nativeEnumName('e'.repeat(63)) },
    { m: p.enum(['A b', 'D']).nativeEnumName('Laune Ä'), n: p.enum(['x', 'y']).nativeEnumName('e'.repeat(63)) },
    {
      rows: ["insert into teacher (m, n) values ('C', 'x')"],
      decisions: ['rename "Laune Ä"."C":"D"'],
      lost: ['teacher.m'],
      up: [[held, ['D']]],
    },
  ),
  'text becomes an enum, and a row has no such value: nothing is changed': of(
    { m: p.text() },
    { m: mood('a') },
    { rows: rows('z'), upFails: /mood|enum/ },
  ),
  'an array with a default gets a value and loses one': of(
    { m: p.enum(['a', 'b']).array().nativeEnumName('mood').default(['b']) },
    { m: p.enum(['a', 'c']).array().nativeEnumName('mood').default(['c']) },
    {
      rows: ['insert into teacher default values'],
      decisions: ['map mood.b:c'],
      up: [[held, ['{c}']]],
    },
  ),
  'comes to a column that is there, with a default': of(
    { m: p.string().default('a') },
    { m: mood('a', 'b').default('a') },
    { rows: ['insert into teacher default values'], up: [[held, ['a']]], down: [[held, ['a']]] },
  ),
  'has a comment and rights by hand': less(
    {
      up: ["comment on type mood is 'of a person'", 'revoke usage on type mood from public'],
      down: ['grant usage on type mood to public', 'comment on type mood is null'],
    },
    {
      up: [
        ["select obj_description('mood'::regtype)", ['of a person']],
        ["select has_type_privilege('public', 'mood', 'usage')::text", ['false']],
      ],
    },
  ),
};
