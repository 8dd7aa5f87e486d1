import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { defineEntity, p } from '@mikro-orm/core';
import { Migration, Migrator as StockMigrator, type MigrationStorage } from '@mikro-orm/migrations';
import { MikroORM, type Options } from '@mikro-orm/postgresql';
import { withProject, type Sandbox } from '../test/project.ts';
import { refused } from '../test/refused.ts';
import type { RunEvent } from './run/events/events.ts';
import { homeOf } from './postgres/embedded/binaries.ts';
import { remember } from './postgres/embedded/memory.ts';
import { Migrator } from './migrator.ts';

/** Hands over the migrator of an ORM that this engine is registered in, or, where it is `stock`, is not. */
async function withMigrator(
  { url, project }: Sandbox,
  work: (migrator: Migrator, orm: MikroORM) => Promise<void>,
  { stock = false, tableName, more = {} }: { stock?: boolean; tableName?: string; more?: Options } = {},
): Promise<void> {
  const orm = await MikroORM.init({
    entities: [],
    clientUrl: url,
    discovery: { warnWhenNoEntities: false },
    extensions: [stock ? StockMigrator : Migrator],
    ...more,
    migrations: {
      path: project.revisions,
      silent: true,
      ...(tableName !== undefined && { tableName }),
      ...more.migrations,
    },
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
    assert.ok(typed, 'nothing was typed');
  });
});

