/** Partitioned tables: their rows are copied, and their layout is changed, only where somebody says so. */
import { p } from '@mikro-orm/core';
import { table, type Theme } from '../change.ts';

const teacher = table('teacher', { name: p.string() });
const key = { id: p.integer().primary().autoincrement(false), at: p.date().primary() };
const event = (partitionBy: object | undefined, properties: object = {}, more: object = {}) =>
  table('event', { ...key, ...properties }, { key: 'own', ...(partitionBy && { partitionBy }), ...more });
const byYear = (...years: number[]) => ({
  type: 'range',
  expression: 'at',
  partitions: years.map((year) => ({
    name: `event_${year}`,
    values: `from ('${year}-01-01') to ('${year + 1}-01-01')`,
  })),
});
const sale = (lists: Record<string, string>, properties: object = {}) =>
  table(
    'sale',
    { id: p.integer().primary().autoincrement(false), region: p.string().primary(), ...properties },
    {
      key: 'own',
      partitionBy: {
        type: 'list',
        expression: 'region',
        partitions: Object.entries(lists).map(([name, values]) => ({ name: `sale_${name}`, values })),
      },
    },
  );
const visit = (partitions: number, properties: object = {}) =>
  table(
    'visit',
    { id: p.integer().primary().autoincrement(false), ...properties },
    { key: 'own', partitionBy: { type: 'hash', expression: 'id', partitions } },
  );
const rows = ["insert into event (id, at) values (1, '2025-05-05'), (2, '2026-05-05')"];
const count = 'select count(*)::int from event';

export const partitions: Theme = {
  'by a list, with a default': {
    before: [teacher],
    after: [teacher, sale({ north: "in ('n', 'nw')", rest: 'default' })],
    up: [["select count(*)::int from pg_inherits where inhparent = 'sale'::regclass", [2]]],
  },
  'by a hash': {
    before: [teacher],
    after: [teacher, visit(3)],
    up: [["select count(*)::int from pg_inherits where inhparent = 'visit'::regclass", [3]]],
  },
  'untouched beside a change of another table': {
    before: [teacher, event(byYear(2025, 2026)), sale({ north: "in ('n')", rest: 'default' }), visit(2)],
    after: [
      table('teacher', { name: p.string(), bio: p.text().nullable() }),
      event(byYear(2025, 2026)),
      sale({ north: "in ('n')", rest: 'default' }),
      visit(2),
    ],
    never: [/event|sale|visit|partition/],
  },
  'untouched, alone': {
    before: [event(byYear(2025)), visit(2)],
    after: [event(byYear(2025)), visit(2)],
    nothing: true,
  },
  'a column of a partitioned table gets another type': {
    before: [event(byYear(2025, 2026), { n: p.integer().default(5) })],
    after: [event(byYear(2025, 2026), { n: p.bigint().default(5) })],
    rows,
    never: [/create table|drop table/],
    up: [['select sum(n)::int from event', [10]]],
  },
  'a column of a partitioned table is renamed': {
    before: [event(byYear(2025, 2026), { n: p.integer().default(5) })],
    after: [event(byYear(2025, 2026), { seats: p.integer().default(5) })],
    rows,
    decisions: ['rename event.n:seats'],
    never: [/drop|create/],
    up: [['select sum(seats)::int from event', [10]]],
  },
  'a column of a partitioned table goes': {
    before: [event(byYear(2025, 2026), { n: p.integer().nullable() })],
    after: [event(byYear(2025, 2026))],
    rows,
    decisions: ['drop event.n'],
    never: [/table "event_/],
  },
  'a partitioned table is renamed': {
    before: [event(byYear(2025, 2026))],
    after: [
      table('happening', key, {
        key: 'own',
        partitionBy: byYear(2025, 2026),
      }),
    ],
    rows,
    decisions: ['rename event:happening'],
    never: [/drop table|create table/],
    up: [['select count(*)::int from happening', [2]]],
  },
  'a partition comes to a list that has a default with rows of others': {
    before: [sale({ north: "in ('n')", rest: 'default' })],
    after: [sale({ north: "in ('n')", south: "in ('s')", rest: 'default' })],
    rows: ["insert into sale (id, region) values (1, 'n'), (2, 'e')"],
    never: [/drop/],
    up: [['select count(*)::int from sale', [2]]],
  },
  'a partition comes for rows that the default holds: they stay where they are, and up says so': {
    before: [sale({ north: "in ('n')", rest: 'default' })],
    after: [sale({ north: "in ('n')", south: "in ('s')", rest: 'default' })],
    rows: ["insert into sale (id, region) values (1, 's')"],
    upFails: /default partition/,
  },
  'a partition gets other bounds: detached, and attached again with its rows': {
    before: [event(byYear(2025, 2026))],
    after: [
      event({
        type: 'range',
        expression: 'at',
        partitions: [
          { name: 'event_2025', values: "from ('2025-01-01') to ('2026-01-01')" },
          { name: 'event_2026', values: "from ('2026-01-01') to ('2026-07-01')" },
        ],
      }),
    ],
    rows,
    says: [/detach partition "event_2026"/, /attach partition "event_2026" for values from/i],
  },
  'more parts of a hash': {
    before: [visit(2)],
    after: [visit(4)],
    rows: ['insert into visit (id) values (1)'],
    decisions: ['recreate visit'],
    up: [['select count(*)::int from visit', [1]]],
    down: [['select count(*)::int from visit', [1]]],
  },
  'by another column': {
    before: [event(byYear(2025))],
    after: [event({ type: 'hash', expression: 'id', partitions: 2 })],
    rows: [rows[0]?.replace(", (2, '2026-05-05')", '') ?? ''],
    decisions: ['recreate event'],
    up: [[count, [1]]],
    down: [[count, [1]]],
  },
  'a plain table becomes partitioned': {
    before: [event(undefined)],
    after: [event(byYear(2025, 2026))],
    rows,
    decisions: ['recreate event'],
    up: [
      [count, [2]],
      ['select id from event_2026', [2]],
    ],
    down: [[count, [2]]],
  },
  'a partitioned table becomes plain': {
    before: [event(byYear(2025, 2026))],
    after: [event(undefined)],
    rows,
    decisions: ['recreate event'],
    up: [[count, [2]]],
    down: [['select id from event_2026', [2]]],
  },
  'a unique key on a partitioned table': {
    before: [event(byYear(2025, 2026), { n: p.integer().default(1) })],
    after: [
      event(
        byYear(2025, 2026),
        { n: p.integer().default(1) },
        { uniques: [{ name: 'once', properties: ['n', 'at'] }] },
      ),
    ],
    rows,
  },
  'a check and a comment on a partitioned table': {
    before: [event(byYear(2025, 2026))],
    after: [
      event(byYear(2025, 2026), {}, { comment: 'what happened', checks: [{ name: 'real', expression: 'id > 0' }] }),
    ],
    rows,
  },
  'goes with all its partitions': {
    before: [teacher, event(byYear(2025, 2026))],
    after: [teacher],
    rows,
    decisions: ['drop event'],
    lost: ['event'],
  },
};
