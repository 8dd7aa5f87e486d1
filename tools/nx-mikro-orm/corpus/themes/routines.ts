/** Views, routines, triggers and policies that models describe. */
import { defineEntity, p, Routine, type EntitySchema } from '@mikro-orm/core';
import { table, of, type Theme } from '../change.ts';

const teacher = table('teacher', { name: p.string(), age: p.integer() });
const rows = ["insert into teacher (name, age) values ('Ada', 36)"];
const view = (name: string, expression: string, properties: Record<string, unknown>, more = {}) =>
  defineEntity({
    name: `${name}_view`,
    tableName: name,
    view: true,
    expression,
    properties,
    ...more,
  } as never) as unknown as EntitySchema;
const names = (sql: string, properties: Record<string, unknown> = { name: p.string().primary() }, more = {}) =>
  view('names', sql, properties, more);
const twice = (body: string, more: object = {}) =>
  new Routine({
    name: 'twice',
    type: 'function',
    params: { n: { type: 'int', runtimeType: 'number' } },
    returns: { runtimeType: 'number', columnType: 'int' },
    body,
    language: 'sql',
    deterministic: true,
    ...more,
  } as never);
const noted = (body: string, more: object = {}) => ({
  triggers: [{ name: 'noted', timing: 'before', events: ['update'], body, ...more }],
});
const policy = (using: string, more: object = {}) => ({
  rowLevelSecurity: true,
  policies: [{ name: 'own', using, ...more }],
});

export const routines: Theme = {
  'a view comes': {
    before: [teacher],
    after: [teacher, names('select name from teacher')],
    rows,
    up: [['select name from names', ['Ada']]],
  },
  'a view goes': {
    before: [teacher, names('select name from teacher')],
    after: [teacher],
    says: [/drop view "names"/],
  },
  'a view says something else': {
    before: [teacher, names('select name from teacher')],
    after: [teacher, names('select name from teacher where age > 3')],
    says: [/create or replace view/],
    never: [/drop view/],
  },
  'only the letter case of a literal in a view': {
    before: [teacher, names("select name from teacher where name <> 'x'")],
    after: [teacher, names("select name from teacher where name <> 'X'")],
  },
  'a view has other columns': {
    before: [teacher, names('select name from teacher')],
    after: [teacher, names('select age from teacher', { age: p.integer().primary() })],
    rows,
    says: [/drop view "names"/],
    up: [['select age from names', [36]]],
  },
  'a view that another one by hand reads has other columns': {
    before: [teacher, names('select name, age from teacher', { name: p.string().primary(), age: p.integer() })],
    after: [teacher, names('select age, name from teacher', { age: p.integer().primary(), name: p.string() })],
    byHand: {
      up: ['create view over as select name from names', 'grant select on over to public'],
      down: ['drop view over'],
    },
    rows,
    up: [['select name from over', ['Ada']]],
  },
  'a materialized view comes': {
    before: [teacher],
    after: [teacher, names('select name from teacher', undefined, { view: { materialized: true } })],
    rows,
    up: [['select name from names', ['Ada']]],
  },
  'a column under a view gets another type': {
    before: [teacher, names('select name, age from teacher', { name: p.string().primary(), age: p.integer() })],
    after: [
      table('teacher', { name: p.string(), age: p.bigint() }),
      names('select name, age from teacher', { name: p.string().primary(), age: p.bigint() }),
    ],
    rows,
    up: [['select age::int from names', [36]]],
  },
  'a column under a view is renamed': {
    before: [teacher, names('select name from teacher')],
    after: [table('teacher', { called: p.string(), age: p.integer() }), names('select called as name from teacher')],
    rows,
    decisions: ['rename teacher.name:called'],
    up: [['select name from names', ['Ada']]],
  },
  'a column that a view does not read goes': {
    before: [teacher, names('select name from teacher')],
    after: [table('teacher', { name: p.string() }), names('select name from teacher')],
    rows,
    decisions: ['drop teacher.age'],
    never: [/view/],
  },
  'a column that a view reads goes, and the view reads it no more': {
    before: [teacher, names('select name, age from teacher', { name: p.string().primary(), age: p.integer() })],
    after: [table('teacher', { name: p.string() }), names('select name from teacher')],
    rows,
    decisions: ['drop teacher.age'],
  },
  'a function comes': {
    before: { entities: [teacher], routines: [] },
    after: { entities: [teacher], routines: [twice('select n * 2')] },
    up: [['select twice(4)', [8]]],
  },
  'a function goes': {
    before: { entities: [teacher], routines: [twice('select n * 2')] },
    after: { entities: [teacher], routines: [] },
  },
  'a function does something else': {
    before: { entities: [teacher], routines: [twice('select n * 2')] },
    after: { entities: [teacher], routines: [twice('select n + n')] },
    says: [/create or replace function/i],
    never: [/drop function/],
    up: [['select twice(4)', [8]]],
  },
  'a function returns another type': {
    before: { entities: [teacher], routines: [twice('select n * 2')] },
    after: {
      entities: [teacher],
      routines: [twice('select n * 2.0', { returns: { runtimeType: 'number', columnType: 'numeric' } })],
    },
    says: [/drop function/],
  },
  'a function beside a change of a table, untouched': {
    before: { entities: [teacher], routines: [twice('select n * 2')] },
    after: { entities: [table('teacher', { name: p.string(), age: p.bigint() })], routines: [twice('select n * 2')] },
    never: [/function/i],
  },
  'a trigger comes': of(
    { a: p.integer() },
    { a: p.integer() },
    {
      options: [{}, noted('new.a = 7; return new;')],
      rows: ['insert into teacher (a) values (1)'],
      up: [['with u as (update teacher set a = 2 returning a) select a from u', [7]]],
    },
  ),
  'a trigger goes': of(
    { a: p.integer() },
    { a: p.integer() },
    { options: [noted('return new;'), {}], says: [/drop trigger "noted" on "teacher"/] },
  ),
  'a trigger does something else': of(
    { a: p.integer() },
    { a: p.integer() },
    {
      options: [noted('new.a = 7; return new;'), noted('new.a = 8; return new;')],
      rows: ['insert into teacher (a) values (1)'],
      never: [/drop/],
      up: [['with u as (update teacher set a = 2 returning a) select a from u', [8]]],
    },
  ),
  'a trigger at another time': of(
    { a: p.integer() },
    { a: p.integer() },
    { options: [noted('return new;'), noted('return new;', { events: ['insert', 'update'] })] },
  ),
  'a column under a trigger gets another type': of(
    { a: p.integer() },
    { a: p.bigint() },
    { options: [noted('return new;', { when: 'new.a > 0' }), noted('return new;', { when: 'new.a > 0' })] },
  ),
  'policies come': of(
    { a: p.integer() },
    { a: p.integer() },
    { options: [{}, policy('a > 0')], says: [/enable row level security/] },
  ),
  'policies go': of({ a: p.integer() }, { a: p.integer() }, { options: [policy('a > 0'), {}] }),
  'a policy says something else': of(
    { a: p.integer() },
    { a: p.integer() },
    { options: [policy('a > 0'), policy('a > 1', { command: 'select' })] },
  ),
  'a column under a policy gets another type': of(
    { a: p.integer() },
    { a: p.bigint() },
    { options: [policy('a > 0'), policy('a > 0')] },
  ),
  'row level security is forced': of(
    { a: p.integer() },
    { a: p.integer() },
    { options: [{ rowLevelSecurity: true }, { rowLevelSecurity: 'force' }] },
  ),
};
