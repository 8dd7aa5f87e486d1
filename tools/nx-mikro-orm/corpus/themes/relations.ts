/** Foreign keys, and the tables at their ends. */
import { defineEntity, p, type EntitySchema } from '@mikro-orm/core';
import { table, type Theme } from '../change.ts';

const teacher = table('teacher', { name: p.string() });
const room = table('room');
const pupil = (properties: Record<string, unknown>, more = {}) => table('pupil', properties, more);
const rows = ["insert into teacher (name) values ('Ada')", 'insert into pupil (teacher_id) values (1)'];
/** What the entries below say of a relation. */
interface Relation {
  nullable(): Relation;
  deleteRule(rule: string): Relation;
  updateRule(rule: string): Relation;
  deferMode(mode: string): Relation;
  foreignKeyName(name: string): Relation;
}
const to = (change: (relation: Relation) => unknown = (relation) => relation) => ({
  teacher: () => change(p.manyToOne(teacher) as never),
});
const plain = { teacher_id: p.integer() };

const circle = (closed: boolean): EntitySchema[] => {
  const a: EntitySchema = defineEntity({
    name: 'A',
    tableName: 'a',
    properties: { id: p.integer().primary(), b: () => p.manyToOne(b).nullable() },
  } as never) as never;
  const b: EntitySchema = defineEntity({
    name: 'B',
    tableName: 'b',
    properties: { id: p.integer().primary(), ...(closed ? { a: () => p.manyToOne(a).nullable() } : {}) },
  } as never) as never;
  return [a, b];
};
const self = (linked: boolean): EntitySchema[] => {
  const employee: EntitySchema = defineEntity({
    name: 'Employee',
    tableName: 'employee',
    properties: { id: p.integer().primary(), ...(linked ? { boss: () => p.manyToOne(employee).nullable() } : {}) },
  } as never) as never;
  return [employee];
};
const course = defineEntity({
  name: 'Course',
  tableName: 'course',
  properties: { year: p.integer().primary(), code: p.string().primary() },
} as never) as unknown as EntitySchema;

export const relations: Theme = {
  'comes with its column': {
    before: [teacher, pupil({})],
    after: [teacher, pupil(to((r) => r.nullable()))],
    says: [/foreign key \("teacher_id"\) references "teacher"/],
  },
  'comes to a column that is there': {
    before: [teacher, pupil(plain)],
    after: [teacher, pupil(to())],
    rows,
    up: [['select teacher_id from pupil', [1]]],
  },
  'goes, its column stays': {
    before: [teacher, pupil(to())],
    after: [teacher, pupil(plain)],
    rows,
    up: [['select teacher_id from pupil', [1]]],
  },
  'goes with its column': {
    before: [teacher, pupil(to())],
    after: [teacher, pupil({})],
    decisions: ['drop pupil.teacher_id'],
    // Which teacher was each pupil's? Nobody knows any more, and the column may not be null.
    downFails: /null values/,
  },
  'rows are deleted along': {
    before: [teacher, pupil(to())],
    after: [teacher, pupil(to((r) => r.deleteRule('cascade')))],
    rows,
    up: [
      ['with gone as (delete from teacher returning 1) select count(*)::int from gone', [1]],
      ['select count(*)::int from pupil', [0]],
    ],
  },
  'references are emptied': {
    before: [teacher, pupil(to((r) => r.nullable().deleteRule('no action')))],
    after: [teacher, pupil(to((r) => r.nullable().deleteRule('set null')))],
    rows,
  },
  'keys are updated along': {
    before: [teacher, pupil(to((r) => r.updateRule('no action')))],
    after: [teacher, pupil(to((r) => r.updateRule('cascade')))],
    rows,
  },
  'is deferred': { before: [teacher, pupil(to())], after: [teacher, pupil(to((r) => r.deferMode('deferred')))], rows },
  'has another name': {
    before: [teacher, pupil(to())],
    after: [teacher, pupil(to((r) => r.foreignKeyName('to_teacher')))],
    says: [/rename constraint "pupil_teacher_id_foreign" to "to_teacher"/],
  },
  'points elsewhere': {
    before: [teacher, room, pupil({ place: () => p.manyToOne(teacher).nullable() })],
    after: [teacher, room, pupil({ place: () => p.manyToOne(room).nullable() })],
    rows: ["insert into teacher (name) values ('Ada')"],
  },
  'may be null': {
    before: [teacher, pupil(to())],
    after: [teacher, pupil(to((r) => r.nullable()))],
    rows,
    up: [['select teacher_id from pupil', [1]]],
  },
  'to a key of two columns': {
    before: [course, pupil({})],
    after: [course, pupil({ course: () => p.manyToOne(course).nullable() })],
  },
  'to itself': { before: self(false), after: self(true) },
  'to itself, gone': { before: self(true), after: self(false), decisions: ['drop employee.boss_id'] },
  'in a circle': { before: circle(false), after: circle(true) },
  'in a circle, opened': { before: circle(true), after: circle(false), decisions: ['drop b.a_id'] },
  'in a circle, all new': { before: [room], after: [room, ...circle(true)] },
  'in a circle, all gone': { before: [room, ...circle(true)], after: [room], decisions: ['drop a', 'drop b'] },
  'the table that is referenced goes': {
    before: [teacher, pupil(to())],
    after: [pupil(plain)],
    rows,
    decisions: ['drop teacher'],
    up: [['select teacher_id from pupil', [1]]],
    downFails: /foreign key|violates/,
  },
  'the table that is referenced is renamed': {
    before: [teacher, pupil(to())],
    after: [
      table('tutor', { name: p.string() }),
      pupil({ teacher: () => p.manyToOne(table('tutor', { name: p.string() })) }),
    ].slice(0, 1),
    rows,
    decisions: ['rename teacher:tutor', 'drop pupil'],
  },
  'many to many': {
    before: [teacher, room],
    after: [table('teacher', { name: p.string(), rooms: () => p.manyToMany(room) }), room],
  },
  'across schemas': {
    before: [table('teacher', {}, { schema: 'school' }), pupil({})],
    after: [
      table('teacher', {}, { schema: 'school' }),
      pupil({ teacher: () => p.manyToOne(table('teacher', {}, { schema: 'school' })).nullable() }),
    ].slice(0, 1),
    decisions: ['drop pupil'],
  },
};
