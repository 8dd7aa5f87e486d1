/** What lies between two states, as statements in their phases: states are literals, and no server is asked. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyOf, type Catalogue, type Item } from '../catalogue/index.ts';
import type { Kind } from '../catalogue/key.ts';
import { phases } from '../catalogue/phase.ts';
import { opsBetween } from './operations.ts';
import { sideOf } from './side.ts';

type Literal = [kind: Kind, names: string[], facts?: object, layout?: object];

const state = (...things: Literal[]): Catalogue =>
  new Map(
    things.map(([kind, names, facts = {}, layout = {}]): [string, Item] => {
      const [schema = 'public', ...rest] = names.length === 1 ? [undefined, ...names] : ['public', ...names];
      const key = keyOf(kind, names.length === 1 && kind === 'schema' ? names : ['public', ...names]);
      const [table, name] = rest.length > 1 ? rest : [undefined, rest[0] ?? names[0]];
      return [key, { key, kind, schema, name: name ?? '', facts, layout, ...(table !== undefined && { table }) }];
    }),
  );

const table = (facts: object = {}): Literal => ['table', ['t'], facts];
const column = (name: string, facts: object, layout: object = {}): Literal => [
  'column',
  ['t', name],
  facts,
  { local: true, ...layout },
];
const id = column('id', { type: 'integer', 'not null': true });
const parameters = { increment: '1', min: '1', start: '1', cache: '1', type: 'integer', max: '2147483647' };
const serial = column(
  'id',
  { type: 'integer', 'not null': true, default: 'nextval(its own sequence)', sequence: parameters },
  { sequence: ['public', 't_id_seq'], default: "nextval('public.t_id_seq'::regclass)" },
);
const counted = column(
  'id',
  { type: 'integer', 'not null': true, default: "nextval('public.t_id_seq'::regclass)" },
  { default: "nextval('public.t_id_seq'::regclass)" },
);
const free: Literal = ['sequence', ['t_id_seq'], parameters];
const identity = column(
  'id',
  { type: 'integer', 'not null': true, identity: 'by default', sequence: parameters },
  { sequence: ['public', 't_id_seq'] },
);
const check = (facts: object = {}): Literal => [
  'constraint',
  ['t', 'positive'],
  { type: 'check', text: 'CHECK ((id > 0))', columns: ['id'], ...facts },
];
const key = (facts: object = {}): Literal => [
  'constraint',
  ['t', 'fk'],
  {
    type: 'foreign key',
    text: 'FOREIGN KEY (id) REFERENCES public.u(id)',
    columns: ['id'],
    references: { table: ['public', 'u'], columns: ['id'] },
    ...facts,
  },
];
const index = (facts: object = {}): Literal => ['index', ['t', 'i'], { text: 'USING btree (id)', ...facts }];
const policy = (facts: object): Literal => ['policy', ['t', 'p'], { for: 'all', ...facts }];
const sequence = (facts: object = {}): Literal => ['sequence', ['s'], { ...parameters, ...facts }];
const domain = (facts: object): Literal => ['domain', ['d'], { type: 'text', ...facts }];
const publication = (where: string): Literal => [
  'publication',
  ['pub'],
  { publish: [], tables: [{ table: ['public', 't'], where }] },
];
const part: Literal = ['table', ['p'], { 'partition of': { parent: ['public', 't'], bound: 'DEFAULT' } }];
const ofPart = (facts: object): Literal => ['column', ['p', 'id'], facts, { inherited: true }];
const fk = { type: 'foreign key', text: 'FOREIGN KEY (id) REFERENCES public.t(id)', columns: ['id'] };
const grant = (...privileges: string[]) => [{ verb: 'grant', privileges, role: 'app' }];

/** What somebody answered, and what only the server knows. */
interface More {
  mapping?: [string, string][];
  recreated?: string;
  dependents?: string[];
  /** The state when tables have let go of their parents. */
  parted?: Literal[];
}

