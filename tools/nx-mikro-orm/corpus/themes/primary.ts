/** Primary keys that change while others reference them, and the sequences behind them. */
import { defineEntity, p, type EntitySchema } from '@mikro-orm/core';
import { table, type Theme } from '../change.ts';

type Shape = Record<string, unknown>;
const entity = (name: string, properties: Shape, more: object = {}): EntitySchema =>
  defineEntity({ name, tableName: name.toLowerCase(), properties, ...more } as never);
const parent = (properties: Shape) => entity('Parent', properties);
const family = (
  key: Shape,
  properties: Shape = {},
  relation: (to: EntitySchema) => unknown = (to) => p.manyToOne(to),
) => {
  const one = parent({ ...key, ...properties });
  return [one, entity('Child', { id: p.integer().primary(), parent: () => relation(one) })];
};
const id = { id: p.integer().primary() };
const serial = 'with n as (insert into parent default values returning id) select id::text from n';
const children = 'select parent_id::text from child order by id';
const filled = [
  'insert into parent default values',
  'insert into parent default values',
  'insert into child (parent_id) values (1), (2)',
];
const single = (key: unknown) => [table('parent', { id: key }, { key: 'own' })];
const always = p.integer().primary().generated('identity');
const byDefault = p.integer().primary().generated('by default as identity');
const none = p.integer().primary().autoincrement(false);
const three = [
  'insert into parent default values',
  'insert into parent default values',
  'insert into parent default values',
];

const tree = (key: () => unknown, name = 'id'): EntitySchema[] => {
  const node: EntitySchema = entity('Node', { [name]: key(), above: () => p.manyToOne(node).nullable() });
  return [node];
};

