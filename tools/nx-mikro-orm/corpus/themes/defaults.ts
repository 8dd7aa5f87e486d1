/** Defaults: constants, expressions, and those that only look different. */
import { p } from '@mikro-orm/core';
import { of, type Theme } from '../change.ts';

const change = (before: unknown, after: unknown, more = {}) => of({ a: before }, { a: after }, more);

export const defaults: Theme = {
  'a default comes': change(p.integer(), p.integer().default(1), { says: [/set default 1/] }),
  'a default goes': change(p.integer().default(1), p.integer(), { says: [/drop default/] }),
  'a default changes': change(p.integer().default(1), p.integer().default(2), {
    rows: ['insert into teacher default values'],
    up: [['select a from teacher', [1]]],
  }),
  'an apostrophe': change(p.string(), p.string().default("it's"), {
    up: [['with new as (insert into teacher default values returning a) select a from new', ["it's"]]],
  }),
  'a semicolon, a line break, a dollar and a backslash': change(p.text(), p.text().default('1;\n2\\ ${x} `y` $$')),
  'letter case alone': change(p.string().default('a'), p.string().default('A'), { says: [/set default 'A'/] }),
  'now()': change(p.datetime(), p.datetime().defaultRaw('now()')),
  'an expression that the server spells otherwise': change(
    p.datetime(),
    p.datetime().defaultRaw("now() + interval '1 day'"),
  ),
  'true becomes false': change(p.boolean().default(true), p.boolean().default(false)),
  'a boolean default goes': change(p.boolean().default(true), p.boolean()),
  json: change(p.json(), p.json().default('{"a": [1, "x"]}')),
  'an array': change(p.array(), p.array().default(['a', 'b'])),
  'a decimal': change(p.decimal().precision(8).scale(2), p.decimal().precision(8).scale(2).default('1.50')),
  'a negative number': change(p.integer(), p.integer().default(-1)),
  null: change(p.integer().nullable().default(1), p.integer().nullable()),
  'an empty text': change(p.string(), p.string().default('')),
  'a random uuid': change(p.uuid(), p.uuid().defaultRaw('gen_random_uuid()')),
  'a function call becomes a constant': change(
    p.datetime().defaultRaw('now()'),
    p.datetime().defaultRaw("'2020-01-01 00:00:00+00'"),
  ),
  'of an enum': change(
    p.enum(['x', 'y']).nativeEnumName('mood').default('x'),
    p.enum(['x', 'y']).nativeEnumName('mood').default('y'),
  ),
  'of a type that changes with it': change(p.integer().default(1), p.text().default('one'), {
    rows: ['insert into teacher default values'],
    up: [['select a from teacher', ['1']]],
    down: [['select a from teacher', [1]]],
  }),
  'boolean to integer, both with a default': change(p.boolean().default(true), p.integer().default(3), {
    rows: ['insert into teacher default values'],
    up: [['select a from teacher', [1]]],
  }),
  'one that the model leaves to the database': of(
    { a: p.integer().default(1) },
    { a: p.integer().default(2).ignoreSchemaChanges('default') },
    { nothing: true },
  ),
  'a function by hand as default': of(
    { a: p.integer() },
    { a: p.integer().defaultRaw('next_code()') },
    {
      byHand: {
        up: ["create function next_code() returns int language sql as 'select 5'"],
        down: ['drop function next_code()'],
      },
      up: [['with new as (insert into teacher default values returning a) select a from new', [5]]],
    },
  ),
};
