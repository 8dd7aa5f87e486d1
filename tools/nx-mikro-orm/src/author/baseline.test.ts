import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe as suite, it } from 'node:test';
import { defineEntity, p, type EntitySchema } from '@mikro-orm/core';
import { withDatabase } from '../../test/database.ts';
import { withProject, type Sandbox } from '../../test/project.ts';
import { refused } from '../../test/refused.ts';
import { readState } from '../run/standing/standing.ts';
import { run } from '../run/run.ts';
import { compareCatalogues, describe, readCatalogue } from '../catalogue/index.ts';
import type { Project } from '../config.ts';
import { readRevisions } from '../history/read.ts';
import { baseline, type Baseline } from './baseline.ts';
import { create } from './create.ts';
import { cases } from '../../test/fixtures/hard-schemas.ts';
import { stamp } from '../check/stamp.ts';

const teacher = (properties: Record<string, unknown> = {}): EntitySchema =>
  defineEntity({
    name: 'Teacher',
    tableName: 'teacher',
    properties: { id: p.integer().primary(), ...properties } as never,
  }) as never;

const withModels = (models: EntitySchema[], work: (sandbox: Sandbox) => Promise<void>) =>
  withProject(work, () => models as never);

const make = ({ project }: Sandbox) => create(project, { message: 'change', decisions: [] });

const write = async (project: Project, acceptLost = false): Promise<Baseline> => {
  const written = await baseline(project, { message: 'As it was', acceptLost });
  assert.ok(written, 'the database is not empty');
  return written;
};

const ofLedger = (_: string, name: string) => name.startsWith('mikro_orm_migrations');

/** Baselines a database, insists that it is unchanged and recorded, and that another one comes out the same. */
async function settle({ project, client }: Sandbox, ignore = ofLedger): Promise<Baseline> {
  const before = await readCatalogue(client, { ignore });
  const written = await write(project);
  assert.deepEqual(compareCatalogues(before, await readCatalogue(client, { ignore })).map(describe), []);
  const { state } = await readState(project);
  assert.deepEqual([state.current, state.pending], [[written.name], []]);
  assert.deepEqual((await run(project, { direction: 'up' })).ran, []);
  assert.deepEqual((await stamp(project, 'head', { force: false })).added, []);
  await withDatabase(async (other, url) => {
    const elsewhere = { ...project, config: { ...project.config, database: () => url } };
    await run(elsewhere, { direction: 'up' });
    const after = await readCatalogue(other, { ignore });
    assert.deepEqual(
      compareCatalogues(before, after)
        .filter(({ kind }) => kind !== 'database')
        .map(describe),
      [],
    );
    await run(elsewhere, { direction: 'down', target: 'base' });
    assert.deepEqual(
      [...(await readCatalogue(other, { ignore })).keys()].filter((key) => !key.startsWith('schema ')),
      [],
    );
  });
  return written;
}

const serial = 'create table teacher (id serial primary key, name text not null); create index on teacher (name)';

