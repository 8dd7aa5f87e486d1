/** Checks, exclusions, unique and primary keys, and rows that are in their way. */
import { p } from '@mikro-orm/core';
import { of, table, type Theme } from '../change.ts';

const two = { a: p.integer(), b: p.integer() };
const span = { room: p.integer(), span: p.text().columnType('int4range') };
const rows = ['insert into teacher (a, b) values (1, 2), (3, 4)'];
const change = (columns: object, was: object, is: object, more: object = {}) =>
  of(columns as never, columns as never, {
    options: [was, is] as [Record<string, unknown>, Record<string, unknown>],
    ...more,
  });
const apart = (expression: string) => ({ checks: [{ name: 'apart', expression }] });
const overlapping = "insert into teacher (room, span) values (1, '[1,5)'), (1, '[3,9)')";
const unique = (more: object) => ({ uniques: [{ name: 'u', properties: ['a'], ...more }] });
const distinct = (rest: string) => ({
  uniques: [{ name: 'u', expression: `create unique index "u" on "teacher" ("a")${rest}` }],
});

export const constraints: Theme = {
  'an exclusion comes': change(span, {}, apart('exclude using gist (span with &&)'), {
    rows: ["insert into teacher (room, span) values (1, '[1,5)'), (1, '[5,9)')"],
    says: [/add constraint "apart" exclude using gist/i],
  }),
  'an exclusion comes, and rows are in its way: nothing is changed': change(
    span,
    {},
    apart('exclude using gist (span with &&)'),
    { rows: [overlapping], upFails: /exclusion|apart/ },
  ),
  'an exclusion goes': change(
    span,
    apart('exclude using gist (span with &&)'),
    {},
    {
      rows: ["insert into teacher (room, span) values (1, '[1,5)')"],
      says: [/drop constraint "apart"/],
    },
  ),
  'an exclusion of another column too, with an extension by hand': change(
    span,
    apart('exclude using gist (span with &&)'),
    apart('exclude using gist (room with =, span with &&)'),
    {
      byHand: { up: ['create extension btree_gist'], down: ['drop extension btree_gist'] },
      rows: ["insert into teacher (room, span) values (1, '[1,5)')"],
      never: [/extension/],
    },
  ),
  'an exclusion among some rows, and deferred': change(
    span,
    apart('exclude using gist (span with &&)'),
    apart('exclude using gist (span with &&) where (room > 0) deferrable initially deferred'),
  ),
  'a column of an exclusion is renamed': {
    before: [table('teacher', span, apart('exclude using gist (span with &&)'))],
    after: [
      table(
        'teacher',
        { room: p.integer(), period: p.text().columnType('int4range') },
        apart('exclude using gist (period with &&)'),
      ),
    ],
    rows: ["insert into teacher (room, span) values (1, '[1,5)')"],
    decisions: ['rename teacher.span:period'],
    never: [/exclude|drop/i],
  },
  'a check comes that a row breaks: nothing is changed': change(
    two,
    {},
    { checks: [{ name: 'c', expression: 'a > 2' }] },
    { rows, upFails: /check constraint|"c"/ },
  ),
  'a check on a column that comes with it': of(
    { a: p.integer() },
    { a: p.integer(), n: p.integer().default(5).check('n > 0') },
    { rows: ['insert into teacher (a) values (1)'] },
  ),
  'a check over two columns, one of which goes': {
    before: [table('teacher', two, { checks: [{ name: 'c', expression: 'a < b' }] })],
    after: [table('teacher', { a: p.integer() })],
    rows,
    decisions: ['drop teacher.b'],
    // What would satisfy the check is known to nobody any more.
    downFails: /check constraint/,
    up: [["select count(*)::int from pg_constraint where conname = 'c'", [0]]],
  },
  'a check over two columns, one of which is renamed': {
    before: [table('teacher', two, { checks: [{ name: 'c', expression: 'a < b' }] })],
    after: [table('teacher', { a: p.integer(), z: p.integer() }, { checks: [{ name: 'c', expression: 'a < z' }] })],
    rows,
    decisions: ['rename teacher.b:z'],
    never: [/constraint/],
  },
  'a check has another name and says something else': change(
    two,
    { checks: [{ name: 'c', expression: 'a < b' }] },
    { checks: [{ name: 'd', expression: 'a <= b' }] },
    { rows },
  ),
  'two checks change places': change(
    two,
    {
      checks: [
        { name: 'c', expression: 'a < b' },
        { name: 'd', expression: 'a > 0' },
      ],
    },
    {
      checks: [
        { name: 'd', expression: 'a < b' },
        { name: 'c', expression: 'a > 0' },
      ],
    },
    { rows },
  ),
  'a check with an apostrophe, a percent sign, a question mark and a backslash': change(
    { t: p.text().nullable() },
    {},
    { checks: [{ name: 'c', expression: `t not like '%it''s ?\\%'` }] },
  ),
  'a check on json, with an operator that holds a question mark': change(
    { t: p.json().nullable() },
    {},
    { checks: [{ name: 'c', expression: `t ? 'n'` }] },
  ),
  'a check by hand that is not valid yet stays so': of(
    { a: p.integer() },
    { a: p.integer(), b: p.text().nullable() },
    {
      byHand: {
        up: ['alter table teacher add constraint later check (a > 5) not valid'],
        down: ['alter table teacher drop constraint later'],
      },
      rows: [],
      never: [/later/],
      up: [["select convalidated::text from pg_constraint where conname = 'later'", ['false']]],
    },
  ),
  'a unique key comes over duplicates: nothing is changed': change(two, {}, unique({}), {
    rows: ['insert into teacher (a, b) values (1, 2), (1, 4)'],
    upFails: /unique|duplicate|could not create/i,
  }),
  'a unique key, deferred in another way': change(
    two,
    unique({ deferMode: 'deferred' }),
    unique({ deferMode: 'immediate' }),
    {
      rows,
      up: [["select condeferrable::text || condeferred::text from pg_constraint where conname = 'u'", ['truefalse']]],
    },
  ),
  'a unique key is deferred no more': change(two, unique({ deferMode: 'deferred' }), unique({}), {
    rows,
    up: [["select condeferrable::text from pg_constraint where conname = 'u'", ['false']]],
  }),
  'a unique key with more columns in it': change(two, unique({}), unique({ include: ['b'] }), { rows }),
  'nulls are alike no more': change({ a: p.integer().nullable() }, distinct(' nulls not distinct'), distinct(''), {
    since: 15,
    rows: ['insert into teacher (a) values (null)'],
    up: [["select indnullsnotdistinct::text from pg_index where indexrelid = 'u'::regclass", ['false']]],
  }),
  'a unique key among other rows': change(two, unique({ where: 'b > 0' }), unique({ where: 'b > 1' }), { rows }),
  'a unique key becomes an index that is not': change(
    two,
    unique({}),
    { indexes: [{ name: 'u', properties: ['a'] }] },
    { rows },
  ),
  'a column of a unique key of two is renamed': {
    before: [table('teacher', two, { uniques: [{ properties: ['a', 'b'] }] })],
    after: [table('teacher', { a: p.integer(), z: p.integer() }, { uniques: [{ properties: ['a', 'z'] }] })],
    rows,
    decisions: ['rename teacher.b:z'],
    says: [/rename constraint "teacher_a_b_unique" to "teacher_a_z_unique"/],
    never: [/drop|add constraint/],
  },
  'a column of a unique key of two goes': {
    before: [table('teacher', two, { uniques: [{ properties: ['a', 'b'] }] })],
    after: [table('teacher', { a: p.integer() }, { uniques: [{ properties: ['a'] }] })],
    rows,
    decisions: ['drop teacher.b'],
  },
  'null is allowed no more, a row has one, and nobody says what it gets: nothing is changed': of(
    { a: p.integer().nullable() },
    { a: p.integer() },
    { rows: ['insert into teacher (a) values (null)'], decisions: ['fill teacher.a'], upFails: /null values/ },
  ),
};