const cases: [title: string, from: Literal[], to: Literal[], statements: string[], more?: More][] = [
  ['nothing', [table(), id], [table(), id], []],
  [
    'a fact in another order',
    [table(), check({ deferrable: true, columns: ['id'] })],
    [table(), check({ columns: ['id'], deferrable: true })],
    [],
  ],
  [
    'a column that comes',
    [table(), id],
    [table(), id, column('a', { type: 'text' })],
    ['alter table "t" add column "a" text'],
  ],
  [
    'a column that goes',
    [table(), id, column('a', { type: 'text' })],
    [table(), id],
    ['alter table "t" drop column "a"'],
  ],
  [
    'another type',
    [table(), column('a', { type: 'text' })],
    [table(), column('a', { type: 'character varying(9)' })],
    ['alter table "t" alter column "a" type varchar(9)'],
  ],
  [
    'a comment of several lines that looks like a definition',
    [table(), id],
    [table(), column('id', { type: 'integer', 'not null': true, comment: 'unlogged\nstorage external' })],
    [`comment on column "t"."id" is 'unlogged\nstorage external'`],
  ],
  [
    'the comment on a constraint, in place',
    [table(), check()],
    [table(), check({ comment: 'x' })],
    [`comment on constraint "positive" on "t" is 'x'`],
  ],
  [
    'a serial becomes identity: its counter is handed over',
    [table(), serial],
    [table(), identity],
    [
      'alter sequence "t_id_seq" rename to "t_id_seq__old"',
      'alter table "t" alter column "id" drop default',
      'alter table "t" alter column "id" add generated by default as identity',
      `select setval('t_id_seq', last_value, is_called) from "t_id_seq__old"`,
      'drop sequence "t_id_seq__old"',
    ],
  ],
  [
    'and back',
    [table(), identity],
    [table(), serial],
    [
      'alter sequence "t_id_seq" rename to "t_id_seq__old"',
      'create sequence "t_id_seq" as integer owned by "t"."id"',
      `select setval('t_id_seq', last_value, is_called) from "t_id_seq__old"`,
      'alter table "t" alter column "id" drop identity',
      `alter table "t" alter column "id" set default nextval('t_id_seq')`,
    ],
  ],
  [
    'a free sequence that a column takes',
    [table(), counted, free],
    [table(), serial],
    ['alter sequence "t_id_seq" owned by "t"."id"'],
  ],
  [
    'a sequence that a column lets go',
    [table(), serial],
    [table(), counted, free],
    ['alter sequence "t_id_seq" owned by none'],
  ],
  [
    'a constraint that is validated',
    [table(), key({ 'not valid': true })],
    [table(), key()],
    ['alter table "t" validate constraint "fk"'],
  ],
  [
    'a foreign key that is deferred',
    [table(), key()],
    [table(), key({ deferrable: true, deferred: true })],
    ['alter table "t" alter constraint "fk" deferrable initially deferred'],
  ],
  [
    'fillfactor of an index, in place',
    [table(), index()],
    [table(), index({ options: [['fillfactor', '70']] })],
    [`alter index "i" set (fillfactor='70')`],
  ],
  [
    'an index of other columns, anew',
    [table(), index()],
    [table(), index({ text: 'USING btree (a)' })],
    ['drop index "i"', 'create index "i" on "t" USING btree (a)'],
  ],
  [
    'storage parameters',
    [table({ options: [['fillfactor', '70']] })],
    [table({ options: [['autovacuum_enabled', 'false']] })],
    ['alter table "t" reset (fillfactor)', `alter table "t" set (autovacuum_enabled='false')`],
  ],
  [
    'replica identity and cluster',
    [table(), index()],
    [table({ 'replica identity': 'full', 'cluster on': 'i' }), index()],
    ['alter table "t" replica identity full', 'alter table "t" cluster on "i"'],
  ],
  [
    'a policy for others',
    [table(), policy({ using: 'true' })],
    [table(), policy({ using: 'true', roles: ['"app"'] })],
    ['alter policy "p" on "t" to "app"'],
  ],
  [
    'a policy whose condition goes is made anew',
    [table(), policy({ using: 'true' })],
    [table(), policy({ check: 'true' })],
    ['drop policy "p" on "t"', 'create policy "p" on "t" with check (true)'],
  ],
  [
    'row level security comes after its policies',
    [table()],
    [table({ 'row level security': true }), policy({ using: 'true' })],
    ['create policy "p" on "t" using (true)', 'alter table "t" enable row level security'],
  ],
  [
    'privileges',
    [table({ privileges: grant('INSERT', 'SELECT') })],
    [table({ privileges: grant('SELECT', 'UPDATE') })],
    ['revoke insert on table "t" from "app"', 'grant update on table "t" to "app"'],
  ],
  [
    'a sequence keeps its counter',
    [sequence()],
    [sequence({ increment: '5', cycle: true })],
    ['alter sequence "s" increment by 5 cycle'],
  ],
  [
    'a domain in use',
    [domain({ constraints: [{ name: 'c', text: 'CHECK ((VALUE > 0))', 'not valid': true }] })],
    [domain({ 'not null': true, default: "'x'::text", constraints: [{ name: 'c', text: 'CHECK ((VALUE > 0))' }] })],
    [
      `alter domain "d" set default 'x'::text`,
      'alter domain "d" set not null',
      'alter domain "d" validate constraint "c"',
    ],
  ],
  [
    'attributes of a composite type',
    [
      [
        'type',
        ['k'],
        {
          attributes: [
            { name: 'a', type: 'integer' },
            { name: 'b', type: 'text' },
          ],
        },
      ],
    ],
    [
      [
        'type',
        ['k'],
        {
          attributes: [
            { name: 'a', type: 'bigint' },
            { name: 'c', type: 'text', comment: 'x' },
          ],
        },
      ],
    ],
    [
      'alter type "k" drop attribute "b"',
      'alter type "k" alter attribute "a" type bigint',
      'alter type "k" add attribute "c" text',
      `comment on column "k"."c" is 'x'`,
    ],
  ],
  [
    'values that come to an enum',
    [['type', ['m'], { labels: ['a', 'c'] }]],
    [['type', ['m'], { labels: ['a', "b'", 'c', 'd'] }]],
    [`alter type "m" add value 'b''' after 'a'`, `alter type "m" add value 'd'`],
  ],
  [
    'a partition gets other bounds',
    [['table', ['p'], { 'partition of': { parent: ['public', 't'], bound: 'FOR VALUES IN (1)' } }]],
    [['table', ['p'], { 'partition of': { parent: ['public', 't'], bound: 'FOR VALUES IN (2)' } }]],
    ['alter table "t" detach partition "p"', 'alter table "t" attach partition "p" FOR VALUES IN (2)'],
  ],
  [
    'a partition is detached: its index has a name of its own then',
    [table(), part],
    [table(), ['table', ['p']], ['index', ['p', 'i'], { text: 'USING btree (id)' }]],
    ['alter table "t" detach partition "p"'],
    { parted: [table(), ['table', ['p']], ['index', ['p', 'i'], { text: 'USING btree (id)' }]] },
  ],
  [
    'what a partition says of a column by itself',
    [table(), id, part, ofPart({ type: 'integer', 'not null': true })],
    [table(), id, part, ofPart({ type: 'integer', 'not null': true, default: '4', comment: 'x' })],
    [`alter table "p" alter column "id" set default 4`, `comment on column "p"."id" is 'x'`],
  ],
  [
    'what a partition takes over from its parent is not said again',
    [table(), id, part, ofPart({ type: 'integer', 'not null': true })],
    [table(), column('id', { type: 'integer', default: '4' }), part, ofPart({ type: 'integer', default: '4' })],
    ['alter table "t" alter column "id" drop not null, alter column "id" set default 4'],
  ],
  [
    'null is allowed no more, for new rows',
    [table(), column('a', { type: 'text' })],
    [table(), column('a', { type: 'text', 'not null': true, 'not valid': true }, { 'not null': 'nn' })],
    ['alter table "t" add constraint "nn" not null "a" not valid'],
  ],
  [
    'and for all: it is validated',
    [table(), column('a', { type: 'text', 'not null': true, 'not valid': true }, { 'not null': 'nn' })],
    [table(), column('a', { type: 'text', 'not null': true }, { 'not null': 'nn' })],
    ['alter table "t" validate constraint "nn"'],
  ],
  [
    'a domain that is made of something else, under a column',
    [table(), domain({ type: 'character varying(9)' }), column('a', { type: 'public.d' })],
    [table(), domain({ type: 'text' }), column('a', { type: 'public.d' })],
    [
      'alter domain "d" rename to "d__old"',
      'create domain "d" as text',
      'alter table "t" alter column "a" type "d" using "a"',
      'drop domain "d__old"',
    ],
  ],
  [
    'a value that leaves an enum, under an array, a composite type and a foreign key',
    [
      table(),
      ['type', ['m'], { labels: ['x', 'y'] }],
      ['type', ['k'], { attributes: [{ name: 'of', type: 'public.m' }] }, { order: ['of'] }],
      column('a', { type: 'public.m[]' }),
      column('b', { type: 'public.k' }),
      column('id', { type: 'public.m' }),
      key(),
    ],
    [
      table(),
      ['type', ['m'], { labels: ['x'] }],
      ['type', ['k'], { attributes: [{ name: 'of', type: 'public.m' }] }, { order: ['of'] }],
      column('a', { type: 'public.m[]' }),
      column('b', { type: 'public.k' }),
      column('id', { type: 'public.m' }),
      key(),
    ],
    [
      'alter table "t" drop constraint "fk"',
      'alter type "m" rename to "m__old"',
      'alter type "k" rename to "k__old"',
      `create type "m" as enum ('x')`,
      'create type "k" as ("of" "m")',
      `alter table "t" alter column "a" type "m"[] using array_replace("a"::text[], 'y', 'x')::"m"[]`,
      `alter table "t" alter column "id" type "m" using (case "id"::text when 'y' then 'x' else "id"::text end)::"m"`,
      `alter table "t" alter column "b" type "k" using case when "b" is distinct from null then row((case ("b")."of"::text when 'y' then 'x' else ("b")."of"::text end)::"m")::"k" end`,
      'drop type "m__old"',
      'drop type "k__old"',
      'alter table "t" add constraint "fk" FOREIGN KEY (id) REFERENCES public.u(id)',
    ],
    { mapping: [['y', 'x']], dependents: ['type public.k'] },
  ],
  [
    'a type under the condition of a publication',
    [table(), column('a', { type: 'integer' }), publication('(a > 1)')],
    [table(), column('a', { type: 'bigint' }), publication('(a > 1)')],
    [
      'alter publication "pub" drop table "t"',
      'alter table "t" alter column "a" type bigint',
      'alter publication "pub" add table "t" where ((a > 1))',
    ],
  ],
  [
    'a partition that goes, while a foreign key references its parent',
    [
      table(),
      id,
      part,
      ['constraint', ['u', 'fk'], { ...fk, references: { table: ['public', 't'], columns: ['id'] } }],
    ],
    [table(), id, ['constraint', ['u', 'fk'], { ...fk, references: { table: ['public', 't'], columns: ['id'] } }]],
    ['alter table "t" detach partition "p"', 'drop table "p"'],
  ],
  [
    'a table that is made anew with its rows',
    [table(), id, column('a', { type: 'text' })],
    [table({ 'partition by': 'LIST (id)' }), id, column('a', { type: 'text' })],
    [
      'create table "t__old" as select * from "t"',
      'drop table "t"',
      'create table "t" ("id" integer not null, "a" text) partition by LIST (id)',
      'insert into "t" ("id", "a") overriding system value select "id", "a" from "t__old"',
      'drop table "t__old"',
    ],
    { recreated: 'table public.t' },
  ],
  [
    'the version of an extension',
    [['extension', ['e'], { schema: 'public', version: '1.0' }]],
    [['extension', ['e'], { schema: 'public' }]],
    ['alter extension "e" update'],
  ],
];

for (const [title, from, to, statements, more = {}] of cases)
  test(title, async () => {
    const ops = await opsBetween(
      {
        dependentsOf: () =>
          Promise.resolve((more.dependents ?? []).map((key) => ({ key, goesAlong: false, isDefault: false }))),
        refusalOf: () => Promise.resolve(undefined),
        stateAfter: () => Promise.resolve(sideOf(state(...(more.parted ?? from)))),
      },
      {
        from: sideOf(state(...from)),
        to: sideOf(state(...to)),
        answers: {
          column: () => ({}),
          recreated: (key) => key === more.recreated,
          mapping: () => new Map(more.mapping),
          updates: [],
        },
        valuesAtOnce: false,
        schemaStays: () => false,
      },
    );
    const place = ({ phase, rank }: (typeof ops)[number]) => phases.indexOf(phase) * 100 + rank;
    const inOrder = ops.toSorted((a, b) => place(a) - place(b));
    assert.deepEqual(
      inOrder.flatMap((op) => op.statements),
      statements,
    );
  });
