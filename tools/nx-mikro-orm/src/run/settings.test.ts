import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Options } from '@mikro-orm/postgresql';
import { withProject, type Sandbox } from '../../test/project.ts';
import { refused } from '../../test/refused.ts';
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

  const agreeing: Record<string, (sandbox: Sandbox) => Options> = {
    'the same ledger': () => ({ migrations: { tableName: 'public.mikro_orm_migrations' } }),
    'a schema for each tenant': () => ({ schema: '*' }),
    'the same folder, from its own': ({ project }) => ({ migrations: { path: './revisions' }, baseDir: project.root }),
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
