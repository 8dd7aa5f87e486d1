/** Foreign keys in more forms: of several columns, to a unique key, in a circle, with rows in their way. */
import { defineEntity, p, type EntitySchema } from '@mikro-orm/core';
import { type Theme } from '../change.ts';

type Shape = Record<string, unknown>;
const entity = (name: string, properties: Shape, more: object = {}): EntitySchema =>
  defineEntity({
    name,
    tableName: name.toLowerCase(),
    properties: { id: p.integer().primary(), ...properties },
    ...more,
  } as never);
interface Link {
  nullable(): Link;
  deleteRule(rule: string): Link;
  updateRule(rule: string): Link;
  deferMode(mode: string): Link;
  createForeignKeyConstraint(made: boolean): Link;
  targetKey(key: string): Link;
  unique(): Link;
  index(): Link;
  fieldName(name: string): Link;
}
const link = (to: EntitySchema, form: (link: Link) => unknown = (one) => one) => form(p.manyToOne(to) as never);
const room = entity('Room', { code: p.string().unique().nullable() });
const pupil = (form?: (link: Link) => unknown, more: Shape = {}) =>
  entity('Pupil', { room: () => link(room, form), ...more });
const rows = ["insert into room (code) values ('a'), ('b')", 'insert into pupil (room_id) values (1), (2)'];
const action = "select confdeltype::text || confupdtype::text from pg_constraint where contype = 'f'";
const name = "select conname from pg_constraint where contype = 'f'";
const held = 'select room_id from pupil order by id';

const ring = (names: string[], more: Shape = {}): EntitySchema[] => {
  const all: EntitySchema[] = names.map((one, at) =>
    entity(one, { next: () => link(all[(at + 1) % all.length] as EntitySchema, (it) => it.nullable()), ...more }),
  );
  return all;
};
const tags = (pivot: string): EntitySchema[] => [
  room,
  entity('Tag', {
    rooms: () => (p.manyToMany(room) as never as { pivotTable(name: string): unknown }).pivotTable(pivot),
  }),
];

