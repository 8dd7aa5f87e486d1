/** Functions and procedures that models describe, and what calls them. */
import { p, Routine } from '@mikro-orm/core';
import { table, view, type Models, type Theme } from '../change.ts';

const teacher = table('teacher', { name: p.string(), age: p.integer() });
const rows = ["insert into teacher (name, age) values ('Ada', 36)"];
const int = { type: 'int', runtimeType: 'number' };
const text = { type: 'text', runtimeType: 'string' };
const routine = (config: object) =>
  new Routine({
    language: 'sql',
    type: 'function',
    returns: { runtimeType: 'number', columnType: 'int' },
    ...config,
  } as never);
const rank = (body: string, more: object = {}) =>
  routine({ name: 'rank_of', params: { n: int }, body, deterministic: true, ...more });
const log = (body: string, more: object = {}) =>
  routine({
    name: 'note_it',
    type: 'procedure',
    returns: undefined,
    params: { what: text },
    body,
    language: 'plpgsql',
    ...more,
  });
const having = (entities: Models, ...routines: unknown[]): Models => ({ entities: entities as never, routines });
const overloads = (name: string) => `select count(*)::int from pg_proc where proname = '${name}'`;

export const functions: Theme = {
  'a procedure comes': {
    before: having([teacher]),
    after: having([teacher], log('begin insert into teacher (name, age) values (what, 1); end')),
    says: [/create (or replace )?procedure/i],
    up: [[overloads('note_it'), [1]]],
  },
  'a procedure does something else': {
    before: having([teacher], log('begin null; end')),
    after: having([teacher], log('begin insert into teacher (name, age) values (what, 1); end')),
    never: [/drop procedure/i],
  },
  'a procedure goes': {
    before: having([teacher], log('begin null; end')),
    after: having([teacher]),
    says: [/drop procedure/i],
  },
  'a function gets another parameter: the old form does not stay behind': {
    before: having([teacher], rank('select n')),
    after: having([teacher], rank('select n + m', { params: { n: int, m: int } })),
    up: [
      [overloads('rank_of'), [1]],
      ['select rank_of(1, 2)', [3]],
    ],
    down: [[overloads('rank_of'), [1]]],
  },
  'a parameter of a function is of another type': {
    before: having([teacher], rank('select n')),
    after: having([teacher], rank('select length(n)', { params: { n: text } })),
    up: [[overloads('rank_of'), [1]]],
  },
  'a function is renamed, with what it does': {
    before: having([teacher], rank('select n')),
    after: having([teacher], routine({ name: 'place_of', params: { n: int }, body: 'select n', deterministic: true })),
    up: [
      [overloads('rank_of'), [0]],
      [overloads('place_of'), [1]],
    ],
  },
  'a function with the rights of its owner': {
    before: having([teacher], rank('select n')),
    after: having([teacher], rank('select n', { security: 'definer' })),
    up: [["select prosecdef::text from pg_proc where proname = 'rank_of'", ['true']]],
  },
  'a function whose text holds dollars, quotes and semicolons': {
    before: having([teacher]),
    after: having(
      [teacher],
      routine({
        name: 'quoted_text',
        params: {},
        returns: { runtimeType: 'string', columnType: 'text' },
        body: "select 'it''s; $1 $$'::text",
      }),
    ),
    // MikroORM 7.2.1 always quotes with $$.
    refused: [/models-not-buildable/, /unterminated/],
  },
  'a function in another schema': {
    before: having([teacher, table('room', {}, { schema: 'school' })]),
    after: having([teacher, table('room', {}, { schema: 'school' })], rank('select n', { schema: 'school' })),
    up: [['select school.rank_of(4)', [4]]],
  },
  'a function that was granted to others by hand does something else': {
    before: having([teacher], rank('select n')),
    after: having([teacher], rank('select n * 3')),
    byHand: {
      up: ['revoke execute on function rank_of(int) from public'],
      down: ['grant execute on function rank_of(int) to public'],
    },
    never: [/drop function/i],
    up: [["select has_function_privilege('public', 'rank_of(int)', 'execute')::text", ['false']]],
  },
  'a function that a check calls does something else': {
    before: having(
      [table('teacher', { age: p.integer() }, { checks: [{ name: 'ok', expression: 'rank_of(age) > 0' }] })],
      rank('select n'),
    ),
    after: having(
      [table('teacher', { age: p.integer() }, { checks: [{ name: 'ok', expression: 'rank_of(age) > 0' }] })],
      rank('select n + 1'),
    ),
    rows: ['insert into teacher (age) values (3)'],
    never: [/drop/i],
  },
  'a function comes, and a check that calls it': {
    before: having([table('teacher', { age: p.integer() })]),
    after: having(
      [table('teacher', { age: p.integer() }, { checks: [{ name: 'ok', expression: 'rank_of(age) > 0' }] })],
      rank('select n'),
    ),
    rows: ['insert into teacher (age) values (3)'],
    says: [/function[\s\S]*add constraint "ok"/i],
  },
  'a function goes, and the check that called it': {
    before: having(
      [table('teacher', { age: p.integer() }, { checks: [{ name: 'ok', expression: 'rank_of(age) > 0' }] })],
      rank('select n'),
    ),
    after: having([table('teacher', { age: p.integer() })]),
    rows: ['insert into teacher (age) values (3)'],
    says: [/drop constraint "ok"[\s\S]*drop function/i],
  },
  'a function that an index and a computed column call returns something else': {
    before: having(
      [
        table(
          'teacher',
          { age: p.integer(), rank: p.integer().generated('(rank_of(age)) stored') },
          { indexes: [{ name: 'i', expression: 'create index "i" on "teacher" (rank_of("age"))' }] },
        ),
      ],
      rank('select n'),
    ),
    after: having(
      [
        table(
          'teacher',
          { age: p.integer(), rank: p.integer().generated('(rank_of(age)) stored') },
          { indexes: [{ name: 'i', expression: 'create index "i" on "teacher" (rank_of("age"))' }] },
        ),
      ],
      rank('select n', { returns: { runtimeType: 'number', columnType: 'bigint' } }),
    ),
    rows: ['insert into teacher (age) values (3)'],
    up: [['select rank from teacher', [3]]],
    down: [['select rank from teacher', [3]]],
  },
  'a function that a default calls, and a new column with it': {
    before: having([table('teacher', { name: p.string() })]),
    after: having(
      [table('teacher', { name: p.string(), rank: p.integer().defaultRaw('rank_of(7)') })],
      rank('select n'),
    ),
    rows: ["insert into teacher (name) values ('Ada')"],
    up: [['select rank from teacher', [7]]],
  },
  'a function that a view of the models calls returns another type': {
    before: having(
      [teacher, view('ranks', 'select rank_of(age) as rank from teacher', { rank: p.integer().primary() })],
      rank('select n'),
    ),
    after: having(
      [teacher, view('ranks', 'select rank_of(age) as rank from teacher', { rank: p.bigint().primary() })],
      rank('select n::bigint', { returns: { runtimeType: 'number', columnType: 'bigint' } }),
    ),
    rows,
    up: [['select rank::int from ranks', [36]]],
  },
  'a function that a view by hand calls goes: refused': {
    before: having([teacher], rank('select n')),
    after: having([teacher]),
    byHand: { up: ['create view ranks as select rank_of(age) from teacher'], down: ['drop view ranks'] },
    refused: [/handwork/, /ranks/],
  },
  'a function that reads a column which is renamed': {
    before: having([teacher], rank('select max(age) from teacher')),
    after: having([table('teacher', { name: p.string(), years: p.integer() })], rank('select max(years) from teacher')),
    rows,
    decisions: ['rename teacher.age:years'],
    up: [['select rank_of(1)', [36]]],
    down: [['select rank_of(1)', [36]]],
  },
  'a function that returns a row of a table which changes': {
    before: having([teacher]),
    after: having([table('teacher', { name: p.string(), age: p.bigint() })]),
    byHand: {
      up: [
        'create function eldest() returns setof teacher language sql as $$ select * from teacher order by age desc limit 1 $$',
      ],
      down: ['drop function eldest()'],
    },
    rows,
    up: [['select age::int from eldest()', [36]]],
  },
  'unchanged, and spelled in other blanks': {
    before: having([teacher], rank('select n')),
    after: having([teacher], rank('select n')),
    nothing: true,
  },
};
