/** Changes that meet: of one table, of tables that depend on each other, of all that is there. */
import { defineEntity, p, Routine, type EntitySchema } from '@mikro-orm/core';
import { of, table, view, type Theme } from '../change.ts';

const mood = (...values: string[]) => p.enum(values).nativeEnumName('mood');
const s = () => p.string().nullable();
const entity = (name: string, properties: Record<string, unknown>, more: object = {}): EntitySchema =>
  defineEntity({
    name,
    tableName: name.toLowerCase(),
    properties: { id: p.integer().primary(), ...properties },
    ...more,
  } as never);

export const together: Theme = {
  'a rename, another type and an index under a view by hand with rights': of(
    { a: p.integer().index() },
    { z: p.bigint().index() },
    {
      byHand: {
        up: ['create view seen as select id, a from teacher', 'grant select on seen to public'],
        down: ['drop view seen'],
      },
      rows: ['insert into teacher (a) values (5)'],
      decisions: ['rename teacher.a:z'],
      never: [/drop (column|index|table)/],
      up: [
        ['select a::int from seen', [5]],
        ["select has_table_privilege('public', 'seen', 'select')::text", ['true']],
      ],
      down: [['select a from seen', [5]]],
    },
  ),
  'an enum loses a value, its table is renamed, and a view reads both': {
    before: [
      table('teacher', { m: mood('a', 'b').default('b') }),
      view('moods', 'select m from teacher', { m: p.string().primary() }),
    ],
    after: [
      table('tutor', { m: mood('a', 'c').default('c') }),
      view('moods', 'select m from tutor', { m: p.string().primary() }),
    ],
    rows: ['insert into teacher default values'],
    decisions: ['rename teacher:tutor', 'map mood.b:c'],
    up: [['select m::text from moods', ['c']]],
    down: [['select m::text from moods', ['b']]],
  },
  'a computed column and a policy over a column that is renamed and gets another type': of(
    { a: p.integer(), twice: p.integer().generated('(a * 2) stored') },
    { z: p.bigint(), twice: p.bigint().generated('(z * 2) stored') },
    {
      options: [
        { rowLevelSecurity: true, policies: [{ name: 'own', using: 'a > 0' }] },
        { rowLevelSecurity: true, policies: [{ name: 'own', using: 'z > 0' }] },
      ],
      rows: ['insert into teacher (a) values (4)'],
      decisions: ['rename teacher.a:z'],
      never: [/drop column "a"/],
      up: [['select (z + twice)::int from teacher', [12]]],
      down: [['select a + twice from teacher', [12]]],
    },
  ),
  'a column comes, filled from one that goes, and has a unique key': of(
    { name: p.string(), number: p.integer() },
    { name: p.string(), code: p.string().unique() },
    {
      rows: ["insert into teacher (name, number) values ('x', 1), ('y', 2)"],
      decisions: ['drop teacher.number', "fill teacher.code:name || '-' || number"],
      up: [['select code from teacher order by 1', ['x-1', 'y-2']]],
    },
  ),
  'an index goes with its column, another of the same name comes on another': of(
    { a: s(), b: s() },
    { b: s() },
    {
      options: [{ indexes: [{ name: 'i', properties: ['a'] }] }, { indexes: [{ name: 'i', properties: ['b'] }] }],
      rows: ["insert into teacher (a, b) values ('1', '2')"],
      decisions: ['drop teacher.a'],
      up: [["select indexdef ~ 'b' from pg_indexes where indexname = 'i'", [true]]],
    },
  ),
  'a key becomes wider, what references it is renamed, and a view joins both': (() => {
    const models = (key: () => unknown, child: string, reference: string) => {
      const parent = defineEntity({
        name: 'Parent',
        tableName: 'parent',
        properties: { id: key(), name: p.string() },
      } as never) as unknown as EntitySchema;
      return [
        parent,
        entity(child, { [reference]: () => p.manyToOne(parent) }),
        view('joined', `select c.id, q.name from ${child.toLowerCase()} c join parent q on q.id = c.${reference}_id`, {
          id: p.integer().primary(),
          name: p.string(),
        }),
      ];
    };
    return {
      before: models(() => p.integer().primary(), 'Child', 'parent'),
      after: models(() => p.bigint().primary(), 'Kid', 'guardian'),
      rows: ["insert into parent (name) values ('Ada')", 'insert into child (parent_id) values (1)'],
      decisions: ['rename child:kid', 'rename kid.parent_id:guardian_id'],
      never: [/drop table|drop column/],
      up: [['select name from joined', ['Ada']]],
      down: [['select name from joined', ['Ada']]],
    };
  })(),
  'a table is split: two columns go to one of their own': {
    before: [entity('Teacher', { name: p.string(), street: s(), town: s() })],
    after: (() => {
      const address = entity('Address', { street: s(), town: s() });
      return [address, entity('Teacher', { name: p.string(), address: () => p.manyToOne(address).nullable() })];
    })(),
    rows: ["insert into teacher (name, street, town) values ('Ada', 'x', 'y')"],
    decisions: ['drop teacher.street', 'drop teacher.town'],
    up: [['select name from teacher', ['Ada']]],
  },
  'a default, a check, a comment, a collation, a type and null at once: one lock of the table': of(
    { a: p.string().length(5).nullable() },
    { a: p.string().length(9).default('x').check("a <> ''").comment('new').collation('C') },
    {
      rows: ["insert into teacher (a) values ('y')"],
      decisions: ['fill teacher.a'],
      up: [['select a from teacher', ['y']]],
      down: [['select a from teacher', ['y']]],
    },
  ),
  'ten columns come and ten go': of(
    Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`old${n}`, s()])),
    Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`new${n}`, p.integer().nullable()])),
    {
      rows: ["insert into teacher (old0) values ('x')"],
      decisions: Array.from({ length: 10 }, (_, n) => `drop teacher.old${n}`),
      says: [/^alter table "teacher" [^;]*$/],
    },
  ),
  'twelve columns are renamed at once': of(
    Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`old${n}`, s()])),
    Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`new${n}`, s()])),
    {
      rows: ["insert into teacher (old0, old11) values ('x', 'y')"],
      decisions: Array.from({ length: 12 }, (_, n) => `rename teacher.old${n}:new${n}`),
      never: [/drop|add/],
      up: [['select new0 || new11 from teacher', ['xy']]],
      down: [['select old0 || old11 from teacher', ['xy']]],
    },
  ),
  'a function changes its parameters, and the default and the check that call it': (() => {
    const f = (params: object, body: string) =>
      new Routine({
        name: 'f',
        type: 'function',
        language: 'sql',
        deterministic: true,
        params,
        returns: { runtimeType: 'number', columnType: 'int' },
        body,
      } as never);
    const int = { type: 'int', runtimeType: 'number' };
    return {
      before: {
        entities: [
          table('teacher', { a: p.integer().defaultRaw('f(1)') }, { checks: [{ name: 'c', expression: 'f(a) > 0' }] }),
        ],
        routines: [f({ x: int }, 'select x')],
      },
      after: {
        entities: [
          table(
            'teacher',
            { a: p.integer().defaultRaw('f(1, 2)') },
            { checks: [{ name: 'c', expression: 'f(a, a) > 0' }] },
          ),
        ],
        routines: [f({ x: int, y: int }, 'select x + y')],
      },
      rows: ['insert into teacher default values'],
      up: [
        ['with n as (insert into teacher default values returning a) select a from n', [3]],
        ["select count(*)::int from pg_proc where proname = 'f'", [1]],
      ],
      down: [['with n as (insert into teacher default values returning a) select a from n', [1]]],
    };
  })(),
  'a table becomes another, with an enum that becomes another, in a schema that becomes another': {
    before: [table('teacher', { m: mood('a', 'b') }, { schema: 'old' }), table('room', {}, { schema: 'old' })],
    after: [
      table('tutor', { m: p.enum(['a', 'b', 'c']).nativeEnumName('temper') }, { schema: 'new' }),
      table('room', {}, { schema: 'new' }),
    ],
    rows: ["insert into old.teacher (m) values ('b')"],
    decisions: ['rename old:new', 'rename new.teacher:new.tutor'],
    never: [/drop table|create table/],
    up: [['select m::text from new.tutor', ['b']]],
    down: [['select m::text from old.teacher', ['b']]],
  },
  'everything comes at once, to nothing': {
    before: [],
    after: {
      entities: (() => {
        const room = entity(
          'Room',
          { m: mood('a', 'b').default('a'), seats: p.integer().check('seats > 0').default(1) },
          { schema: 'school' },
        );
        const pupil = entity(
          'Pupil',
          { room: () => p.manyToOne(room).nullable(), name: p.string().unique() },
          {
            rowLevelSecurity: true,
            policies: [{ name: 'own', using: 'id > 0' }],
            triggers: [{ name: 't', timing: 'before', events: ['update'], body: 'return new;' }],
          },
        );
        return [room, pupil, view('seen', 'select name from pupil', { name: p.string().primary() })];
      })(),
      routines: [
        new Routine({
          name: 'f',
          type: 'function',
          language: 'sql',
          params: {},
          returns: { runtimeType: 'number', columnType: 'int' },
          body: 'select count(*)::int from pupil',
        } as never),
      ],
    },
    up: [['select f()', [0]]],
  },
  'everything goes but a table': {
    before: (() => {
      const room = entity('Room', { m: mood('a', 'b').default('a') }, { schema: 'school' });
      const pupil = entity(
        'Pupil',
        { room: () => p.manyToOne(room).nullable(), name: p.string().unique() },
        {
          rowLevelSecurity: true,
          policies: [{ name: 'own', using: 'id > 0' }],
          triggers: [{ name: 't', timing: 'before', events: ['update'], body: 'return new;' }],
        },
      );
      return [room, pupil, view('seen', 'select name from pupil', { name: p.string().primary() }), entity('Rest', {})];
    })(),
    after: [entity('Rest', {})],
    decisions: ['drop school.room', 'drop pupil'],
    up: [
      ["select count(*)::int from pg_namespace where nspname = 'school'", [0]],
      ["select count(*)::int from pg_type where typname = 'mood'", [0]],
    ],
  },
};
