import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defineEntity, p, type EntitySchema } from '@mikro-orm/core';
import { decisionsOf } from '../../test/decisions.ts';
import { withProject, type Sandbox } from '../../test/project.ts';
import { refused } from '../../test/refused.ts';
import { run } from '../run/run.ts';
import { compareCatalogues, describe as inWords, readCatalogue } from '../catalogue/index.ts';
import { readState } from '../run/standing/standing.ts';
import { linkHistory } from '../history/graph.ts';
import { readRevisions } from '../history/read.ts';
import { adopt } from './adopt.ts';
import { create, differencesOfModels } from './create.ts';
import { verifyHistory } from '../check/verify.ts';

const teacher = (properties: Record<string, unknown> = {}): EntitySchema =>
  defineEntity({
    name: 'Teacher',
    tableName: 'teacher',
    properties: { id: p.integer().primary(), ...properties } as never,
  }) as never;

const withModels = (work: (sandbox: Sandbox, become: (next: EntitySchema[]) => void) => Promise<void>) => {
  let models = [teacher()];
  return withProject(
    (sandbox) => work(sandbox, (next) => (models = next)),
    () => models as never,
  );
};

const history = ({ project }: Sandbox) => linkHistory(readRevisions(project.revisions));
const take = ({ project }: Sandbox, decisions: string[] = []) =>
  adopt(project, { message: 'As it is', decisions: decisionsOf(decisions) });
const catalogueOf = ({ client }: Sandbox) =>
  readCatalogue(client, { ignore: (_, name) => name.startsWith('mikro_orm_migrations') });

describe('create --from-database', () => {
  it('with an empty history, the first revision is what is there, and the database stays as it is', () =>
    withModels(async (sandbox) => {
      const { client, project } = sandbox;
      await client.query(
        'create table teacher (id serial primary key); create view v as select 1 as one; insert into teacher default values',
      );
      const before = await readCatalogue(client);
      const adopted = await take(sandbox);
      assert.ok(adopted, 'nothing was adopted');
      assert.match(adopted.created.text, /create view/i);
      assert.deepEqual(compareCatalogues(before, await readCatalogue(client)), [], 'nothing changed in the database');
      assert.equal(history(sandbox).order.length, 1);
      assert.deepEqual(await differencesOfModels(project, history(sandbox)), []);
      await verifyHistory(project, history(sandbox), () => undefined);
    }));

  it('what is pending is not taken for dropped: it is named, and comes first', () =>
    withModels(async (sandbox) => {
      const { client, project } = sandbox;
      const first = sandbox.write('first', { up: ['create table one (id int)'], down: ['drop table one'] });
      const problem = async () => refused(take(sandbox));
      assert.deepEqual((await problem()).facts, {
        database: (await readState(project)).target.shown,
        pending: [first],
      });
      await run(project, { direction: 'up' });
      const second = sandbox.write('second', { up: ['create table two (id int)'], down: ['drop table two'] });
      await client.query('create table hot_fix (id int)');
      const { code, facts } = await problem();
      assert.equal(code, 'adopt-pending');
      assert.deepEqual((facts as { pending: string[] }).pending, [second]);
      await run(project, { direction: 'up' });
      const adopted = await take(sandbox);
      assert.deepEqual(adopted?.created.statements?.up, ['create table "hot_fix" ("id" integer)']);
    }));

  it('an empty database gives nothing', () =>
    withModels(async (sandbox) => assert.equal(await take(sandbox), undefined)));

  it('what was mended by hand is adopted, and left alone by `create`', () =>
    withModels(async (sandbox, become) => {
      const { client, project } = sandbox;
      become([teacher({ name: p.string().nullable() })]);
      await create(project, { message: 'models', decisions: [] });
      await run(project, { direction: 'up' });
      assert.equal(await take(sandbox), undefined, 'they agree');
      await client.query(
        "create index hot_fix on teacher (name); alter table teacher add note text; comment on table teacher is 'x'",
      );
      const before = await catalogueOf(sandbox);
      const adopted = await take(sandbox);
      assert.ok(adopted, 'nothing was adopted');
      assert.match(adopted.created.text, /hot_fix/);
      assert.deepEqual(compareCatalogues(before, await catalogueOf(sandbox)), []);
      assert.equal(await take(sandbox), undefined, 'a second one finds nothing');
      assert.equal(await create(project, { message: 'again', decisions: [] }), undefined, 'the models are not behind');
      await verifyHistory(project, history(sandbox), () => undefined);
    }));

  it('what was dropped by hand is asked about, as in the models', () =>
    withModels(async (sandbox, become) => {
      const { client, project } = sandbox;
      become([teacher({ name: p.string().nullable() })]);
      await create(project, { message: 'models', decisions: [] });
      await run(project, { direction: 'up' });
      await client.query('alter table teacher rename name to called');
      assert.equal((await refused(take(sandbox))).code, 'question-open');
      const adopted = await take(sandbox, ['rename teacher.name:called']);
      assert.deepEqual(adopted?.created.statements?.up, ['alter table "teacher" rename column "name" to "called"']);
    }));

  it('another database than the target', () =>
    withModels(async (sandbox) => {
      const { client, url, project } = sandbox;
      await client.query('create table teacher (id serial primary key)');
      const adopted = await adopt(
        { ...project, config: { ...project.config, database: () => 'postgres://nobody@127.0.0.1:1/none' } },
        { url, message: 'From elsewhere', decisions: [] },
      );
      assert.deepEqual(compareCatalogues(await catalogueOf(sandbox), await catalogueOf(sandbox)).map(inWords), []);
      assert.match(adopted?.created.text ?? '', /create table/);
    }));
});
