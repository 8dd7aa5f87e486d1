/** Primary keys, unique keys, checks and exclusions. */
import { p } from '@mikro-orm/core';
import { of, table, type Theme } from '../change.ts';

const two = { a: p.integer(), b: p.integer() };
const rows = ['insert into teacher (a, b) values (1, 2), (3, 4)'];
const options = (was: object, is: object) => ({
  options: [was, is] as [Record<string, unknown>, Record<string, unknown>],
});
const pupil = (type: () => unknown) => table('pupil', { teacher: type });

const Key = table('teacher', { id: p.integer().primary(), a: p.integer() }, { key: 'own' });
const BigKey = table('teacher', { id: p.bigint().primary(), a: p.integer() }, { key: 'own' });

const TextKey = table('teacher', { id: p.string().primary(), a: p.integer() }, { key: 'own' });

export const keys: Theme = {
  'a composite key': {
    before: [table('teacher', { a: p.integer().primary(), b: p.integer() }, { key: 'own' })],
    after: [table('teacher', { a: p.integer().primary(), b: p.integer().primary() }, { key: 'own' })],
    rows,
    up: [['select b from teacher order by a', [2, 4]]],
  },
  'another key': {
    before: [table('teacher', { a: p.integer().primary(), b: p.integer() }, { key: 'own' })],
    after: [table('teacher', { a: p.integer(), b: p.integer().primary() }, { key: 'own' })],
    rows,
    up: [['select a from teacher order by b', [1, 3]]],
  },
  'a key that others reference gets a larger type, and they with it': {
    before: [Key, pupil(() => p.manyToOne(Key))],
    after: [BigKey, pupil(() => p.manyToOne(BigKey))],
    rows: ['insert into teacher (a) values (5)', 'insert into pupil (teacher_id) values (1)'],
    up: [['select teacher_id::int from pupil', [1]]],
    down: [['select teacher_id from pupil', [1]]],
  },
  'a key that others reference gets another type altogether': {
    before: [Key, pupil(() => p.manyToOne(Key))],
    after: [TextKey, pupil(() => p.manyToOne(TextKey))],
    rows: ['insert into teacher (id, a) values (1, 5)', 'insert into pupil (teacher_id) values (1)'],
    up: [['select teacher_id from pupil', ['1']]],
    down: [['select teacher_id from pupil', [1]]],
  },
  'a unique key comes': of(two, { ...two, a: p.integer().unique() }, { rows }),
  'a unique key goes': of({ ...two, a: p.integer().unique() }, two, { rows }),
  'a unique key of two columns': of(two, two, { ...options({}, { uniques: [{ properties: ['a', 'b'] }] }), rows }),
  'a unique key gets another column': of(two, two, {
    ...options({ uniques: [{ name: 'u', properties: ['a'] }] }, { uniques: [{ name: 'u', properties: ['a', 'b'] }] }),
    rows,
    says: [/drop constraint "u".*add constraint "u"|drop constraint "u"[\s\S]*add constraint "u"/],
  }),
  'a unique key that is deferred': of(two, two, {
    ...options(
      { uniques: [{ name: 'u', properties: ['a'] }] },
      { uniques: [{ name: 'u', properties: ['a'], deferMode: 'deferred' }] },
    ),
    rows,
  }),
  'nulls are alike': of(two, two, {
    ...options(
      {},
      { uniques: [{ name: 'u', expression: 'create unique index "u" on "teacher" ("a") nulls not distinct' }] },
    ),
    rows,
    since: 15,
  }),
  'a unique key among some rows': of(two, two, {
    ...options({}, { uniques: [{ name: 'u', properties: ['a'], where: 'b > 0' }] }),
    rows,
  }),
  'a check comes': of(two, two, { ...options({}, { checks: [{ name: 'c', expression: 'a < b' }] }), rows }),
  'a check goes': of(two, two, { ...options({ checks: [{ name: 'c', expression: 'a < b' }] }, {}), rows }),
  'a check says something else': of(two, two, {
    ...options({ checks: [{ name: 'c', expression: 'a < b' }] }, { checks: [{ name: 'c', expression: 'a <= b' }] }),
    rows,
    says: [/alter table "teacher" drop constraint "c", add constraint "c"/],
  }),
  'a check that the server spells otherwise': of(
    two,
    two,
    options({}, { checks: [{ name: 'c', expression: 'a between 1 and 5 and b in (1, 2, 4) or not (a = 3)' }] }),
  ),
  'only the letter case of a literal in a check': of(
    { t: p.text() },
    { t: p.text() },
    options({ checks: [{ name: 'c', expression: "t <> 'x'" }] }, { checks: [{ name: 'c', expression: "t <> 'X'" }] }),
  ),
  'only parentheses in a check are no change of anything but that': of(
    two,
    two,
    options(
      { checks: [{ name: 'c', expression: 'a + b * 2 > 0' }] },
      { checks: [{ name: 'c', expression: '(a + b) * 2 > 0' }] },
    ),
  ),
  'a check on a column': of({ a: p.integer() }, { a: p.integer().check('a > 0') }),
  'an exclusion': of({ a: p.text().columnType('int4range') }, { a: p.text().columnType('int4range') }, {
    ...options({}, { checks: [] }),
    byHand: {
      up: ['alter table teacher add constraint apart exclude using gist (a with &&)'],
      down: ['alter table teacher drop constraint apart'],
    },
    decisions: ["fill teacher.b:''"],
    ...{},
    after: [table('teacher', { a: p.text().columnType('int4range'), b: p.text() })],
  } as never),
};
