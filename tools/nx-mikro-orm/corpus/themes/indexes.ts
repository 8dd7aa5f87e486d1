/** Indexes of every sort. */
import { p } from '@mikro-orm/core';
import { of, type Theme } from '../change.ts';

const columns = { a: p.integer(), b: p.string(), c: p.json(), d: p.datetime() };
const index = (was: object | undefined, is: object | undefined, more = {}) =>
  of(columns, columns, { options: [was ? { indexes: [was] } : {}, is ? { indexes: [is] } : {}] as never, ...more });
const sql = (text: string) => ({ name: 'i', expression: text });

export const indexes: Theme = {
  comes: index(undefined, { properties: ['a'] }),
  goes: index({ properties: ['a'] }, undefined, { says: [/drop index "teacher_a_index"/] }),
  'of two columns': index(undefined, { properties: ['a', 'b'] }),
  'gets another column': index({ name: 'i', properties: ['a'] }, { name: 'i', properties: ['a', 'b'] }),
  'in another order of columns': index({ name: 'i', properties: ['a', 'b'] }, { name: 'i', properties: ['b', 'a'] }),
  'among some rows': index(undefined, { name: 'i', properties: ['a'], where: 'a > 0' }),
  'among other rows': index(
    { name: 'i', properties: ['a'], where: 'a > 0' },
    { name: 'i', properties: ['a'], where: 'a > 1' },
  ),
  'among rows that differ in letter case only': index(
    { name: 'i', properties: ['a'], where: "b = 'x'" },
    { name: 'i', properties: ['a'], where: "b = 'X'" },
  ),
  'of an expression': index(undefined, sql('create index "i" on "teacher" (lower("b"))')),
  'of another expression': index(
    sql('create index "i" on "teacher" (lower("b"))'),
    sql('create index "i" on "teacher" (upper("b"))'),
  ),
  'with included columns': index(undefined, { name: 'i', properties: ['a'], include: ['b'] }),
  'with other included columns': index(
    { name: 'i', properties: ['a'], include: ['b'] },
    { name: 'i', properties: ['a'], include: ['d'] },
  ),
  descending: index(
    { name: 'i', properties: ['a'] },
    { name: 'i', columns: [{ name: 'a', sort: 'desc', nulls: 'last' }], properties: ['a'] },
  ),
  'ascending, said aloud': index(undefined, { name: 'i', columns: [{ name: 'a', sort: 'asc' }], properties: ['a'] }),
  gin: index(undefined, { name: 'i', properties: ['c'], type: 'gin' }),
  'gin with another operator class': index(
    { name: 'i', properties: ['c'], type: 'gin' },
    sql('create index "i" on "teacher" using gin ("c" jsonb_path_ops)'),
  ),
  brin: index(undefined, { name: 'i', properties: ['d'], type: 'brin' }),
  hash: index(undefined, { name: 'i', properties: ['b'], type: 'hash' }),
  'btree becomes hash': index({ name: 'i', properties: ['b'] }, { name: 'i', properties: ['b'], type: 'hash' }),
  'an operator class for like': index(undefined, sql('create index "i" on "teacher" ("b" varchar_pattern_ops)')),
  'with a fill factor': index(undefined, { name: 'i', properties: ['a'], fillFactor: 70 }),
  'becomes unique': index({ name: 'i', properties: ['a'] }, sql('create unique index "i" on "teacher" ("a")')),
  'two alike, and one is renamed': of(columns, columns, {
    options: [
      {
        indexes: [
          { name: 'i', properties: ['a'] },
          { name: 'j', properties: ['a'] },
        ],
      },
      {
        indexes: [
          { name: 'i', properties: ['a'] },
          { name: 'k', properties: ['a'] },
        ],
      },
    ] as never,
    says: [/alter index "j" rename to "k"/],
  }),
  'a name of 63 bytes': index(undefined, { name: 'i'.repeat(63), properties: ['a'] }),
};
