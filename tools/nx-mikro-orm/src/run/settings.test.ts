import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Options } from '@mikro-orm/postgresql';
import { TSMigrationGenerator } from '@mikro-orm/migrations';
import { stockLedger, withProject, type Sandbox } from '../../test/project.ts';
import { refused } from '../../test/refused.ts';
import { create } from '../author/create.ts';
import type { Project } from '../config.ts';
import { run } from './run.ts';

/** A project whose MikroORM configuration has more in it. */
const withOptions = ({ project }: Sandbox, more: Options): Project => ({
  ...project,
  config: { ...project.config, orm: () => Promise.resolve({ default: { entities: [], ...more } }) },
});

describe('MikroORM’s own configuration', () => {
  const disagreeing: Record<string, Options> = {
    'another ledger': { migrations: { tableName: 'history' } },
    'a ledger in another schema': { schema: 'app' },
    'another folder': { migrations: { path: '/somewhere/else' } },
  };
  for (const [title, options] of Object.entries(disagreeing))
    it(`that names ${title} is refused before the first revision is applied`, () =>
      withProject(async (sandbox) => {
        sandbox.write('a', { up: ['create table a (id integer)'] });
        const error = await refused(run(withOptions(sandbox, options), { direction: 'up' }));
        assert.equal(error.code, 'settings-disagree');
        assert.deepEqual(await sandbox.values("select to_regclass('a')"), [null]);
      }));

  const refusing: Record<string, Options> = {
    'migrations.glob': { migrations: { glob: 'b*.ts' } },
    'migrations.migrationsList': { migrations: { migrationsList: [class A {}] as never } },
    'migrations.schema, migrations.includeWildcardSchema': { migrations: { schema: 'tenant' } },
    'migrations.transactional': { migrations: { transactional: false } },
    'migrations.disableForeignKeys': { migrations: { disableForeignKeys: true } },
    'driverOptions.ssl': { driverOptions: { connection: { ssl: true } } },
  };
  for (const [option, options] of Object.entries(refusing))
    it(`${option} is refused by name before the first revision is applied, also on a ledger of stock MikroORM`, () =>
      withProject(async (sandbox) => {
        sandbox.write('a', { up: ['create table a (id integer)'] });
        const first = await refused(run(withOptions(sandbox, options), { direction: 'up' }));
        assert.equal(first.code, 'option-refused');
        assert.equal((first.facts as { option: string }).option, option);
        await sandbox.client.query(stockLedger);
        await sandbox.client.query("insert into mikro_orm_migrations (name) values ('Migration1')");
        sandbox.write('b', { up: ['create table b (id integer)'] });
        await sandbox.client.query("update mikro_orm_migrations set name = (select 'Migration20260101000000_a')");
        assert.equal((await refused(run(withOptions(sandbox, options), { direction: 'up' }))).code, 'option-refused');
        assert.deepEqual(await sandbox.values("select to_regclass('b')"), [null]);
      }));

  const creating: Record<string, Options> = {
    'migrations.emit': { migrations: { emit: 'js' } },
    'migrations.fileName': { migrations: { fileName: (timestamp) => `v${timestamp}` } },
    'migrations.generator': { migrations: { generator: class Mine {} as never } },
  };
  for (const [option, options] of Object.entries(creating))
    it(`${option} is refused by name before create writes a file`, () =>
      withProject(async (sandbox) => {
        const project = withOptions(sandbox, options);
        const problem = await refused(create(project, { message: 'x', decisions: [], empty: true }));
        assert.equal((problem.facts as { option: string }).option, option);
      }));

  const nothingLost: Record<string, Options> = {
    'MikroORM’s own defaults': {
      migrations: {
        transactional: true,
        allOrNothing: true,
        disableForeignKeys: false,
        glob: '!(*.d).{js,ts}',
        emit: 'ts',
        generator: TSMigrationGenerator,
        fileName: (timestamp, name) => `Migration${timestamp}${name ? `_${name}` : ''}`,
      },
    },
    'what means nothing here': {
      migrations: { safe: true, dropTables: false, snapshot: true, snapshotName: 'x', silent: true },
      schemaGenerator: { skipTables: ['x'] },
      contextName: 'default',
    },
  };
  for (const [title, options] of Object.entries(nothingLost))
    it(`${title}: no hindrance`, () =>
      withProject(async (sandbox) => {
        sandbox.write('a', { up: ['create table a (id integer)'] });
        const project = withOptions(sandbox, options);
        await run(project, { direction: 'up' });
        assert.ok(await create(project, { message: 'x', decisions: [], empty: true }), 'nothing was created');
      }));

  it('a list of configurations is refused, with what to write', () =>
    withProject(async (sandbox) => {
      const orm = () => Promise.resolve({ default: [{ entities: [] }] as never });
      const { message } = await refused(
        create({ ...sandbox.project, config: { ...sandbox.project.config, orm } }, { message: 'x', decisions: [] }),
      );
      assert.match(message, /default\[0\]/);
    }));

  const agreeing: Record<string, (sandbox: Sandbox) => Options> = {
    'the same ledger': () => ({ migrations: { tableName: 'public.mikro_orm_migrations' } }),
    'a schema for each tenant': () => ({ schema: '*' }),
    'the same folder, from its own': ({ project }) => ({ migrations: { path: './revisions' }, baseDir: project.root }),
    'the same folder, for TypeScript': ({ project }) => ({
      migrations: { path: './dist/revisions', pathTs: join(project.root, 'revisions') },
    }),
    'the same folder, whole': ({ project }) => ({ migrations: { path: join(project.root, 'revisions') } }),
  };
  for (const [title, options] of Object.entries(agreeing))
    it(`that names ${title} is no hindrance`, () =>
      withProject(async (sandbox) => {
        sandbox.write('a', { up: ['create table a (id integer)'] });
        await run(withOptions(sandbox, options(sandbox)), { direction: 'up' });
        assert.deepEqual(await sandbox.values("select to_regclass('a')::text"), ['a']);
      }));
});

it('files that stock MikroORM would run are run, in its order', () =>
  withProject(async (sandbox) => {
    const stock = (name: string, sql: string) =>
      `import { Migration } from '@mikro-orm/migrations';\nexport class ${name} extends Migration { async up() { this.addSql(${JSON.stringify(sql)}); } }`;
    const last = sandbox.write('z', { text: stock('Last', 'insert into a values (2)') });
    const { renameSync, writeFileSync } = await import('node:fs');
    const file = (name: string) => join(sandbox.project.revisions, name);
    renameSync(file(`${last}.ts`), file('migration-2.ts'));
    writeFileSync(file('InitialSetup.ts'), stock('Setup20240101', 'create table a (id integer)'));
    const { ran } = await run(sandbox.project, { direction: 'up' });
    assert.deepEqual(
      ran.map(({ step }) => step.revision.name),
      ['InitialSetup', 'migration-2'],
    );
    assert.deepEqual(await sandbox.values('select name from mikro_orm_migrations order by id'), [
      'InitialSetup',
      'migration-2',
    ]);
  }));
