import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Options } from '@mikro-orm/postgresql';
import { withProject, type Sandbox } from '../../../test/project.ts';
import { refused } from '../../../test/refused.ts';
import type { Problem } from '../../errors.ts';
import { create } from '../create.ts';

type Files = Record<string, string>;

/** A model file: its first line is the import. */
const file = (text: string) => `import { defineEntity, EntitySchema, p } from '@mikro-orm/core';\n${text}\n`;
const entity = (name: string, rest: string) =>
  file(`export const ${name} = defineEntity({\n  name: '${name}',\n${rest}});`);
const plain = (name: string, more = '', tableName = '') =>
  entity(
    name,
    `${tableName && `  tableName: '${tableName}',\n`}  properties: {\n    id: p.integer().primary(),\n${more}  },\n`,
  );

/** Hands over a project whose models are these files; `entities` names what is registered of them. */
const withFiles = (
  files: Files,
  entities: string[],
  work: (sandbox: Sandbox) => Promise<void>,
  options: Partial<Options> = {},
) =>
  withProject(async (sandbox) => {
    const models = join(sandbox.project.root, 'models');
    mkdirSync(models);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(models, name), text);
    const exported: Record<string, unknown> = {};
    for (const name of Object.keys(files))
      Object.assign(exported, await import(pathToFileURL(join(models, name)).href).catch(() => ({})));
    sandbox.project.models = [models];
    const list = entities.map((name) => exported[name]) as never;
    sandbox.project.config.orm = () =>
      Promise.resolve({ default: { ...options, entities: list, clientUrl: sandbox.url } });
    await work(sandbox);
  });

const creating = (sandbox: Sandbox) => create(sandbox.project, { message: 'change', decisions: [] });

/** What is said of a set of models: its lines, without the first. */
async function said(files: Files, entities: string[], options: Partial<Options> = {}): Promise<string[]> {
  let problem: Problem | undefined;
  await withFiles(files, entities, async (sandbox) => void (problem = await refused(creating(sandbox))), options);
  assert.equal(problem?.code, 'models-invalid', problem?.message);
  assert.match(problem?.message ?? '', /^(A mistake is|\d+ mistakes are) in the models\. Nothing was compared\.\n/);
  assert.notDeepEqual(problem?.next ?? [], []);
  return (problem?.message ?? '')
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
}

const long = (letter: string) => letter.repeat(64);