export const links: Theme = {
  'comes to rows that reference nothing: nothing is changed': {
    before: [room, entity('Pupil', { room_id: p.integer() })],
    after: [room, pupil()],
    rows: ['insert into pupil (room_id) values (7)'],
    upFails: /foreign key/,
  },
  'on delete: set null, then cascade, then nothing': {
    before: [room, pupil((it) => it.nullable().deleteRule('set null'))],
    after: [room, pupil((it) => it.nullable().deleteRule('cascade'))],
    rows,
    up: [
      [action, ['ca']],
      [held, [1, 2]],
    ],
    down: [[action, ['na']]],
  },
  'on delete: restrict': {
    before: [room, pupil((it) => it.deleteRule('cascade'))],
    after: [room, pupil((it) => it.deleteRule('restrict'))],
    rows,
    up: [[action, ['ra']]],
  },
  'to a unique key that is not the primary one': {
    before: [room, entity('Pupil', { room_code: p.string().nullable() })],
    after: [
      room,
      entity('Pupil', { room: () => link(room, (it) => it.targetKey('code').fieldName('room_code').nullable()) }),
    ],
    rows: ["insert into room (code) values ('a')", "insert into pupil (room_code) values ('a')"],
    up: [['select room_code from pupil', ['a']]],
    never: [/drop column/],
  },
  'is no longer enforced': {
    before: [room, pupil()],
    after: [room, pupil((it) => it.createForeignKeyConstraint(false))],
    rows,
    says: [/drop constraint "pupil_room_id_foreign"/],
    up: [[held, [1, 2]]],
  },
  'its column is renamed': {
    before: [room, pupil()],
    after: [room, entity('Pupil', { hall: () => link(room) })],
    rows,
    decisions: ['rename pupil.room_id:hall_id'],
    says: [
      /rename column "room_id" to "hall_id"/,
      /rename constraint "pupil_room_id_foreign" to "pupil_hall_id_foreign"/,
    ],
    never: [/drop|add constraint/],
    up: [
      ['select hall_id from pupil order by id', [1, 2]],
      [name, ['pupil_hall_id_foreign']],
    ],
    down: [[held, [1, 2]]],
  },
  'its column is renamed, and its index and what happens on delete': {
    before: [room, pupil((it) => it.nullable().index())],
    after: [room, entity('Pupil', { hall: () => link(room, (it) => it.nullable().index().deleteRule('cascade')) })],
    rows,
    decisions: ['rename pupil.room_id:hall_id'],
    never: [/drop column|drop index/],
    up: [
      ['select hall_id from pupil order by id', [1, 2]],
      [action, ['ca']],
    ],
  },
  'the table that it references is renamed': {
    before: [room, pupil()],
    after: (() => {
      const hall = entity('Hall', { code: p.string().unique().nullable() });
      return [hall, entity('Pupil', { room: () => link(hall) })];
    })(),
    rows,
    decisions: ['rename room:hall'],
    never: [/drop|foreign key/],
    up: [[held, [1, 2]]],
  },
  'both tables and the column are renamed': {
    before: [room, pupil()],
    after: (() => {
      const hall = entity('Hall', { code: p.string().unique().nullable() });
      return [hall, entity('Student', { hall: () => link(hall) })];
    })(),
    rows,
    decisions: ['rename room:hall', 'rename pupil:student', 'rename student.room_id:hall_id'],
    never: [/drop|create|add constraint/],
    up: [
      ['select hall_id from student order by id', [1, 2]],
      [name, ['student_hall_id_foreign']],
      ["select count(*)::int from pg_class where relname ~ 'pupil|room'", [0]],
    ],
    down: [[held, [1, 2]]],
  },
  'one to one: unique comes': {
    before: [room, pupil((it) => it.nullable())],
    after: [room, pupil((it) => it.nullable().unique())],
    rows,
    up: [[held, [1, 2]]],
  },
  'in a circle of three, all new': { before: [room], after: [room, ...ring(['A', 'B', 'C'])] },
  'in a circle of three, all gone': {
    before: [room, ...ring(['A', 'B', 'C'])],
    after: [room],
    decisions: ['drop a', 'drop b', 'drop c'],
  },
  'in a circle of three, all renamed': {
    before: ring(['A', 'B', 'C']),
    after: ring(['X', 'Y', 'Z']),
    rows: ['insert into a (next_id) values (null)', 'insert into c (next_id) values (1)'],
    decisions: ['rename a:x', 'rename b:y', 'rename c:z'],
    never: [/drop|create/],
    up: [['select next_id from z', [1]]],
    down: [['select next_id from c', [1]]],
  },
  'in a circle of two, both keys get a larger type': {
    before: ring(['A', 'B']),
    after: ring(['A', 'B'], { id: p.bigint().primary() }),
    rows: ['insert into a (next_id) values (null)', 'insert into b (next_id) values (1)'],
    up: [['select next_id::text from b', ['1']]],
  },
  'many to many: the table between is renamed': {
    before: tags('tag_rooms'),
    after: tags('room_tags'),
    rows: [
      "insert into room (code) values ('a')",
      'insert into tag default values',
      'insert into tag_rooms (tag_id, room_id) values (1, 1)',
    ],
    decisions: ['rename tag_rooms:room_tags'],
    never: [/drop|create/],
    up: [['select room_id from room_tags', [1]]],
  },
  'many to many: it goes': {
    before: tags('tag_rooms'),
    after: [room, entity('Tag', {})],
    rows: [
      "insert into room (code) values ('a')",
      'insert into tag default values',
      'insert into tag_rooms (tag_id, room_id) values (1, 1)',
    ],
    decisions: ['drop tag_rooms'],
  },
  'a reference is made one that may be null: nobody said that rows are emptied then': {
    before: [room, pupil((it) => it.deleteRule('no action'))],
    after: [room, pupil((it) => it.nullable().deleteRule('no action'))],
    rows,
    says: [/alter column "room_id" drop not null/],
    never: [/foreign key|set null/],
    up: [[action, ['aa']]],
  },
  'by hand and not valid yet, on a column that gets another type': {
    before: [entity('Room', {}), entity('Pupil', { room_id: p.integer() })],
    after: [entity('Room', {}), entity('Pupil', { room_id: p.bigint() })],
    byHand: {
      up: ['alter table pupil add constraint later foreign key (room_id) references room not valid'],
      down: ['alter table pupil drop constraint later'],
    },
    rows: [],
    up: [["select convalidated::text from pg_constraint where conname = 'later'", ['false']]],
  },
  'parent and child go at once, in the right order': {
    before: [room, pupil(), entity('Rest', {})],
    after: [entity('Rest', {})],
    rows,
    decisions: ['drop pupil', 'drop room'],
    up: [["select count(*)::int from pg_class where relname in ('pupil', 'room')", [0]]],
  },
  'another table comes in place of the referenced one': {
    before: [room, pupil((it) => it.nullable())],
    after: (() => {
      const hall = entity('Hall', { floor: p.integer().nullable() });
      return [hall, entity('Pupil', { hall: () => link(hall, (it) => it.nullable()) })];
    })(),
    rows,
    decisions: ['drop room', 'drop pupil.room_id'],
    up: [['select hall_id from pupil', [null, null]]],
  },
};
