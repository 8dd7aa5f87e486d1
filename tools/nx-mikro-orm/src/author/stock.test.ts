/** A history from before `create`: what models describe in it is theirs, and what nobody knows of is asked about. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { defineEntity, p, type EntitySchema } from '@mikro-orm/core';
import { decisionsOf } from '../../test/decisions.ts';
import { withProject, type Sandbox } from '../../test/project.ts';
import { refused } from '../../test/refused.ts';
import { stockByHand, stockMigrates } from '../../test/stock.ts';
import { linkHistory } from '../history/graph.ts';
import { readRevisions } from '../history/read.ts';
import { run } from '../run/run.ts';
import { create, differencesOfModels } from './create.ts';

type Become = (next: EntitySchema[]) => void;

const withModels = (first: EntitySchema[], work: (sandbox: Sandbox, become: Become) => Promise<void>) => {
  let models = first;
  return withProject(
    (sandbox) => work(sandbox, (next) => (models = next)),
    () => models,
  );
};

const entity = (name: string, properties: Record<string, unknown> = {}, more: Record<string, unknown> = {}) =>
  defineEntity({
    name,
    tableName: name.toLowerCase(),
    properties: { id: p.integer().primary(), ...properties },
    ...more,
  } as never) as unknown as EntitySchema;

const change = ({ project }: Sandbox, ...decisions: string[]) =>
  create(project, { message: 'change', decisions: decisionsOf(decisions) });

const up = ({ project }: Sandbox) => run(project, { direction: 'up' });

const differences = ({ project }: Sandbox) =>
  differencesOfModels(project, linkHistory(readRevisions(project.revisions)));

/** What is asked, as the flags that answer it. */
const askedOf = async (sandbox: Sandbox): Promise<string[]> => {
  const { code, facts } = await refused(change(sandbox));
  assert.equal(code, 'question-open');
  return (facts as { open: { flags: string[] }[] }).open.flatMap(({ flags }) => flags);
};

const upOf = async (...args: Parameters<typeof change>): Promise<string[]> => {
  const created = await change(...args);
  assert.ok(created, 'nothing to create');
  return created.statements?.up ?? [];
};

const agrees = async (sandbox: Sandbox) => {
  assert.equal(await change(sandbox), undefined, 'a second create finds something');
  assert.deepEqual(await differences(sandbox), []);
};

const teacher = (properties: Record<string, unknown> = {}, more: Record<string, unknown> = {}) =>
  entity('Teacher', { name: p.text(), ...properties }, more);

