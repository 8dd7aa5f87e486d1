/** `init --from`, on a real server with the tables of each tool. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import type { Client } from 'pg';
import { withDatabase } from '../../test/database.ts';
import { toolCases, type ToolCase } from '../../test/fixtures/tool-tables.ts';
import { refused } from '../../test/refused.ts';
import { create } from '../author/create.ts';
import { loadProject } from '../config.ts';
import { run } from '../run/run.ts';
import { readState } from '../run/standing/standing.ts';
import { setUpFrom } from './from.ts';

// Inside the workspace, because the configurations import MikroORM.
const home = join(import.meta.dirname, '../../.nx-mikro-orm/init');

interface TheirApp {
  folder: string;
  client: Client;
  put: (files: Record<string, string>) => void;
}

const ormConfig = (url: string) => `import { defineConfig, defineEntity, p } from '@mikro-orm/postgresql';
const Customer = defineEntity({ name: 'Customer', properties: { id: p.integer().primary(), name: p.text() } });
export default defineConfig({
  entities: [Customer],
  clientUrl: '${url}',
  migrations: { path: './revisions' },
  baseDir: import.meta.dirname,
});
`;

/** A project whose database their tool has brought to where it is, with a row in it. */
async function withTheirs({ sql, files }: ToolCase, work: (app: TheirApp) => Promise<void>): Promise<void> {
  mkdirSync(home, { recursive: true });
  const folder = await mkdtemp(join(home, 'from-'));
  const put = (more: Record<string, string>) => {
    for (const [file, text] of Object.entries(more)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
  };
  try {
    await withDatabase(async (client, url) => {
      await client.query(sql);
      await client.query(`create table customer (id serial primary key, name text not null);
        create index by_name on customer (lower(name)); insert into customer (name) values ('Ann')`);
      put({ 'package.json': '{ "name": "app", "type": "module" }\n', 'mikro-orm.config.ts': ormConfig(url), ...files });
      await work({ folder, client, put });
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const from = (folder: string, tool: string, more: object = {}) =>
  setUpFrom(folder, { tool, acceptLost: false, dryRun: false, ...more });

const rowsOf = async (client: Client, ignore: readonly string[]): Promise<unknown[]> => {
  const tables = ignore.map((pattern) => pattern.replace('drizzle.*', 'drizzle.__drizzle_migrations'));
  return Promise.all(tables.map(async (table) => (await client.query(`select * from ${table}`)).rows as unknown[]));
};

describe('init --from', () => {
  for (const one of toolCases) {
    const { tool, applied, ignore, pending, unfinished } = one;

    it(`${tool}: what it left becomes the first revision, and its table is left alone`, () =>
      withTheirs(one, async ({ folder, client }) => {
        const before = await rowsOf(client, ignore);
        const files = readdirSync(folder);
        const dry = await from(folder, tool, { dryRun: true });
        assert.deepEqual([dry.theirs.applied, dry.theirs.ignore], [applied, ignore]);
        assert.deepEqual(readdirSync(folder), files, 'a dry run writes nothing');
        const { baseline, theirs } = await from(folder, tool);
        assert.ok(theirs.folder?.startsWith(folder), 'its files are found');
        assert.match(baseline?.text ?? '', /by_name/);
        assert.doesNotMatch(
          baseline?.text ?? '',
          /PK_8c82|_prisma_migrations|knex_migrations|flyway_schema|alembic_version|__drizzle|schema "?drizzle/,
        );
        const project = await loadProject({ from: folder });
        const { state } = await readState(project);
        assert.deepEqual([state.current, state.pending], [[baseline?.name], []]);
        const made = await create(project, { message: 'next', decisions: [] });
        assert.equal(
          made,
          undefined,
          'there is nothing to create: what no model describes is by hand, or not looked at',
        );
        assert.deepEqual((await run(project, { direction: 'up' })).ran, []);
        assert.deepEqual(await rowsOf(client, ignore), before);
        const again = await from(folder, tool);
        assert.deepEqual([again.setup.edits, again.baseline], [[], undefined], 'twice is once');
      }));

    it(`${tool}: what it has still to apply is refused by name, and nothing is written`, () =>
      withTheirs(one, async ({ folder, client, put }) => {
        put(pending.files);
        const problem = await refused(from(folder, tool));
        assert.equal(problem.code, 'init-from-pending');
        assert.deepEqual((problem.facts as { pending: string[] }).pending, [pending.name]);
        assert.equal(existsSync(join(folder, 'migrations.config.ts')), false);
        const { rowCount } = await client.query("select from pg_tables where tablename like 'mikro_orm%'");
        assert.equal(rowCount, 0);
      }));

    if (unfinished !== undefined)
      it(`${tool}: what did not come to an end is refused`, () =>
        withTheirs(one, async ({ folder, client }) => {
          await client.query(unfinished);
          assert.equal((await refused(from(folder, tool))).code, 'init-from-unfinished');
          assert.equal(existsSync(join(folder, 'migrations.config.ts')), false);
        }));
  }

  const [typeorm] = toolCases;

  it('refuses a tool it does not know, a table that is not there, and a folder without its files', () =>
    withTheirs(typeorm as ToolCase, async ({ folder }) => {
      assert.equal((await refused(from(folder, 'rails'))).code, 'init-from-unknown');
      assert.equal((await refused(from(folder, 'constructor'))).code, 'init-from-unknown');
      assert.equal((await refused(from(folder, 'knex'))).code, 'init-from-missing');
      mkdirSync(join(folder, 'empty'));
      const empty = { folder: join(folder, 'empty') };
      assert.equal((await refused(from(folder, 'typeorm', empty))).code, 'init-from-folder');
    }));

  it('takes back its files where the revision cannot be written, and leaves those of an earlier init', () =>
    withTheirs(typeorm as ToolCase, async ({ folder, client }) => {
      const config = readFileSync(join(folder, 'mikro-orm.config.ts'), 'utf8');
      await client.query(
        'create table migrations_of (id int); create schema other; create table other.migrations (like migrations)',
      );
      const two = await refused(from(folder, 'typeorm'));
      assert.deepEqual((two.facts as { found: string[] }).found, ['other.migrations', 'public.migrations']);
      await client.query(
        "drop schema other cascade; create table mikro_orm_migrations (id serial primary key, name varchar(255) not null, executed_at timestamptz); insert into mikro_orm_migrations (name, executed_at) values ('Migration20240101000000', now())",
      );
      assert.equal((await refused(from(folder, 'typeorm'))).code, 'revision-missing');
      assert.equal(readFileSync(join(folder, 'mikro-orm.config.ts'), 'utf8'), config);
      assert.deepEqual(
        ['migrations.config.ts', 'revisions', '.nx-mikro-orm/init.json'].filter((file) =>
          existsSync(join(folder, file)),
        ),
        [],
      );
    }));

  it('refuses a configuration that would take their table for ours, and says the line', () =>
    withTheirs(typeorm as ToolCase, async ({ folder, put }) => {
      put({
        'migrations.config.ts':
          "import { databaseUrl, defineConfig } from 'nx-mikro-orm';\nexport default defineConfig({\n  database: async () => databaseUrl((await import('./mikro-orm.config.ts')).default),\n  orm: () => import('./mikro-orm.config.ts'),\n});\n",
      });
      const problem = await refused(from(folder, 'typeorm'));
      assert.equal(problem.code, 'init-from-ignore');
      assert.match(problem.next[0] ?? '', /ignore: \['public\.migrations'\]/);
    }));
});
