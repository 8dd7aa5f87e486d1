import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Migrator as StockMigrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import { withProject, type Sandbox } from '../test/project.ts';
import type { RunEvent } from './apply/events/events.ts';
import { Migrator } from './migrator.ts';

/** Hands over the migrator of an ORM that this engine is registered in, or, where it is `stock`, is not. */
async function withMigrator(
  { url, project }: Sandbox,
  work: (migrator: Migrator, orm: MikroORM) => Promise<void>,
  { stock = false } = {},
): Promise<void> {
  const orm = await MikroORM.init({
    entities: [],
    clientUrl: url,
    discovery: { warnWhenNoEntities: false },
    extensions: [stock ? StockMigrator : Migrator],
    migrations: { path: project.revisions, silent: true },
  });
  try {
    await work(orm.migrator as unknown as Migrator, orm);
  } finally {
    await orm.close();
  }
}

describe('migrator.on', () => {
  it("tells MikroORM's events and ours, and forgets who goes", () =>
    withProject(async (sandbox) => {
      const a = sandbox.write('a', { up: ['create table a (id int)'], down: ['drop table a'] });
      await withMigrator(sandbox, async (migrator) => {
        const heard: string[] = [];
        const all = (event: RunEvent) => void heard.push(`event ${event.type}`);
        migrator
          .on('migrating', ({ name, path }) => void heard.push(`migrating ${name} ${path?.endsWith(`${name}.ts`)}`))
          .on('migrated', ({ name }) => void heard.push(`migrated ${name}`))
          .on('reverted', ({ name }) => void heard.push(`reverted ${name}`))
          .on(
            'finished',
            ({ revision, direction, timings }) => void heard.push(`${direction} ${revision} ${timings.length}`),
          )
          .on('event', all);
        await migrator.up();
        assert.deepEqual(heard.splice(0), [
          'event planned',
          'event started',
          `migrating ${a} true`,
          'event statement',
          'event answered',
          `up ${a} 1`,
          'event finished',
          `migrated ${a}`,
          'event ended',
        ]);
        migrator.off('event', all);
        await migrator.down();
        assert.deepEqual(heard, [`down ${a} 1`, `reverted ${a}`]);
      });
    }));

  it('lets a listener of MikroORM’s forbid a revision', () =>
    withProject(async (sandbox) => {
      sandbox.write('a', { up: ['create table a (id int)'] });
      await withMigrator(sandbox, async (migrator) => {
        const heard: string[] = [];
        migrator.on('failed', ({ message }) => void heard.push(message));
        migrator.on('migrating', () => {
          throw new Error('not on a Friday');
        });
        await assert.rejects(migrator.up(), /not on a Friday/);
        assert.deepEqual(heard, ['not on a Friday']);
        assert.deepEqual(await sandbox.values("select to_regclass('a')"), [null]);
      });
    }));

  it('knows the type of what it tells', () => {
    const typed = (migrator: Migrator) => {
      migrator.on('retried', ({ pauseMs }) => void (pauseMs satisfies number));
      // @ts-expect-error there is no such event
      migrator.on('retired', () => undefined);
      // @ts-expect-error that event has no name
      migrator.on('planned', ({ name }) => void name);
    };
    assert.ok(typed);
  });
});

describe("MikroORM's own schema generator", () => {
  const proposal = async (sandbox: Sandbox, options?: { stock: boolean }): Promise<string> => {
    let sql = '';
    await withMigrator(sandbox, async (_, orm) => void (sql = await orm.schema.getUpdateSchemaSQL()), options);
    return sql;
  };

  it('does not propose to drop the journal', () =>
    withProject(async (sandbox) => {
      sandbox.write('a', { up: ['create table a (id int)'] });
      await withMigrator(sandbox, async (migrator) => void (await migrator.up()));
      const [ours, stock] = [await proposal(sandbox), await proposal(sandbox, { stock: true })];
      assert.match(ours, /drop table if exists "a"/);
      assert.doesNotMatch(ours, /mikro_orm_migrations/);
      // As it would be without this engine: what whoever leaves it has to know.
      assert.match(stock, /drop table if exists "mikro_orm_migrations_journal"/);
    }));
});
