/** Row level security: no moment without it, and no row that is seen by mistake. */
import { p } from '@mikro-orm/core';
import { of, table, type Theme } from '../change.ts';

const a = { a: p.integer(), b: p.text().nullable() };
const policy = (more: object = {}) => ({ name: 'own', using: 'a > 0', ...more });
const secured = (...policies: object[]) => ({ rowLevelSecurity: true, policies });
const rows = ['insert into teacher (a) values (1), (-1)'];
const change = (was: object, is: object, more: object = {}) =>
  of(a, a, { options: [was, is] as [Record<string, unknown>, Record<string, unknown>], rows, ...more });
const enabled = "select relrowsecurity::text from pg_class where relname = 'teacher'";
const condition = "select qual from pg_policies where policyname = 'own'";

export const policies: Theme = {
  'of every kind come': change(
    {},
    secured(
      policy(),
      policy({ name: 'narrow', type: 'restrictive', using: "b <> 'x'" }),
      policy({ name: 'adding', command: 'insert', using: undefined, check: 'a < 100' }),
      policy({ name: 'changing', command: 'update', check: 'a < 100' }),
      policy({ name: 'reading', command: 'select', roles: ['pg_monitor'] }),
    ),
    { up: [['select count(*)::int from pg_policies', [5]]] },
  ),
  'security is turned on only once its policies are there': change({}, secured(policy()), {
    says: [/create policy[\s\S]*enable row level security/i],
  }),
  'another condition, and a comment by hand stays': change(secured(policy()), secured(policy({ using: 'a > 1' })), {
    byHand: { up: ["comment on policy own on teacher is 'ours'"], down: ['comment on policy own on teacher is null'] },
    up: [
      [condition, ['(a > 1)']],
      ["select obj_description(oid, 'pg_policy') from pg_policy where polname = 'own'", ['ours']],
    ],
    down: [["select obj_description(oid, 'pg_policy') from pg_policy where polname = 'own'", ['ours']]],
  }),
  'for another command: made anew': change(secured(policy()), secured(policy({ command: 'select' })), {
    says: [/drop policy "?own"? on/i, /create policy "?own"?/i],
  }),
  'restrictive instead of permissive': change(secured(policy()), secured(policy({ type: 'restrictive' })), {
    up: [['select permissive from pg_policies', ['RESTRICTIVE']]],
  }),
  'for other roles': change(secured(policy()), secured(policy({ roles: ['pg_monitor'] })), {
    up: [['select roles::text from pg_policies', ['{pg_monitor}']]],
  }),
  'has another name: renamed': change(secured(policy()), secured(policy({ name: 'mine' })), {
    says: [/rename to "mine"/i],
    never: [/drop policy/i],
  }),
  'forced, then not': change({ ...secured(policy()), rowLevelSecurity: 'force' }, secured(policy()), {
    up: [["select relforcerowsecurity::text from pg_class where relname = 'teacher'", ['false']]],
  }),
  'turned off while its policies stay': change(
    secured(policy()),
    { ...secured(policy()), rowLevelSecurity: false },
    {
      says: [/disable row level security/i],
      never: [/drop policy/i],
      up: [[enabled, ['false']]],
    },
  ),
  'turned off, and the policies go': change(
    secured(policy()),
    {},
    {
      up: [[enabled, ['false']]],
      says: [/disable row level security[\s\S]*drop policy|drop policy[\s\S]*disable row level security/i],
    },
  ),
  'turned on without a policy': change({}, { rowLevelSecurity: true }, { up: [[enabled, ['true']]] }),
  'a column in its condition is renamed': {
    before: [table('teacher', a, secured(policy()))],
    after: [table('teacher', { c: p.integer(), b: p.text().nullable() }, secured(policy({ using: 'c > 0' })))],
    rows,
    decisions: ['rename teacher.a:c'],
    never: [/policy/i],
    up: [[condition, ['(c > 0)']]],
    down: [[condition, ['(a > 0)']]],
  },
  'its table is renamed': {
    before: [table('teacher', a, secured(policy()))],
    after: [table('tutor', a, secured(policy()))],
    rows,
    decisions: ['rename teacher:tutor'],
    never: [/policy|row level/i],
  },
  'a column in its condition goes, and the condition with it': {
    before: [table('teacher', a, secured(policy({ using: "b = 'x'" })))],
    after: [table('teacher', { a: p.integer() }, secured(policy()))],
    rows,
    decisions: ['drop teacher.b'],
    up: [[condition, ['(a > 0)']]],
    down: [[condition, ["(b = 'x'::text)"]]],
  },
  'an enum in its condition loses a value': {
    before: [
      table('teacher', { m: p.enum(['x', 'y', 'z']).nativeEnumName('mood') }, secured(policy({ using: "m = 'x'" }))),
    ],
    after: [table('teacher', { m: p.enum(['x', 'y']).nativeEnumName('mood') }, secured(policy({ using: "m = 'x'" })))],
    rows: ["insert into teacher (m) values ('z')"],
    decisions: ['map mood.z:y'],
    up: [['select m::text from teacher', ['y']]],
  },
  'it reads another table, which is renamed': {
    before: [
      table('room', { seats: p.integer() }),
      table('teacher', a, secured(policy({ using: 'a in (select seats from room)' }))),
    ],
    after: [
      table('hall', { seats: p.integer() }),
      table('teacher', a, secured(policy({ using: 'a in (select seats from hall)' }))),
    ],
    decisions: ['rename room:hall'],
    never: [/policy/i],
  },
  'by hand, with a comment, on a column that gets another type': of(
    a,
    { ...a, a: p.bigint() },
    {
      rows,
      byHand: {
        up: [
          'alter table teacher enable row level security',
          'create policy by_hand on teacher as restrictive for update to pg_monitor using (a > 0) with check (a > 1)',
          "comment on policy by_hand on teacher is 'it''s ours'",
        ],
        down: ['drop policy by_hand on teacher', 'alter table teacher disable row level security'],
      },
      up: [
        ["select obj_description(oid, 'pg_policy') from pg_policy where polname = 'by_hand'", ["it's ours"]],
        [enabled, ['true']],
      ],
    },
  ),
  'the same, spelled otherwise': change(secured(policy()), secured(policy({ using: '((a) > (0))' })), {
    nothing: true,
  }),
};