suite('baseline', () => {
  const chosen = [
    'names with quotes, capitals, dots, parentheses and other scripts',
    'grants to roles that may not be there',
    'partitions whose columns stand in another order',
    'a check whose function takes a row of the table',
    'functions that call each other',
    'privileges on public and on the database',
  ];
  for (const name of chosen)
    it(`${name}: a new database is the same`, () =>
      withModels([], async (sandbox) => {
        // A role is the server's: the kept scratch databases go on using it, and no other test may meet it.
        const statements = cases[name]?.replaceAll("Ro'le", `Ro'le of ${process.pid}`);
        await sandbox.client.query(`create table plain (id int); ${statements}`);
        await settle(sandbox);
      }));

  it('rows stay where they are, and are not in the revision', () =>
    withModels([], async (sandbox) => {
      await sandbox.client.query(`${serial}; insert into teacher (name) values ('Ada')`);
      const { text } = await settle(sandbox);
      assert.doesNotMatch(text, /Ada|insert|setval/);
      assert.deepEqual(await sandbox.values('select name from teacher'), ['Ada']);
      assert.deepEqual(await sandbox.values('select event from mikro_orm_migrations_journal'), ['stamped']);
    }));

  it('what others own is not in the revision', () =>
    withModels([], async (sandbox) => {
      await sandbox.client.query(`${serial}; create schema audit; comment on schema audit is 'theirs';
        create table audit.log (id int); comment on table audit.log is 'of others'; create table spatial_ref_sys (id int)`);
      sandbox.project.config.ignore = ['audit.*', 'spatial_ref_sys'];
      const { text, lost } = await settle(
        sandbox,
        (schema, name) => ofLedger(schema, name) || `${schema}.${name}`.includes('audit') || name === 'spatial_ref_sys',
      );
      assert.deepEqual(lost, []);
      assert.match(text, /create table .*teacher/);
      assert.doesNotMatch(text, /audit|theirs|others|spatial/);
    }));

  it('what the models describe is theirs, the rest is left alone by `create`', () =>
    withModels(
      [teacher({ name: p.text().index('teacher_name_idx'), email: p.string().nullable() })],
      async (sandbox) => {
        await sandbox.client.query(`${serial}; create table audit (id int); alter table teacher add search tsvector;
        create function touch() returns trigger language plpgsql as 'begin return new; end';
        create trigger touched before update on teacher for each row execute function touch(); grant select on teacher to public`);
        const { text } = await settle(sandbox);
        assert.match(text, /static readonly byHand = \[/);
        const next = await make(sandbox);
        assert.match(next?.text ?? '', /add column "email"/);
        assert.doesNotMatch(next?.text ?? '', /audit|touch|search|revoke/);
        await run(sandbox.project, { direction: 'up' });
        assert.equal(await make(sandbox), undefined);
      },
    ));

  it('an empty database and one that does not exist have nothing to write', () =>
    withModels([], async ({ project }) => {
      assert.equal(await baseline(project, { acceptLost: false }), undefined);
      assert.deepEqual(readRevisions(project.revisions), []);
    }));

  it('a ledger in a schema of its own, and in one of the tables', () =>
    withModels([], async (sandbox) => {
      const project = { ...sandbox.project, table: { schema: 'App "s"', name: 'mikro_orm_migrations' } };
      await sandbox.client.query('create schema "App ""s"""; create table "App ""s""".t (id serial primary key)');
      await settle({ ...sandbox, project });
    }));

  it('is refused where there is a history, and where the ledger knows revisions that are not here', () =>
    withModels([], async (sandbox) => {
      const first = sandbox.write('first', { up: ['create table t (id int)'], down: ['drop table t'] });
      await run(sandbox.project, { direction: 'up' });
      assert.equal((await refused(write(sandbox.project))).code, 'baseline-history');
      sandbox.remove(first);
      assert.equal((await refused(write(sandbox.project))).code, 'revision-missing');
    }));

  it('what no statement can make again is named, and nothing is written until somebody accepts it', () =>
    withModels([], async (sandbox) => {
      await sandbox.client
        .query(`${serial}; create extension postgres_fdw; create server s foreign data wrapper postgres_fdw;
        create user mapping for current_user server s options (user 'u', password 'secret')`);
      const problem = await refused(write(sandbox.project));
      assert.equal(problem.code, 'baseline-lost');
      assert.deepEqual((problem.facts as { lost: string[] }).lost, ['user mapping for current_user server s']);
      assert.deepEqual(readRevisions(sandbox.project.revisions), []);
      assert.deepEqual(await sandbox.values("select to_regclass('mikro_orm_migrations')"), [null]);
      const { lost, text } = await write(sandbox.project, true);
      assert.equal(lost.length, 1);
      assert.doesNotMatch(text, /secret/);
    }));

  it('a role that may not write a ledger gets no file either', () =>
    withModels([], async (sandbox) => {
      await sandbox.client.query(serial);
      const url = new URL(sandbox.url);
      url.searchParams.set('options', '-c default_transaction_read_only=on');
      const project = { ...sandbox.project, config: { ...sandbox.project.config, database: () => url.href } };
      assert.match((await refused(write(project))).code, /read-only-database|not-allowed/);
      assert.deepEqual(readdirSync(project.revisions), []);
    }));
});