describe('mistakes in the models, each with its file and line', () => {
  const cases: [title: string, files: Files, entities: string[], said: (string | RegExp)[]][] = [
    [
      'an entity that is not registered',
      { 'a.ts': plain('A'), 'b.ts': plain('B') },
      ['A'],
      ['models/b.ts:2: B is not in the list `entities`, so its table would look like one to drop'],
    ],
    [
      'a file that cannot be loaded',
      { 'a.ts': plain('A'), 'b.ts': '\n\nthrow new Error("no luck.");' },
      ['A'],
      ['models/b.ts:3: it cannot be loaded: no luck'],
    ],
    [
      'a class that its schema does not know',
      {
        'a.ts': plain('A'),
        'b.ts': file(
          `const Schema = defineEntity({ name: 'B', properties: { id: p.integer().primary() } });\n\nexport class B extends Schema.class {}`,
        ),
      },
      ['A', 'B'],
      ['models/b.ts:2: B extends the class of a schema that does not know it, so it gives no table'],
    ],
    [
      'the same, not registered either',
      {
        'a.ts': plain('A'),
        'b.ts': file(
          `const S = defineEntity({ name: 'B', properties: { id: p.integer().primary() } });\nexport class B extends S.class {}`,
        ),
      },
      ['A'],
      ['models/b.ts:2: B extends the class of a schema that does not know it, so it gives no table'],
    ],
    [
      'a class of which nothing says what its table is',
      { 'a.ts': plain('A'), 'b.ts': '\nexport class B {\n  id!: number;\n}\n' },
      ['A', 'B'],
      ['models/b.ts:2: B is in the list `entities`, but nothing says what its table is'],
    ],
    [
      'nothing but such a class',
      { 'b.ts': 'export class B {}\n' },
      ['B'],
      ['models/b.ts:1: B is in the list `entities`, but nothing says what its table is'],
    ],
    ['something undefined', { 'a.ts': plain('A') }, ['A', 'Missing'], ['number 2 of `entities` is undefined']],
    [
      'no properties',
      { 'a.ts': plain('A'), 'b.ts': file(`\nexport const B = new EntitySchema({ name: 'B' });`) },
      ['A', 'B'],
      ['models/b.ts:3: B has no properties, so it cannot be a table'],
    ],
    [
      'no primary key, twice, and something else',
      {
        'a.ts': entity('A', '  properties: { x: p.integer() },\n'),
        'b.ts': entity('B', '  properties: { x: p.integer() },\n'),
        'c.ts': plain('C', '', long('c')),
        'd.ts': plain('D'),
      },
      ['A', 'B', 'C'],
      [
        'models/a.ts:2: A has no primary key, so it cannot be a table',
        'models/b.ts:2: B has no primary key, so it cannot be a table',
        'models/d.ts:2: D is not in the list `entities`, so its table would look like one to drop',
        `models/c.ts:4: the table "${long('c')}" of C is 64 bytes long, and PostgreSQL cuts a name after 63`,
      ],
    ],
    [
      'a relation to nothing',
      { 'a.ts': plain('A', "    other: () => p.manyToOne('Nowhere' as never),\n") },
      ['A'],
      [/^models\/a\.ts:6: MikroORM rejects it: .*Nowhere.*A\.other/],
    ],
    [
      'abstract, and nothing extends it',
      { 'a.ts': plain('A'), 'b.ts': entity('B', '  abstract: true,\n  properties: { id: p.integer().primary() },\n') },
      ['A', 'B'],
      ['models/b.ts:2: B is abstract, and no entity extends it, so it has no table'],
    ],
    [
      'embeddable, with a table all the same',
      {
        'a.ts': plain('A'),
        'b.ts': entity('B', "  embeddable: true,\n  tableName: 'b',\n  properties: { x: p.integer() },\n"),
      },
      ['A', 'B'],
      ["models/b.ts:5: B is embeddable, so it has no table, though it says `tableName: 'b'`"],
    ],
    [
      'two on one table',
      { 'a.ts': plain('A', '', 'people'), 'b.ts': plain('B', '', 'people') },
      ['B', 'A'],
      ['models/b.ts:4: B is on the table public.people, and so is A (models/a.ts:4)'],
    ],
    [
      'the same, where one names the schema',
      {
        'a.ts': plain('A', '', 'people'),
        'b.ts': entity(
          'B',
          "  tableName: 'people',\n  schema: 'public',\n  properties: { id: p.integer().primary() },\n",
        ),
      },
      ['B', 'A'],
      ['models/b.ts:4: B is on the table public.people, and so is A (models/a.ts:4)'],
    ],
    [
      'two properties in one column',
      { 'a.ts': plain('A', "    x: p.string(),\n    y: p.string().fieldName('x'),\n") },
      ['A'],
      ['models/a.ts:7: A.y and A.x are both the column x'],
    ],
    [
      'names that are too long',
      {
        'a.ts': entity(
          'A',
          `  tableName: 'a',
  schema: '${long('s')}',
  properties: {
    id: p.integer().primary(),
    ${long('c')}: p.integer(),
    x: p.string().index('${long('i')}'),
    y: p.string().unique('${long('u')}'),
    z: p.enum(['z']).nativeEnumName('${long('e')}'),
  },
  checks: [{ name: '${long('k')}', expression: 'x <> y' }],
`,
        ),
      },
      ['A'],
      [
        `models/a.ts:8: the column "${long('c')}" of A.${long('c')} is 64 bytes long, and PostgreSQL cuts a name after 63`,
        `models/a.ts:9: the index "${long('i')}" of A.x is 64 bytes long, and PostgreSQL cuts a name after 63`,
        `models/a.ts:10: the unique constraint "${long('u')}" of A.y is 64 bytes long, and PostgreSQL cuts a name after 63`,
        `models/a.ts:13: the check "${long('k')}" of A is 64 bytes long, and PostgreSQL cuts a name after 63`,
        `models/a.ts:11: the enum "${long('e')}" of A.z is 64 bytes long, and PostgreSQL cuts a name after 63`,
        `models/a.ts:5: the schema "${long('s')}" of A is 64 bytes long, and PostgreSQL cuts a name after 63`,
      ],
    ],
    [
      'a name that MikroORM makes, too long in bytes',
      { 'a.ts': plain('A', '    電子メールの宛先一覧: p.string().index(),\n', '教師の一覧と連絡先表') },
      ['A'],
      [/^models\/a\.ts:7: the index ".*_index" of A\.電子メールの宛先一覧 is 6\d bytes long/],
    ],
    [
      'an index with the name of a table',
      { 'a.ts': plain('A', '', 'people'), 'b.ts': plain('B', "    x: p.string().index('people'),\n", 'b') },
      ['A', 'B'],
      [
        'models/b.ts:7: the index "people" of B.x has the name of the table "people" of A (models/a.ts:4): tables, views and indexes of a schema share their names',
      ],
    ],
    [
      'two indexes with one name',
      {
        'a.ts': plain('A', "    x: p.string().index('same'),\n"),
        'b.ts': plain('B', "    x: p.string().unique('same'),\n"),
      },
      ['A', 'B'],
      [/^models\/[ab]\.ts:6: the .* "same" of [AB]\.x has the name of the .* "same" of [AB]\.x \(models\/[ab]\.ts:6\)/],
    ],
    [
      'an enum with the name of a table',
      { 'a.ts': plain('A', "    mood: p.enum(['x']).nativeEnumName('a'),\n", 'a') },
      ['A'],
      [
        'models/a.ts:7: the enum "a" of A.mood has the name of the table "a" of A (models/a.ts:4): a table is a type, too',
      ],
    ],
  ];
  for (const [title, files, entities, expected] of cases)
    it(title, async () => {
      const found = await said(files, entities);
      assert.equal(found.length, expected.length, found.join('\n'));
      for (const [at, line] of found.entries()) {
        const wanted = expected[at];
        if (typeof wanted === 'string') assert.equal(line, wanted);
        else assert.match(line, wanted as RegExp);
      }
    });

  it('a table that the configuration leaves to others', () =>
    withFiles({ 'a.ts': plain('A', '', 'people') }, ['A'], async (sandbox) => {
      sandbox.project.config.ignore = ['peo*'];
      const problem = await refused(creating(sandbox));
      assert.match(problem.message, /models\/a\.ts:4: A has the table public\.people, which `ignore` leaves to others/);
    }));

  it('an empty list is told as that', () =>
    withFiles({ 'a.ts': plain('A') }, [], async (sandbox) => {
      assert.equal((await refused(creating(sandbox))).code, 'no-entities');
    }));
});

