/** Columns that get another type, with and without a cast. */
import { p } from '@mikro-orm/core';
import { of, type Theme } from '../change.ts';

const change = (before: unknown, after: unknown, values: string, more = {}) =>
  of({ a: before }, { a: after }, { rows: [`insert into teacher (a) values ${values}`], ...more });
const select = 'select a::text from teacher order by id';

export const types: Theme = {
  'a longer text': change(p.string().length(10), p.string().length(20), "('0123456789')", {
    up: [[select, ['0123456789']]],
    never: [/using/],
  }),
  'a shorter text is not cut silently': change(p.string().length(20), p.string().length(5), "('abc')", {
    decisions: ['using teacher.a:"a"'],
    up: [[select, ['abc']]],
    down: [[select, ['abc']]],
  }),
  'varchar to text': change(p.string(), p.text(), "('x')", {
    says: [/type text/],
    up: [[select, ['x']]],
    down: [[select, ['x']]],
  }),
  'text to varchar': change(p.text(), p.string(), "('x')", {
    decisions: ['using teacher.a:"a"'],
    up: [[select, ['x']]],
  }),
  'integer to bigint': change(p.integer(), p.bigint(), '(7)', {
    says: [/type bigint/],
    up: [[select, ['7']]],
    down: [[select, ['7']]],
  }),
  'bigint to integer': change(p.bigint(), p.integer(), '(7)', { up: [[select, ['7']]] }),
  'smallint to integer': change(p.smallint(), p.integer(), '(7)', { up: [[select, ['7']]] }),
  'integer to text': change(p.integer(), p.text(), '(7)', { up: [[select, ['7']]], down: [[select, ['7']]] }),
  'text to integer': change(p.text(), p.integer(), "('7')", {
    says: [/using "a"::integer/],
    up: [[select, ['7']]],
    down: [[select, ['7']]],
  }),
  'text to boolean': change(p.text(), p.boolean(), "('true')", { up: [[select, ['true']]] }),
  'text to date': change(p.text(), p.date(), "('2020-02-03')", {
    decisions: ['using teacher.a:a::date'],
    up: [[select, ['2020-02-03']]],
  }),
  'text to uuid': change(p.text(), p.uuid(), "('00000000-0000-0000-0000-000000000001')", {
    up: [[select, ['00000000-0000-0000-0000-000000000001']]],
  }),
  'text to json': change(p.text(), p.json(), `('{"a": 1}')`, {
    decisions: ['using teacher.a:a::jsonb'],
    up: [["select a ->> 'a' from teacher", ['1']]],
  }),
  'json to jsonb': change(p.json().columnType('json'), p.json(), `('{"a": 1}')`, {
    decisions: ['using teacher.a:a'],
    up: [["select a ->> 'a' from teacher", ['1']]],
  }),
  'jsonb to json': change(p.json(), p.json().columnType('json'), `('{"a": 1}')`, {
    up: [["select a ->> 'a' from teacher", ['1']]],
  }),
  'numeric gets more digits': change(p.decimal().precision(5).scale(2), p.decimal().precision(10).scale(2), '(1.25)', {
    up: [[select, ['1.25']]],
    down: [[select, ['1.25']]],
  }),
  'numeric gets fewer decimal places': change(
    p.decimal().precision(10).scale(4),
    p.decimal().precision(10).scale(2),
    '(1.2345)',
    {
      decisions: ['using teacher.a:round("a", 2)'],
      up: [[select, ['1.23']]],
      down: [[select, ['1.2300']]],
    },
  ),
  'double to integer': change(p.double(), p.integer(), '(1.6)', {
    decisions: ['using teacher.a:floor("a")::integer'],
    up: [[select, ['1']]],
  }),
  'integer to double': change(p.integer(), p.double(), '(3)', { up: [[select, ['3']]], down: [[select, ['3']]] }),
  'timestamptz to timestamp': change(p.datetime(), p.datetime().columnType('timestamp'), "('2020-01-01T12:00:00Z')", {
    decisions: [`using teacher.a:"a" at time zone 'UTC'`],
    up: [["select to_char(a, 'HH24') from teacher", ['12']]],
    down: [["select to_char(a at time zone 'UTC', 'HH24') from teacher", ['12']]],
  }),
  'timestamp to timestamptz': change(p.datetime().columnType('timestamp'), p.datetime(), "('2020-01-01T12:00:00')", {
    decisions: [`using teacher.a:"a" at time zone 'Europe/Berlin'`],
    up: [["select to_char(a at time zone 'UTC', 'HH24') from teacher", ['11']]],
    down: [["select to_char(a, 'HH24') from teacher", ['12']]],
  }),
  'timestamptz to date': change(p.datetime(), p.date(), "('2020-01-01T12:00:00Z')", {
    decisions: [`using teacher.a:("a" at time zone 'UTC')::date`],
    up: [[select, ['2020-01-01']]],
  }),
  'date to timestamptz': change(p.date(), p.datetime(), "('2020-01-01')", {
    decisions: [`using teacher.a:"a"::timestamp at time zone 'Europe/Berlin'`],
    up: [["select to_char(a at time zone 'UTC', 'DD HH24') from teacher", ['31 23']]],
    down: [[select, ['2020-01-01']]],
  }),
  'fewer digits of a second': change(p.datetime().length(6), p.datetime().length(0), "('2020-01-01T12:00:00.7Z')", {
    decisions: ['using teacher.a:"a"'],
  }),
  'integer to boolean': change(p.integer(), p.boolean(), '(2), (0)', {
    decisions: ['using teacher.a:"a" <> 0'],
    up: [[select, ['true', 'false']]],
    down: [[select, ['1', '0']]],
  }),
  'boolean to integer': change(p.boolean(), p.integer(), '(true)', {
    says: [/using "a"::integer/],
    up: [[select, ['1']]],
  }),
  'integer to uuid needs an expression': change(p.integer(), p.uuid(), '(1)', {
    decisions: ["using teacher.a:lpad(a::text, 32, '0')::uuid"],
    up: [[select, ['00000000-0000-0000-0000-000000000001']]],
  }),
  'integer to uuid, and the values go': change(p.integer().nullable(), p.uuid().nullable(), '(1)', {
    decisions: ['drop teacher.a'],
    up: [[select, [null]]],
  }),
  'text to an array': change(p.text(), p.array(), "('a')", {
    volunteered: ['using teacher.a:array[a]'],
    up: [['select a[1] from teacher', ['a']]],
  }),
  'varchar to a native enum': change(p.string(), p.enum(['x', 'y']).nativeEnumName('mood'), "('x')", {
    up: [[select, ['x']]],
    down: [[select, ['x']]],
  }),
  'a native enum to text': change(p.enum(['x', 'y']).nativeEnumName('mood'), p.text(), "('x')", {
    up: [[select, ['x']]],
    down: [[select, ['x']]],
  }),
  'an enum as text to a native enum': change(p.enum(['x', 'y']), p.enum(['x', 'y']).nativeEnumName('mood'), "('x')", {
    up: [[select, ['x']]],
    down: [[select, ['x']]],
  }),
  'char to text': change(p.character().length(3), p.text(), "('abc')", { up: [[select, ['abc']]] }),
  'a type with its index, its unique key and its check': of(
    { a: p.integer().index().check('a > 0'), b: p.integer().unique() },
    { a: p.bigint().index().check('a > 0'), b: p.bigint().unique() },
    { rows: ['insert into teacher (a, b) values (1, 2)'], up: [['select b::int from teacher', [2]]] },
  ),
  'a domain by hand': of(
    { a: p.integer() },
    { a: p.integer().columnType('positive') },
    {
      byHand: { up: ['create domain positive as integer check (value > 0)'], down: ['drop domain positive'] },
      rows: ['insert into teacher (a) values (3)'],
      up: [['select a from teacher', [3]]],
    },
  ),
  'an extension by hand': of(
    { a: p.text() },
    { a: p.text().columnType('citext') },
    {
      byHand: { up: ['create extension citext'], down: ['drop extension citext'] },
      rows: ["insert into teacher (a) values ('X')"],
      up: [["select (a = 'x')::text from teacher", ['true']]],
    },
  ),
};