describe('migrator.down', () => {
  /** Two applied revisions: a table with two rows, and one without any. */
  const withRows = (
    work: (migrator: Migrator, sandbox: Sandbox, names: [string, string], orm: MikroORM) => Promise<void>,
  ): Promise<void> =>
    withProject(async (sandbox) => {
      const a = sandbox.write('a', { up: ['create table a (id int)'], down: ['drop table a'] });
      const b = sandbox.write('b', { up: ['create table b (id int)'], down: ['drop table b'] });
      await withMigrator(sandbox, async (migrator, orm) => {
        await migrator.up();
        await sandbox.client.query('insert into a values (1), (2)');
        await work(migrator, sandbox, [a, b], orm);
      });
    });
  const protect = ({ project }: Sandbox, protection: string) =>
    writeFileSync(project.file, `export default { protected: ${protection}, orm: () => undefined };`);
  const applied = ({ values }: Sandbox) => values('select name from mikro_orm_migrations order by id');

  it('is refused where rows would be lost, and goes on where none would', () =>
    withRows(async (migrator, sandbox, [a, b]) => {
      const found = await refused(migrator.down({ to: 0 }));
      assert.equal(found.code, 'data-loss');
      assert.match(
        found.message,
        /"down base" would lose 2 rows in [^]*Nothing was run\.\n {2}table a: 2 rows\n {2}table b: no rows\nNext:/,
      );
      // MikroORM's command line shows the message only.
      assert.match(found.message, /npx nx run migrations:down base --accept-data-loss$/m);
      assert.match(found.message, /migrator\.down\(\{ acceptDataLoss: true \}\)/);
      assert.deepEqual(await applied(sandbox), [a, b]);
      assert.deepEqual(
        (await migrator.down()).map(({ name }) => name),
        [b],
      );
      assert.equal((await refused(migrator.down())).code, 'data-loss');
      assert.equal((await refused(migrator.down({ acceptDataLoss: false }))).code, 'data-loss');
      assert.deepEqual(await sandbox.values('select id from a'), [1, 2]);
    }));

  it('goes on where the program accepts it', () =>
    withRows(async (_, sandbox, __, orm) => {
      await (orm.migrator as Migrator).down({ to: 0, acceptDataLoss: true });
      assert.deepEqual(await applied(sandbox), []);
    }));

  it('is refused on a protected database, whatever is accepted; up is not', () =>
    withRows(async (migrator, sandbox, [a, b]) => {
      protect(sandbox, "['127.0.0.1', 'localhost']");
      const found = await refused(migrator.down({ acceptDataLoss: true }));
      assert.equal(found.code, 'protected-database');
      assert.match(found.message, /npx nx run migrations:down --confirm /);
      assert.deepEqual(await applied(sandbox), [a, b]);
      const c = sandbox.write('c', { up: ['create table c (id int)'] });
      assert.deepEqual(
        (await migrator.up()).map(({ name }) => name),
        [c],
      );
    }));

  it('is not refused on the embedded server, which is never protected', (t) =>
    withRows(async (migrator, sandbox, [a]) => {
      const { username, password, hostname, port } = new URL(sandbox.url);
      if (username !== 'postgres' || hostname !== '127.0.0.1') return t.skip('TEST_DATABASE_URL is another server');
      protect(sandbox, 'true');
      // A workspace of its own, whose embedded server is the one that serves the tests.
      writeFileSync(join(sandbox.project.root, 'nx.json'), '{}');
      const home = homeOf(sandbox.project.root);
      mkdirSync(home, { recursive: true });
      remember(home, { port: Number(port), password, folder: join(home, 'data'), major: 18 });
      await migrator.down();
      assert.deepEqual(await applied(sandbox), [a]);
      remember(home, { port: Number(port), password: 'of another server', folder: join(home, 'data'), major: 18 });
      assert.equal((await refused(migrator.down())).code, 'protected-database');
    }));

  it('is refused in a ledger of another name, too', () =>
    withProject(async (sandbox) => {
      sandbox.write('a', { up: ['create table a (id int); insert into a values (1)'], down: ['drop table a'] });
      await withMigrator(
        sandbox,
        async (migrator) => {
          await migrator.up();
          assert.equal((await refused(migrator.down())).code, 'data-loss');
          assert.deepEqual(await sandbox.values('select count(*)::int from elsewhere.ledger'), [1]);
          await migrator.down({ acceptDataLoss: true });
          assert.deepEqual(await sandbox.values('select count(*)::int from elsewhere.ledger'), [0]);
        },
        { tableName: 'elsewhere.ledger' },
      );
    }));

  it('from its own command line: refused, or accepted by the variable', { timeout: 60_000 }, () =>
    withRows(async (_, sandbox, [a]) => {
      const { project, url } = sandbox;
      const config = join(project.root, 'mikro-orm.config.js');
      mkdirSync(project.root, { recursive: true });
      writeFileSync(
        config,
        `import { defineConfig } from '@mikro-orm/postgresql';
import { Migrator } from ${JSON.stringify(join(import.meta.dirname, 'migrator.ts'))};
export default defineConfig({ entities: [], clientUrl: process.env.ITS_URL, extensions: [Migrator],
  discovery: { warnWhenNoEntities: false }, migrations: { path: ${JSON.stringify(project.revisions)}, snapshot: false } });`,
      );
      const cli = join(import.meta.dirname, '../../../node_modules/@mikro-orm/cli/cli.js');
      const down = (env: NodeJS.ProcessEnv) =>
        promisify(execFile)(process.execPath, [cli, 'migration:down', '--to', '0', '--config', config], {
          env: { ...process.env, ITS_URL: url, ...env },
        }).then(
          ({ stdout, stderr }) => ({ ok: true, said: stdout + stderr }),
          (error: { stdout: string; stderr: string }) => ({ ok: false, said: error.stdout + error.stderr }),
        );
      const first = await down({});
      assert.equal(first.ok, false, first.said);
      assert.match(first.said, /would lose 2 rows[^]*NX_MIKRO_ORM_ACCEPT_DATA_LOSS=1/);
      assert.match((await applied(sandbox)).join(' '), new RegExp(a));
      const second = await down({ NX_MIKRO_ORM_ACCEPT_DATA_LOSS: '1' });
      assert.equal(second.ok, true, second.said);
      assert.deepEqual(await applied(sandbox), []);
    }),
  );
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

describe('where the MikroORM configuration says that things are', () => {
  it('the ledger is in the schema of the ORM, as stock has it, and nothing runs twice', () =>
    withProject(async (sandbox) => {
      const name = sandbox.write('a', { up: ['create table a (id int)'], down: ['drop table a'] });
      const more: Options = { schema: 'app' };
      await sandbox.client.query('create schema app');
      await withMigrator(sandbox, async (migrator) => void (await migrator.up()), { stock: true, more });
      await withMigrator(
        sandbox,
        async (migrator) => {
          assert.deepEqual(await migrator.getPending(), []);
          assert.deepEqual(await migrator.up(), []);
        },
        { more },
      );
      assert.deepEqual(await sandbox.values('select name from app.mikro_orm_migrations'), [name]);
    }));

  it('pathTs is the folder where it has the revisions, path where they are compiled', () =>
    withProject(async (sandbox) => {
      const name = sandbox.write('a', { up: ['create table a (id int)'], down: ['drop table a'] });
      const { revisions, root } = sandbox.project;
      for (const migrations of [
        { path: join(root, 'dist'), pathTs: revisions },
        { path: revisions, pathTs: join(root, 'src') },
      ])
        await withMigrator(
          sandbox,
          async (migrator) => {
            assert.deepEqual(
              (await migrator.up()).map((one) => one.name),
              [name],
            );
            await migrator.down();
          },
          { more: { migrations } },
        );
    }));

  for (const [option, migrations] of Object.entries({
    'migrations.migrationsList': { migrationsList: [class A {}] as never },
    'migrations.glob': { glob: 'nothing*.ts' },
    'migrations.transactional': { transactional: false },
  }))
    it(`${option} is refused by name, also at the start of an application`, () =>
      withProject(async (sandbox) => {
        sandbox.write('a', { up: ['create table a (id int)'], down: ['drop table a'] });
        await withMigrator(
          sandbox,
          async (migrator) => assert.equal((await refused(migrator.up())).code, 'option-refused'),
          { more: { migrations } },
        );
        assert.deepEqual(await sandbox.values("select to_regclass('a')"), [null]);
      }));
});

describe('an application that migrates when it starts', () => {
  it('does so once, however many instances start at once', () =>
    withProject(async (sandbox) => {
      const a = sandbox.write('a', { up: ['create table a (id int)'], down: ['drop table a'] });
      const b = sandbox.write('b', {
        body: `override async up() { await this.execute('select pg_sleep(0.2)'); this.addSql('insert into a values (1)'); }`,
      });
      const ran: string[] = [];
      const boot = () =>
        withMigrator(sandbox, async (migrator) => void ran.push(...(await migrator.up()).map(({ name }) => name)));
      await Promise.all(Array.from({ length: 10 }, boot));
      assert.deepEqual(ran, [a, b]);
      assert.deepEqual(await sandbox.values('select name from mikro_orm_migrations order by id'), [a, b]);
      assert.deepEqual(await sandbox.values('select id from a'), [1]);
    }));
});

describe('what MikroORM’s migrator takes and this one does not', () => {
  const refusals: [what: string, call: (migrator: Migrator) => unknown, says: RegExp][] = [
    ['a name that is not next', (migrator) => migrator.up('_b'), /out of order, as Migration.*_a comes first/],
    ['a list that leaves one out', (migrator) => migrator.up(['_a', '_c']), /out of order, as Migration.*_b/],
    ['--only', (migrator) => migrator.up({ migrations: ['_c'] }), /out of order/],
    ['--from', (migrator) => migrator.up({ from: '_a' }), /something before Migration.*_a is pending too/],
    [
      'a transaction of others',
      (migrator) => migrator.up({ transaction: {} as never }),
      /`transaction` is not supported/,
    ],
    ['a schema', (migrator) => migrator.up({ schema: 'x' }), /--schema is not supported/],
    ['another folder', (migrator) => migrator.create('/tmp'), /--path is not supported/],
    ['rollup', (migrator) => migrator.rollup(), /rollup is not supported/],
    ['log', (migrator) => migrator.logMigration('a'), /log is not supported.*stamp/],
    ['unlog', (migrator) => migrator.unlogMigration('a'), /unlog is not supported.*stamp/],
  ];
  it('is refused by name, and nothing runs', () =>
    withProject(async (sandbox) => {
      for (const name of ['a', 'b', 'c'])
        sandbox.write(name, { up: [`create table ${name} (id int)`], down: [`drop table ${name}`] });
      await withMigrator(sandbox, async (migrator) => {
        for (const [what, call, says] of refusals) await assert.rejects(async () => call(migrator), says, what);
      });
      assert.deepEqual(await sandbox.values("select to_regclass('a')"), [null]);
    }));
});

/** What MikroORM's own tests of its migrator for PostgreSQL ask for (tests/features/migrations); docs/adopting.md has a line for each. */
describe('MikroORM’s own tests of its migrator', () => {
  const author = () =>
    defineEntity({ name: 'Author', tableName: 'author', properties: { id: p.integer().primary(), name: p.text() } });
  const withModels = (
    work: (sandbox: Sandbox, migrator: Migrator, orm: MikroORM) => Promise<void>,
    more: Options = {},
  ): Promise<void> =>
    withProject(
      (sandbox) => {
        // The nearest one else is that of this workspace, with models of its own.
        writeFileSync(sandbox.project.file, 'export default { orm: () => Promise.resolve({ default: {} }) };');
        return withMigrator(sandbox, (migrator, orm) => work(sandbox, migrator, orm), {
          more: { entities: [author()], ...more },
        });
      },
      () => [author()],
    );
  const named = (list: readonly { name: string }[]) => list.map(({ name }) => name);

  it('generate schema migration, with a name, and skipped when there is no difference', () =>
    withModels(async ({ project }, migrator) => {
      const { fileName, code, diff } = await migrator.create(undefined, false, false, 'custom_name');
      assert.match(fileName, /^Migration\d{14}_custom_name\.ts$/);
      assert.equal(readFileSync(join(project.revisions, fileName), 'utf8'), code);
      assert.match(diff.up.join(), /create table "author"/);
      assert.match(diff.down.join(), /drop table "author"/);
      assert.deepEqual(await migrator.create(), { fileName: '', code: '', diff: { up: [], down: [] } });
    }));

  it('generate initial migration: not where there is a history', () =>
    withModels(async (_, migrator) => {
      assert.match((await migrator.createInitial()).code, /create table "author"/);
      await assert.rejects(migrator.create(undefined, false, true), /there is a history already/);
    }));

  it('run schema migration, also without the folder', () =>
    withModels(async ({ project }, migrator) => {
      rmSync(project.revisions, { recursive: true });
      assert.deepEqual(await migrator.up(), []);
      assert.deepEqual(await migrator.getPending(), []);
      assert.deepEqual(await migrator.getExecuted(), []);
    }));

  it('storage and runner are there, for whoever calls them by themselves', () =>
    withModels(
      async ({ client }, migrator, orm) => {
        await client.query('drop schema if exists custom cascade');
        const { storage, runner } = migrator as unknown as {
          storage: MigrationStorage;
          runner: { run(migration: Migration, method: 'up' | 'down'): Promise<void> };
        };
        const { schemaName, tableName } = storage.getTableName();
        assert.deepEqual([schemaName, tableName], ['custom', 'mikro_orm_migrations']);
        await storage.ensureTable();
        await storage.ensureTable();
        await storage.logMigration({ name: 'test' });
        assert.deepEqual(await storage.executed(), ['test']);
        assert.deepEqual(named(await migrator.getExecuted()), ['test']);
        await storage.unlogMigration({ name: 'test' });
        assert.deepEqual(await migrator.getExecuted(), []);
        const migration = new (class extends Migration {
          override up() {
            this.addSql('create table custom.made (id int)');
          }
        })(orm.em.getDriver(), orm.config);
        await runner.run(migration, 'up');
        assert.equal((await client.query('select from custom.made')).rowCount, 0);
        await assert.rejects(runner.run(migration, 'down'), /cannot be reverted/);
      },
      { schema: 'custom' },
    ));

  for (const allOrNothing of [true, false])
    it(`up/down params [all or nothing ${allOrNothing ? 'enabled' : 'disabled'}]`, () =>
      withModels(
        async ({ project }, migrator) => {
          const { fileName } = await migrator.create(project.revisions, true);
          const name = fileName.replace('.ts', '');
          const ran: string[][] = [];
          const note = async (work: Promise<{ name: string }[]>) => void ran.push(named(await work));
          await note(migrator.up(fileName));
          await note(migrator.down(name.replace('Migration', '')));
          await note(migrator.up({ migrations: [fileName] }));
          await note(migrator.down({ from: 0, to: 0 } as never));
          await note(migrator.up({ to: fileName }));
          await note(migrator.up({ from: fileName }));
          await note(migrator.up([fileName]));
          await note(migrator.down());
          await note(migrator.down());
          assert.deepEqual(ran, [[name], [name], [name], [name], [name], [], [], [name], []]);
        },
        { migrations: { allOrNothing } },
      ));

  it('a list of names that is next, in any order, and the newest ones going down', () =>
    withProject(async (sandbox) => {
      const [a, b, c] = ['a', 'b', 'c'].map((name) =>
        sandbox.write(name, { up: [`create table ${name} (id int)`], down: [`drop table ${name}`] }),
      );
      await withMigrator(sandbox, async (migrator) => {
        assert.deepEqual(named(await migrator.up(['_b', '_a'])), [a, b]);
        assert.deepEqual(named(await migrator.up({ from: '_b' })), [c]);
        assert.deepEqual(named(await migrator.down(['_b', '_c'])), [c, b]);
        await migrator.up();
        await assert.rejects(migrator.down('_b'), /out of order, as Migration.*_c comes first/);
        assert.deepEqual(named(await migrator.getExecuted()), [a, b, c]);
      });
    }));
});