/** What stock wrote, and the models after it; then what is asked, what is answered, and what is written. */
const changes: {
  what: string;
  before: EntitySchema[];
  after: EntitySchema[];
  asked?: string[];
  decided?: string[];
  wrote: string[];
}[] = [
  {
    what: 'a column goes',
    before: [teacher({ phone: p.text().nullable() })],
    after: [teacher()],
    asked: ['--drop teacher.phone', '--keep teacher.phone'],
    decided: ['drop teacher.phone'],
    wrote: ['alter table "teacher" drop column "phone"'],
  },
  {
    what: 'a column is renamed',
    before: [teacher({ phone: p.text().nullable() })],
    after: [teacher({ mobile: p.text().nullable() })],
    asked: ['--rename teacher.phone:mobile', '--drop teacher.phone', '--keep teacher.phone'],
    decided: ['rename teacher.phone:mobile'],
    wrote: ['alter table "teacher" rename column "phone" to "mobile"'],
  },
  {
    what: 'an entity goes',
    before: [teacher(), entity('Room', { size: p.integer() }, { indexes: [{ properties: ['size'] }] })],
    after: [teacher()],
    asked: ['--drop room', '--keep room'],
    decided: ['drop room'],
    wrote: ['drop table "room"'],
  },
  {
    what: 'an index goes',
    before: [teacher({}, { indexes: [{ properties: ['name'] }] })],
    after: [teacher()],
    asked: ['--drop teacher.teacher_name_index', '--keep teacher.teacher_name_index'],
    decided: ['drop teacher.teacher_name_index'],
    wrote: ['drop index "teacher_name_index"'],
  },
  {
    what: 'an index with the column that it is on',
    before: [teacher({ city: p.text() }, { indexes: [{ properties: ['city'] }] })],
    after: [teacher()],
    asked: ['--drop teacher.city', '--keep teacher.city'],
    decided: ['drop teacher.city'],
    wrote: ['alter table "teacher" drop column "city"'],
  },
  {
    what: 'a unique constraint and a check go',
    before: [
      teacher(
        { age: p.integer() },
        { uniques: [{ properties: ['name'] }], checks: [{ name: 'old', expression: 'age > 18' }] },
      ),
    ],
    after: [teacher({ age: p.integer() })],
    asked: [
      '--drop teacher.old',
      '--keep teacher.old',
      '--drop teacher.teacher_name_unique',
      '--keep teacher.teacher_name_unique',
    ],
    decided: ['drop teacher.old', 'drop teacher.teacher_name_unique'],
    wrote: ['alter table "teacher" drop constraint "teacher_name_unique", drop constraint "old"'],
  },
  {
    what: 'an index is called otherwise',
    before: [teacher({}, { indexes: [{ properties: ['name'], name: 'one' }] })],
    after: [teacher({}, { indexes: [{ properties: ['name'], name: 'other' }] })],
    wrote: ['alter index "one" rename to "other"'],
  },
  {
    what: 'a column comes',
    before: [teacher()],
    after: [teacher({ phone: p.text().nullable() })],
    wrote: ['alter table "teacher" add column "phone" text'],
  },
  {
    what: 'an enum goes with its column',
    before: [teacher({ mood: p.enum(['sad', 'glad']).nativeEnumName('mood') })],
    after: [teacher()],
    asked: ['--drop teacher.mood', '--keep teacher.mood', '--drop mood', '--keep mood'],
    decided: ['drop teacher.mood', 'drop mood'],
    wrote: ['alter table "teacher" drop column "mood"', 'drop type "mood"'],
  },
];

describe('a history that stock MikroORM wrote', () => {
  for (const { what, before, after, asked, decided = [], wrote } of changes)
    it(`${what}: ${asked ? 'asked, then written' : 'written'}, and never again`, () =>
      withModels(before, async (sandbox, become) => {
        await stockMigrates(sandbox, before);
        await agrees(sandbox);
        become(after);
        assert.notDeepEqual(await differences(sandbox), [], 'check says nothing');
        if (asked) assert.deepEqual((await askedOf(sandbox)).toSorted(), asked.toSorted());
        assert.deepEqual(await upOf(sandbox, ...decided), wrote);
        await up(sandbox);
        await agrees(sandbox);
      }));

  it('what is kept is left alone from then on, and the rest is still theirs', () => {
    const before = [teacher({ phone: p.text().nullable(), city: p.text().nullable() })];
    return withModels(before, async (sandbox, become) => {
      await stockMigrates(sandbox, before);
      become([teacher({ city: p.text().nullable() })]);
      assert.deepEqual(await upOf(sandbox, 'keep teacher.phone'), []);
      await agrees(sandbox);
      become([teacher()]);
      assert.deepEqual(await askedOf(sandbox), ['--drop teacher.city', '--keep teacher.city']);
      assert.deepEqual(await upOf(sandbox, 'drop teacher.city'), ['alter table "teacher" drop column "city"']);
      await up(sandbox);
      await agrees(sandbox);
    });
  });

  it('a later migration of stock is theirs as well', () => {
    const before = [teacher()];
    return withModels(before, async (sandbox, become) => {
      await stockMigrates(sandbox, before);
      become([teacher({ city: p.text().nullable() })]);
      await change(sandbox);
      await up(sandbox);
      const more = [teacher({ city: p.text().nullable(), phone: p.text().nullable() })];
      await stockByHand(
        sandbox,
        more,
        ['alter table "teacher" add column "phone" text null'],
        ['alter table "teacher" drop column "phone"'],
      );
      become(more);
      await agrees(sandbox);
      become([teacher({ city: p.text().nullable() })]);
      assert.deepEqual(await askedOf(sandbox), ['--drop teacher.phone', '--keep teacher.phone']);
    });
  });
});

