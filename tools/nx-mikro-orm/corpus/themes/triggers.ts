/** Triggers that models describe, with the functions that MikroORM makes for them. */
import { p } from '@mikro-orm/core';
import { of, table, type Theme } from '../change.ts';

const a = { a: p.integer() };
const trigger = (more: object) => ({
  triggers: [{ name: 'noted', timing: 'before', events: ['update'], body: 'new.a = 7; return new;', ...more }],
});
const rows = ['insert into teacher (a) values (1)'];
const change = (was: object, is: object, more: object = {}) =>
  of(a, a, { options: [was, is] as [Record<string, unknown>, Record<string, unknown>], rows, ...more });
const raw = (name: string) =>
  `create constraint trigger "${name}" after insert on "teacher" deferrable initially deferred for each row execute function by_hand()`;
const byHand = {
  up: ['create function by_hand() returns trigger language plpgsql as $$ begin return new; end $$'],
  down: ['drop function by_hand()'],
};
const helpers =
  "select count(*)::int from pg_proc where prorettype = 'trigger'::regtype and pronamespace = 'public'::regnamespace";
const fires = (query: string, value: number) => [[query, [value]]];
const update = 'with u as (update teacher set a = 2 returning a) select a from u';

export const triggers: Theme = {
  'once for a statement': change({}, trigger({ timing: 'after', forEach: 'statement', body: 'return null;' })),
  'when a table is emptied': change(
    {},
    trigger({ timing: 'after', events: ['truncate'], forEach: 'statement', body: 'return null;' }),
  ),
  'under a condition': change({}, trigger({ when: 'new.a > 1' }), { up: fires(update, 7) }),
  'under another condition': change(trigger({ when: 'new.a > 1' }), trigger({ when: 'new.a > 5' }), {
    up: fires(update, 2),
    down: fires(update, 7),
  }),
  'after instead of before': change(trigger({}), trigger({ timing: 'after', body: 'return null;' }), {
    up: fires(update, 2),
  }),
  'a second one': change(trigger({}), {
    triggers: [...trigger({}).triggers, { name: 'second', timing: 'after', events: ['delete'], body: 'return null;' }],
  }),
  'one of two goes, with its function': change(
    {
      triggers: [
        ...trigger({}).triggers,
        { name: 'second', timing: 'after', events: ['delete'], body: 'return null;' },
      ],
    },
    trigger({}),
    { up: [[helpers, [1]]] },
  ),
  'has another name: no function is left behind': change(trigger({}), trigger({ name: 'renamed' }), {
    up: [
      [helpers, [1]],
      [update, [7]],
    ],
  }),
  'in words of its own': change(
    {},
    { triggers: [{ name: 'raw', timing: 'after', events: ['insert'], expression: raw('raw') }] },
    {
      byHand,
      up: [["select tgdeferrable::text from pg_trigger where tgname = 'raw'", ['true']]],
    },
  ),
  'its table is renamed': {
    before: [table('teacher', a, trigger({}))],
    after: [table('tutor', a, trigger({}))],
    rows,
    decisions: ['rename teacher:tutor'],
    never: [/drop table|create table/],
    up: [
      ['with u as (update tutor set a = 2 returning a) select a from u', [7]],
      [helpers, [1]],
    ],
    down: fires(update, 7) as never,
  },
  'its table goes, with its function': {
    before: [table('teacher', a, trigger({})), table('room')],
    after: [table('room')],
    rows,
    decisions: ['drop teacher'],
    up: [[helpers, [0]]],
    down: [[helpers, [1]]],
  },
  'a column that it sets is renamed': {
    before: [table('teacher', a, trigger({}))],
    after: [table('teacher', { b: p.integer() }, trigger({ body: 'new.b = 7; return new;' }))],
    rows,
    decisions: ['rename teacher.a:b'],
    up: [['with u as (update teacher set b = 2 returning b) select b from u', [7]]],
    down: fires(update, 7) as never,
  },
  'by hand and disabled, while the column under its condition gets another type': of(
    a,
    { a: p.bigint() },
    {
      rows,
      byHand: {
        up: [
          ...byHand.up,
          'create trigger off before update on teacher for each row when (new.a > 0) execute function by_hand()',
          'alter table teacher disable trigger off',
        ],
        down: ['drop trigger off on teacher', ...byHand.down],
      },
      up: [["select tgenabled::text from pg_trigger where tgname = 'off'", ['D']]],
    },
  ),
};