export const primary: Theme = {
  'int to bigint, with its sequence and two foreign keys': {
    before: [...family(id), entity('Other', { id: p.integer().primary() })],
    after: [...family({ id: p.bigint().primary() }), entity('Other', { id: p.integer().primary() })],
    rows: filled,
    up: [
      ["select format_type(seqtypid, null) from pg_sequence where seqrelid = 'parent_id_seq'::regclass", ['bigint']],
      [
        "select data_type from information_schema.columns where table_name = 'child' and column_name = 'parent_id'",
        ['bigint'],
      ],
      [serial, ['3']],
      [children, ['1', '2']],
    ],
    down: [
      ["select format_type(seqtypid, null) from pg_sequence where seqrelid = 'parent_id_seq'::regclass", ['integer']],
      [children, ['1', '2']],
    ],
  },
  'bigint to int again': {
    before: family({ id: p.bigint().primary() }),
    after: family(id),
    rows: filled,
    up: [
      ["select format_type(seqtypid, null) from pg_sequence where seqrelid = 'parent_id_seq'::regclass", ['integer']],
      [children, ['1', '2']],
    ],
  },
  'int to bigint, of a table that references itself': {
    before: tree(() => p.integer().primary()),
    after: tree(() => p.bigint().primary()),
    rows: ['insert into node (above_id) values (null), (1)'],
    up: [['select above_id::text from node where id = 2', ['1']]],
  },
  'the key is renamed, and what references it follows': {
    before: family(id),
    after: family({ code: p.integer().primary() }),
    rows: filled,
    decisions: ['rename parent.id:code', 'rename child.parent_id:parent_code'],
    never: [/drop (table|column)|add column/],
    up: [['select parent_code from child order by id', [1, 2]]],
    down: [[children, ['1', '2']]],
  },
  'a natural key becomes a number of its own': {
    before: [table('parent', { code: p.string().primary() }, { key: 'own' })],
    after: [table('parent', { id: p.integer().primary(), code: p.string().unique() }, { key: 'own' })],
    rows: ["insert into parent (code) values ('x'), ('y')"],
    up: [
      ['select count(distinct id)::int from parent', [2]],
      ['select code from parent order by 1', ['x', 'y']],
    ],
    down: [['select code from parent order by 1', ['x', 'y']]],
  },
  'a number becomes a natural key': {
    before: [table('parent', { id: p.integer().primary(), code: p.string().unique() }, { key: 'own' })],
    after: [table('parent', { code: p.string().primary() }, { key: 'own' })],
    rows: ["insert into parent (code) values ('x'), ('y')"],
    decisions: ['drop parent.id'],
    up: [['select code from parent order by 1', ['x', 'y']]],
  },
  'one column of two goes': {
    before: [table('parent', { a: p.integer().primary(), b: p.integer().primary() }, { key: 'own' })],
    after: [table('parent', { a: p.integer().primary() }, { key: 'own' })],
    rows: ['insert into parent (a, b) values (1, 5), (2, 6)'],
    decisions: ['drop parent.b'],
  },
  'two columns in the other order': {
    before: [table('parent', { a: p.integer().primary(), b: p.integer().primary() }, { key: 'own' })],
    after: [table('parent', { b: p.integer().primary(), a: p.integer().primary() }, { key: 'own' })],
    rows: ['insert into parent (a, b) values (1, 5), (2, 6)'],
    up: [['select a from parent order by b', [1, 2]]],
  },
  'of two columns, both renamed, with a foreign key of two columns': {
    before: family({ a: p.integer().primary(), b: p.integer().primary() }),
    after: family({ c: p.integer().primary(), d: p.integer().primary() }),
    rows: ['insert into parent (a, b) values (1, 5)', 'insert into child (parent_a, parent_b) values (1, 5)'],
    decisions: [
      'rename parent.a:c',
      'rename parent.b:d',
      'rename child.parent_a:parent_c',
      'rename child.parent_b:parent_d',
    ],
    never: [/drop (table|column)/],
    up: [['select parent_c * 10 + parent_d from child', [15]]],
    down: [['select parent_a * 10 + parent_b from child', [15]]],
  },
  'a third column joins a key of two that is referenced': {
    before: family({ a: p.integer().primary(), b: p.integer().primary() }),
    after: family({ a: p.integer().primary(), b: p.integer().primary(), c: p.integer().primary().default(0) }),
    rows: ['insert into parent (a, b) values (1, 5)', 'insert into child (parent_a, parent_b) values (1, 5)'],
    decisions: ['fill child.parent_c:0'],
    up: [['select parent_c from child', [0]]],
  },
  'int to uuid, while others reference it: every value has to be said': {
    before: family(id),
    after: family({ id: p.uuid().primary() }),
    rows: filled,
    decisions: [
      "using parent.id:lpad(id::text, 32, '0')::uuid",
      "using child.parent_id:lpad(parent_id::text, 32, '0')::uuid",
    ],
    up: [['select count(*)::int from child join parent on parent.id = child.parent_id', [2]]],
    downFails: /./,
  },
  'another key, while others reference the old one': {
    before: family(id, { code: p.integer().nullable() }),
    after: [
      parent({ code: p.integer().primary().autoincrement(false), id: p.integer().autoincrement() }),
      entity('Child', { id: p.integer().primary(), parent_id: p.integer() }),
    ],
    rows: ['insert into parent (code) values (7)', 'insert into child (parent_id) values (1)'],
    decisions: ['fill parent.code'],
    up: [
      ['select code from parent', [7]],
      [children, ['1']],
    ],
  },
  'serial becomes always identity': {
    before: single(p.integer().primary()),
    after: single(always),
    rows: three,
    up: [[serial, ['4']]],
    // No rollback takes a counter back: 4 was given out after up.
    down: [[serial, ['5']]],
  },
  'identity always becomes by default': {
    before: single(always),
    after: single(byDefault),
    rows: three,
    says: [/set generated by default/i],
    never: [/drop identity/i],
    up: [[serial, ['4']]],
  },
  'identity by default becomes always': {
    before: single(byDefault),
    after: single(always),
    rows: three,
    says: [/set generated always/i],
    up: [[serial, ['4']]],
  },
  'identity goes': {
    before: single(byDefault),
    after: single(none),
    rows: three,
    says: [/drop identity/i],
    up: [['select count(*)::int from parent', [3]]],
    down: [[serial, ['4']]],
  },
  'identity becomes a serial': {
    before: single(byDefault),
    after: single(p.integer().primary()),
    rows: three,
    up: [[serial, ['4']]],
    down: [[serial, ['5']]],
  },
  'identity, int to bigint': {
    before: single(byDefault),
    after: single(p.bigint().primary().generated('by default as identity')),
    rows: three,
    up: [
      ["select format_type(seqtypid, null) from pg_sequence where seqrelid = 'parent_id_seq'::regclass", ['bigint']],
      [serial, ['4']],
    ],
    down: [
      ["select format_type(seqtypid, null) from pg_sequence where seqrelid = 'parent_id_seq'::regclass", ['integer']],
    ],
  },
  'a plain key with large values becomes identity: it goes on after them': {
    before: single(none),
    after: single(byDefault),
    rows: ['insert into parent (id) values (4711)'],
    up: [[serial, ['4712']]],
  },
  'a table with a serial and identity is renamed: it goes on counting': {
    before: [table('parent', { id: byDefault, n: p.integer().autoincrement() }, { key: 'own' })],
    after: [table('elder', { id: byDefault, n: p.integer().autoincrement() }, { key: 'own' })],
    rows: three,
    decisions: ['rename parent:elder'],
    never: [/drop|create/],
    up: [
      ['with m as (insert into elder default values returning id, n) select id * 10 + n from m', [44]],
      ["select pg_get_serial_sequence('elder', 'id')", ['public.elder_id_seq']],
    ],
  },
  'a serial that is no key comes: every row gets a number': {
    before: [table('parent', { name: p.string() })],
    after: [table('parent', { name: p.string(), n: p.integer().autoincrement() })],
    rows: ["insert into parent (name) values ('x'), ('y')"],
    up: [['select count(distinct n)::int from parent', [2]]],
  },
};