const byHand = {
  up: [
    'create function lower_name(text) returns text immutable language sql as $$ select lower($1) $$',
    'create index teacher_lower on teacher (lower_name(name))',
    'create table audit (id int primary key, what text)',
    'create view names as select name from teacher',
    'create function touch() returns trigger language plpgsql as $$ begin return new; end $$',
    'create trigger touched before update on teacher for each row execute function touch()',
    'alter table teacher enable row level security',
    "comment on table teacher is 'They teach'",
    'grant select on teacher to public',
  ],
  down: [
    'drop trigger touched on teacher',
    'drop function touch()',
    'drop view names',
    'drop table audit',
    'drop index teacher_lower',
    'drop function lower_name(text)',
  ],
};

describe('what people wrote into a history of stock', () => {
  const asked = ['audit', 'teacher.teacher_lower', 'names', 'teacher.touched'];

  it('is asked about once, and may be kept all at once', () =>
    withModels([teacher()], async (sandbox, become) => {
      await stockMigrates(sandbox, [teacher()]);
      await stockByHand(sandbox, [teacher()], byHand.up, byHand.down);
      const flags = await askedOf(sandbox);
      assert.deepEqual(flags.toSorted(), asked.flatMap((name) => [`--drop ${name}`, `--keep ${name}`]).toSorted());
      const created = await change(sandbox, 'keep *');
      assert.deepEqual(created?.statements?.up, []);
      assert.deepEqual(created?.decisions.toSorted(), asked.map((name) => `keep ${name}`).toSorted());
      await up(sandbox);
      await agrees(sandbox);
      become([teacher({ phone: p.text().nullable() })]);
      assert.deepEqual(await upOf(sandbox), ['alter table "teacher" add column "phone" text']);
      await up(sandbox);
      become([]);
      assert.deepEqual(await askedOf(sandbox).catch(() => ['no models']), ['no models']);
    }));

  it('what the models need of it is not asked about', () => {
    const models = [teacher({ mood: p.type('text').columnType('mood').nullable() })];
    return withModels(models, async (sandbox) => {
      await stockByHand(
        sandbox,
        models,
        [
          "create type mood as enum ('sad', 'glad')",
          'create table teacher (id serial primary key, name text not null, mood mood)',
        ],
        ['drop table teacher', 'drop type mood'],
      );
      await agrees(sandbox);
    });
  });
});

describe('a history by hand', () => {
  it('is the models’ as far as they describe it', () =>
    withModels([teacher({ phone: p.text().nullable() })], async (sandbox, become) => {
      sandbox.write('teacher', {
        up: ['CREATE TABLE teacher (id serial PRIMARY KEY, name text NOT NULL, phone text)'],
        down: ['DROP TABLE teacher'],
      });
      await up(sandbox);
      await agrees(sandbox);
      become([teacher()]);
      assert.deepEqual(await askedOf(sandbox), ['--drop teacher.phone', '--keep teacher.phone']);
      assert.deepEqual(await upOf(sandbox, 'drop teacher.phone'), ['alter table "teacher" drop column "phone"']);
      await up(sandbox);
      await agrees(sandbox);
      become([teacher({ phone: p.text().nullable() })]);
      assert.deepEqual(await upOf(sandbox), ['alter table "teacher" add column "phone" text']);
    }));

  it('what somebody makes by hand after a revision of create is his, unasked', () =>
    withModels([teacher()], async (sandbox) => {
      await change(sandbox);
      const empty = await create(sandbox.project, { message: 'by hand', decisions: [], empty: true });
      const lines = ['create table audit (id int)', 'drop table audit'];
      const text = (empty?.text ?? '').replaceAll('// this.addSql(`…`);', () => `this.addSql('${lines.shift()}');`);
      writeFileSync(empty?.path ?? '', text);
      await agrees(sandbox);
    }));
});
