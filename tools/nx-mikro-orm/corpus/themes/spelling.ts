/** Models that are written differently and mean the same: nothing is proposed. And the least that is a change. */
import { p } from '@mikro-orm/core';
import { of, type Theme } from '../change.ts';

const same = (before: unknown, after: unknown, options: [object, object] = [{}, {}]) =>
  of({ a: before }, { a: after }, { options: options as never, nothing: true });
const check = (expression: string) => ({ checks: [{ name: 'c', expression }] });
const alike = (one: string, other: string) => same(p.integer(), p.integer(), [check(one), check(other)]);
const differ = (one: string, other: string) =>
  of({ a: p.text().nullable() }, { a: p.text().nullable() }, { options: [check(one), check(other)] as never });
const index = (expression: string) => ({ indexes: [{ name: 'i', expression }] });

export const spelling: Theme = {
  'a check: between': alike('a between 1 and 5', 'a >= 1 and a <= 5'),
  'a check: in': alike('a in (1, 2)', 'a = any (array[1, 2])'),
  'a check: blanks, parentheses and letters': alike('a > 1 and a < 9', '((A > 1) AND (A < 9))'),
  'a check: not equal': alike('a <> 3', 'a != 3'),
  'a default: a cast': same(p.string().defaultRaw("'x'"), p.string().defaultRaw("'x'::varchar")),
  'a default: a number as text': same(p.integer().default(1), p.integer().defaultRaw("'1'")),
  'a default: current_timestamp and now() are not the same text, but each is only said once': same(
    p.datetime().defaultRaw('current_timestamp'),
    p.datetime().defaultRaw('CURRENT_TIMESTAMP'),
  ),
  'a type: its other name': same(p.integer(), p.text().columnType('int4')),
  // The server keeps the two apart, so this is a difference, once.
  'a type: with the precision that it has anyway': of(
    { a: p.datetime().length(6) },
    { a: p.text().columnType('timestamp with time zone') },
    { rows: ["insert into teacher (a) values ('2020-01-01 10:00')"], says: [/alter column "a" type timestamptz$/] },
  ),
  'an index: ascending and nulls last are what it is anyway': same(p.integer(), p.integer(), [
    index('create index "i" on "teacher" ("a")'),
    index('create index "i" on "teacher" using btree ("a" asc nulls last)'),
  ]),
  'an index: the operators that it has anyway': same(p.text(), p.text(), [
    index('create index "i" on "teacher" ("a")'),
    index('create index "i" on "teacher" ("a" text_ops)'),
  ]),
  'a computed column: parentheses that change nothing': of(
    { a: p.integer(), b: p.integer().generated('(a * 2) stored') },
    { a: p.integer(), b: p.integer().generated('((a) * (2)) stored') },
    { nothing: true },
  ),
  'a comment: the same': same(p.text().comment("it's"), p.text().comment("it's")),
  'columns in another order': of(
    { a: p.integer(), b: p.integer() },
    { b: p.integer(), a: p.integer() },
    { nothing: true },
  ),
  'the least: one letter of a literal in a check': differ("a <> 'x'", "a <> 'X'"),
  'the least: a blank in a literal': differ("a <> 'x y'", "a <> 'x  y'"),
  'the least: parentheses in a literal': differ("a <> '(x)'", "a <> 'x'"),
  'the least: a cast in a literal': differ("a <> 'x::text'", "a <> 'x'"),
  'the least: parentheses that change what is computed': of(
    { a: p.integer(), b: p.integer().generated('(a + 2 * 3) stored') },
    { a: p.integer(), b: p.integer().generated('((a + 2) * 3) stored') },
    {
      rows: ['insert into teacher (a) values (1)'],
      up: [['select b from teacher', [9]]],
      down: [['select b from teacher', [7]]],
    },
  ),
  'the least: a default in other letters': of(
    { a: p.string().default('abc') },
    { a: p.string().default('ABC') },
    {
      rows: [],
      up: [['with n as (insert into teacher default values returning a) select a from n', ['ABC']]],
    },
  ),
  'the least: a default with a blank at its end': of(
    { a: p.string().default('abc') },
    { a: p.string().default('abc ') },
    {
      rows: [],
    },
  ),
  'the least: a comment with a line break at its end': of({ a: p.text().comment('x') }, { a: p.text().comment('x\n') }),
  'the least: an index that descends': of(
    { a: p.integer() },
    { a: p.integer() },
    {
      options: [
        { indexes: [{ name: 'i', columns: [{ name: 'a', sort: 'asc' }], properties: ['a'] }] },
        { indexes: [{ name: 'i', columns: [{ name: 'a', sort: 'desc' }], properties: ['a'] }] },
      ] as never,
    },
  ),
  'the least: nulls first': of(
    { a: p.integer().nullable() },
    { a: p.integer().nullable() },
    {
      options: [
        { indexes: [{ name: 'i', columns: [{ name: 'a' }], properties: ['a'] }] },
        { indexes: [{ name: 'i', columns: [{ name: 'a', nulls: 'first' }], properties: ['a'] }] },
      ] as never,
    },
  ),
  'the least: the collation of an index': of(
    { a: p.text() },
    { a: p.text() },
    {
      options: [
        { indexes: [{ name: 'i', columns: [{ name: 'a' }], properties: ['a'] }] },
        { indexes: [{ name: 'i', columns: [{ name: 'a', collation: 'C' }], properties: ['a'] }] },
      ] as never,
    },
  ),
};
