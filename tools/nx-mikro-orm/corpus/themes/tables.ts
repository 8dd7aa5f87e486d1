/** Tables and schemas, and what is said of them. */
import { p } from '@mikro-orm/core';
import { of, table, type Theme } from '../change.ts';

const teacher = table('teacher', { name: p.string() });
const rows = ["insert into teacher (name) values ('Ada')"];
const event = (more: object, properties = {}) =>
  table(
    'event',
    { id: p.integer().primary().autoincrement(false), at: p.date().primary(), ...properties },
    { key: 'own', ...more },
  );
const ranges = (...years: number[]) => ({
  partitionBy: {
    type: 'range',
    expression: 'at',
    partitions: years.map((year) => ({
      name: `event_${year}`,
      values: `from ('${year}-01-01') to ('${year + 1}-01-01')`,
    })),
  },
});

export const tables: Theme = {
  comes: {
    before: [teacher],
    after: [teacher, table('room', { seats: p.integer().default(3) })],
    rows,
    says: [/create table "room"/],
    up: [['select name from teacher', ['Ada']]],
  },
  goes: { before: [teacher, table('room')], after: [teacher], decisions: ['drop room'], says: [/drop table "room"/] },
  'goes with its rows': {
    before: [teacher, table('room')],
    after: [table('room')],
    rows,
    decisions: ['drop teacher'],
    down: [['select count(*)::int from teacher', [0]]],
  },
  'is left alone': {
    before: [teacher, table('room', { a: p.integer().index() })],
    after: [teacher],
    rows: ['insert into room (a) values (1)'],
    decisions: ['keep room'],
    never: [/room/],
    up: [['select a from room', [1]]],
    down: [['select a from room', [1]]],
  },
  'several come and go': {
    before: [teacher, table('a'), table('b')],
    after: [teacher, table('c'), table('d')],
    decisions: ['drop a', 'rename b:d'],
  },
  'a comment comes': of({}, {}, { options: [{}, { comment: "a 'teacher'\nof \\ ours" }] }),
  'a comment changes': of({}, {}, { options: [{ comment: 'a' }, { comment: 'b' }] }),
  'a comment goes': of({}, {}, { options: [{ comment: 'a' }, {}] }),
  'in a schema that comes': {
    before: [teacher],
    after: [teacher, table('room', {}, { schema: 'school' })],
    says: [/create schema if not exists "school"/],
  },
  'in a schema that goes': {
    before: [teacher, table('room', {}, { schema: 'school' })],
    after: [teacher],
    decisions: ['drop school.room'],
    says: [/drop schema "school"/],
  },
  'of one name in two schemas': {
    before: [
      table('teacher', { a: p.integer() }),
      table('teacher', { a: p.integer() }, { schema: 'school', name: 'Other' }),
    ].slice(0, 1),
    after: [table('teacher', { a: p.integer() }), table('teacher', { a: p.integer() }, { schema: 'school' })].slice(1),
    decisions: ['rename teacher:school.teacher'],
  },
  'a reserved word': {
    before: [teacher],
    after: [teacher, table('order', { user: p.string(), group: p.integer().index() })],
  },
  'capitals, blanks and another script': {
    before: [teacher],
    after: [teacher, table('Lehrer 老師', { 'Größe cm': p.integer().index() })],
  },
  'is partitioned from the first': { before: [teacher], after: [teacher, event(ranges(2025, 2026))] },
  'a partition comes': {
    before: [event(ranges(2025))],
    after: [event(ranges(2025, 2026))],
    rows: ["insert into event (id, at) values (1, '2025-05-05')"],
    never: [/"event_2025"/],
    up: [['select id from event', [1]]],
  },
  'a partition goes': {
    before: [event(ranges(2025, 2026))],
    after: [event(ranges(2026))],
    rows: ["insert into event (id, at) values (1, '2025-05-05')"],
    decisions: ['drop event_2025'],
    lost: ['event'],
  },
  'a partitioned table gets a column': {
    before: [event(ranges(2025))],
    after: [event(ranges(2025), { note: p.text().nullable() })],
    rows: ["insert into event (id, at) values (1, '2025-05-05')"],
    says: [/alter table "event" add column "note" text$/],
    up: [['select id from event', [1]]],
  },
  'a partitioned table gets an index': {
    before: [event(ranges(2025), { note: p.text() })],
    after: [event(ranges(2025), { note: p.text().index() })],
  },
  'is partitioned otherwise': {
    rows: ["insert into event (id, at) values (1, '2025-05-05')"],
    before: [event(ranges(2025), { id2: p.integer().nullable() })],
    after: [event({ partitionBy: { type: 'hash', expression: 'at', partitions: 2 } }, { id2: p.integer().nullable() })],
    decisions: ['recreate event'],
    up: [['select count(*)::int from event', [1]]],
    down: [['select count(*)::int from event_2025', [1]]],
  },
  'a partition made by hand': {
    before: [event(ranges(2025))],
    after: [event(ranges(2025), { note: p.text().nullable() })],
    byHand: {
      up: ["create table event_old partition of event for values from ('2000-01-01') to ('2025-01-01')"],
      down: ['drop table event_old'],
    },
    rows: ["insert into event (id, at) values (1, '2005-05-05')"],
    never: [/event_old/],
    up: [['select id from event', [1]]],
  },
};