describe('what is no mistake', () => {
  const fine: [string, Files, string[], Partial<Options>?][] = [
    ['a registered entity that stands in no file', { 'a.ts': plain('A') }, ['A']],
    [
      'inheritance in one table',
      {
        'a.ts':
          file(`export const A = defineEntity({ name: 'A', discriminatorColumn: 'kind', discriminatorValue: 'a', properties: { id: p.integer().primary(), kind: p.string() } });
export const B = defineEntity({ name: 'B', extends: A, discriminatorValue: 'b', properties: { x: p.string().nullable() } });`),
      },
      ['A', 'B'],
    ],
    [
      'a base that others extend, an embeddable, a relation by a table of its own',
      {
        'a.ts':
          file(`export const Base = defineEntity({ name: 'Base', abstract: true, properties: { id: p.integer().primary() } });
export const Place = defineEntity({ name: 'Place', embeddable: true, properties: { city: p.string() } });
export const A = defineEntity({ name: 'A', extends: Base, properties: { place: () => p.embedded(Place), others: () => p.manyToMany(B) } });
export const B = defineEntity({ name: 'B', extends: Base, properties: { home: () => p.embedded(Place).prefix('home_') } });`),
      },
      ['Base', 'Place', 'A', 'B'],
    ],
    [
      'a column beside its relation',
      {
        'a.ts': file(`export const A = defineEntity({ name: 'A', properties: { id: p.integer().primary() } });
export const B = defineEntity({ name: 'B', properties: { id: p.integer().primary(), a: () => p.manyToOne(A), aId: p.integer().fieldName('a_id').persist(false) } });`),
      },
      ['A', 'B'],
    ],
    [
      'names of exactly 63 bytes',
      { 'a.ts': plain('A', `    ${'c'.repeat(63)}: p.integer(),\n`, 't'.repeat(63)) },
      ['A'],
    ],
  ];
  for (const [title, files, entities, options] of fine)
    it(title, () =>
      withFiles(
        files,
        entities,
        async (sandbox) => {
          if (title.startsWith('a registered')) sandbox.project.models = [];
          assert.ok(await creating(sandbox), 'a revision');
        },
        options,
      ),
    );
});
