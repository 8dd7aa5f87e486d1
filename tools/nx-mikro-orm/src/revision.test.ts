import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Migrator as StockMigrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import { withProject, type Sandbox } from '../test/project.ts';
import { refused } from '../test/refused.ts';
import { type } from '../test/type.ts';
import { contentOf } from './history/content.ts';
import { run } from './run/run.ts';
import { verifyHistory } from './check/verify.ts';
import down from './cli/commands/down.ts';
import show from './cli/commands/show.ts';
import { linkHistory } from './history/graph.ts';
import { readRevisions } from './history/read.ts';

type Runner = (sandbox: Sandbox, direction: 'up' | 'down') => Promise<unknown>;

const ours: Runner = ({ project }, direction) => run(project, { direction, lockTimeoutMs: 1_000, retryForMs: 0 });

/** MikroORM's own runner, with a pool of several connections. */
const stock: Runner = async ({ url, project }, direction) => {
  const orm = await MikroORM.init({
    entities: [],
    clientUrl: url,
    discovery: { warnWhenNoEntities: false },
    extensions: [StockMigrator],
    migrations: { path: project.revisions, silent: true, allOrNothing: false, snapshot: false },
  });
  try {
    await orm.migrator[direction]();
  } finally {
    await orm.close();
  }
};

const history = ({ project }: Sandbox) => linkHistory(readRevisions(project.revisions));

/** Writes a revision that follows the last one, with an import beside that of MikroORM. */
function write(sandbox: Sandbox, slug: string, imports: string, members: string): string {
  const { order } = history(sandbox);
  const name = `Migration2026010100${String(order.length).padStart(4, '0')}_${slug}`;
  const last = order.at(-1)?.name;
  const text = `import { Migration } from '@mikro-orm/migrations';
import { ${imports} } from 'nx-mikro-orm/revision';

export class ${name} extends Migration {
  static readonly revises = ${last === undefined ? 'null' : `'${last}'`};

${members}
}

interface Tables {
  teacher: { id: number; name: string; code: string | null };
  seen: { id: string; by: string };
}
`;
  assert.equal(sandbox.write(slug, { text }), name);
  return name;
}

/** Two teachers, and a table of who saw which transaction. */
const teachers = (sandbox: Sandbox) =>
  sandbox.write('teachers', {
    up: [
      'create table teacher (id int primary key, name text not null)',
      "insert into teacher values (1, 'Ada'), (2, 'Grace')",
      'create table seen (id text, by text)',
    ],
    down: ['drop table teacher', 'drop table seen'],
  });

const seen = `await this.execute("insert into seen values (pg_backend_pid() || '/' || txid_current(), 'execute')");`;
const data = `
  override async up(): Promise<void> {
    const db = tables<Tables>(this);
    this.addSql('alter table teacher add code text');
    for (const { id, name } of await db.selectFrom('teacher').select(['id', 'name']).orderBy('id').execute())
      await db.updateTable('teacher').set({ code: name.toUpperCase() }).where('id', '=', id).execute();
    ${seen}
    await db.insertInto('seen').values({ id: sql<string>\`pg_backend_pid() || '/' || txid_current()\`, by: 'tables' }).execute();
    this.addSql('alter table teacher alter code set not null');
  }

  override async down(): Promise<void> {
    const db = tables<Tables>(this);
    const { numDeletedRows } = await db.deleteFrom('seen').executeTakeFirst();
    if (numDeletedRows !== 2n) throw new Error(\`\${numDeletedRows} rows\`);
    this.addSql('alter table teacher drop code');
  }`;

for (const [who, go] of [
  ['our runner', ours],
  ['stock MikroORM', stock],
] as const)
  describe(`tables() under ${who}`, () => {
    const backed = (sandbox: Sandbox) => sandbox.values('select id from seen order by by');

    it('asks in the order in which it is written, in the transaction of the revision', () =>
      withProject(async (sandbox) => {
        teachers(sandbox);
        write(sandbox, 'data', 'sql, tables', data);
        await go(sandbox, 'up');
        assert.deepEqual(await sandbox.values('select code from teacher order by id'), ['ADA', 'GRACE']);
        const [one, other] = await backed(sandbox);
        assert.equal(one, other, 'the same connection and transaction');
        await go(sandbox, 'down');
        assert.deepEqual(await backed(sandbox), []);
      }));

    it('a failure afterwards leaves nothing of it', () =>
      withProject(async (sandbox) => {
        teachers(sandbox);
        await go(sandbox, 'up');
        const fails = data.replace("'alter table teacher alter code set not null'", "'select 1/0'");
        write(sandbox, 'data', 'sql, tables', fails);
        await assert.rejects(go(sandbox, 'up'), /division by zero/);
        assert.deepEqual(await backed(sandbox), []);
        assert.deepEqual(
          await sandbox.values("select 1 from pg_attribute where attrelid = 'teacher'::regclass and attname = 'code'"),
          [],
        );
      }));

    it('outside of a transaction, each query stands for itself', () =>
      withProject(async (sandbox) => {
        teachers(sandbox);
        write(sandbox, 'data', 'sql, tables', `override isTransactional(): boolean {\nreturn false;\n}\n${data}`);
        await go(sandbox, 'up');
        assert.deepEqual(await sandbox.values('select code from teacher order by id'), ['ADA', 'GRACE']);
        const [one, other] = await backed(sandbox);
        assert.notEqual(one, other, 'two transactions');
      }));

    it('begins no transaction of its own', () =>
      withProject(async (sandbox) => {
        const body = 'await tables<Tables>(this).transaction().execute(async () => undefined);';
        write(sandbox, 'data', 'tables', `override async up(): Promise<void> {\n${body}\n}`);
        await assert.rejects(go(sandbox, 'up'), /cannot begin one of its own/);
      }));
  });

describe('tables() here', () => {
  it('a query that fails is shown with the revision, and what it sends is told', () =>
    withProject(async (sandbox) => {
      teachers(sandbox);
      const body = "await tables<Tables>(this).updateTable('teacher').set({ code: 'x' }).execute();";
      const name = write(sandbox, 'data', 'tables', `override async up(): Promise<void> {\n${body}\n}`);
      const told: string[] = [];
      const problem = await refused(
        run(sandbox.project, {
          direction: 'up',
          onEvent: (event) => void (event.type === 'statement' && told.push(event.sql)),
        }),
      );
      assert.equal(problem.code, 'step-failed');
      assert.match(problem.message, new RegExp(`${name} failed going up: column "code"[\\s\\S]*\\| update "teacher"`));
      assert.equal(told.at(-1), 'update "teacher" set "code" = $1');
    }));

  it('it counts as code, wherever it is called', () =>
    withProject(async (sandbox) => {
      const direct =
        "override async up() { await tables<Tables>(this).deleteFrom('seen').execute(); }\noverride down() {}";
      const around = 'override up() { this.addSql("select 1"); const open = tables; open<Tables>(this); }';
      for (const [slug, body] of Object.entries({ direct, around })) {
        const name = write(sandbox, slug, 'tables', body);
        const content = await contentOf(history(sandbox).byName.get(name)!);
        assert.deepEqual([content.up, content.runsCode], [[], { up: true, down: false }]);
      }
    }));

  it('verify runs it up, down and up again', () =>
    withProject(async (sandbox) => {
      teachers(sandbox);
      write(sandbox, 'data', 'sql, tables', data);
      const verified = await verifyHistory(sandbox.project, history(sandbox), () => undefined);
      assert.deepEqual(
        verified.map(({ reversible }) => reversible),
        [true, true],
      );
    }));
});

describe('irreversible', () => {
  const reason = "The old values are gone: it's over";
  const up = 'override up(): void {\nthis.addSql(`create table later (id int)`);\n}\n';
  /** How the way back is written; the second and third need more than a look at the text. */
  const ways: [string, string][] = [
    ['alone', `override down(): void {\nirreversible(${JSON.stringify(reason)});\n}`],
    ['after something else', `override down(): void {\nthis.addSql('x');\nirreversible(${JSON.stringify(reason)});\n}`],
    [
      'in code',
      `override async down(): Promise<void> {\nawait this.execute('drop table later');\nirreversible(${JSON.stringify(reason)});\n}`,
    ],
  ];
  for (const [title, way] of ways)
    it(`${title}: the reason is shown, and nothing is changed`, () =>
      withProject(async (sandbox) => {
        const name = write(sandbox, 'gone', 'irreversible', up + way);
        await ours(sandbox, 'up');
        const problem = await refused(ours(sandbox, 'down'));
        assert.equal(problem.code, 'irreversible');
        assert.equal(problem.message, `${name} cannot be reverted: ${reason}. It was not reverted.`);
        assert.equal((await sandbox.values("select to_regclass('later')::text"))[0], 'later');
        const verified = await verifyHistory(sandbox.project, history(sandbox), () => undefined);
        assert.deepEqual(
          verified.map((one) => ({ name: one.name, reversible: one.reversible, reason: one.reason })),
          [{ name, reversible: false, reason }],
        );
      }));

  it('of several steps, none is reverted when one cannot be', () =>
    withProject(async (sandbox) => {
      write(sandbox, 'gone', 'irreversible', up + (ways[0]?.[1] ?? ''));
      sandbox.write('after', { up: ['create table after (id int)'], down: ['drop table after'] });
      await ours(sandbox, 'up');
      await refused(run(sandbox.project, { direction: 'down', target: 'base' }));
      assert.equal((await sandbox.values("select to_regclass('after')::text"))[0], 'after');
    }));

  it('looking ahead says so', () =>
    withProject(async (sandbox) => {
      write(sandbox, 'gone', 'irreversible', up + (ways[0]?.[1] ?? ''));
      await ours(sandbox, 'up');
      const { lines } = await type(sandbox.project, down, ['--dry-run']);
      assert.match(lines.join('\n'), /there is no way back: The old values are gone/);
      assert.notDeepEqual((await type(sandbox.project, show, ['gone'])).lines, []);
    }));

  it('going up, it refuses with the reason and applies nothing', () =>
    withProject(async (sandbox) => {
      const body = `override up(): void {\nthis.addSql('create table later (id int)');\nirreversible('wait for spring');\n}`;
      const name = write(sandbox, 'gone', 'irreversible', body);
      const problem = await refused(ours(sandbox, 'up'));
      assert.equal(problem.message, `${name} refuses to go up: wait for spring. It was not applied.`);
      assert.deepEqual(await sandbox.values("select to_regclass('later')"), [null]);
    }));

  it('stock MikroORM fails with it', () =>
    withProject(async (sandbox) => {
      write(sandbox, 'gone', 'irreversible', up + (ways[0]?.[1] ?? ''));
      await stock(sandbox, 'up');
      await assert.rejects(stock(sandbox, 'down'), /This revision is irreversible: The old values are gone/);
    }));
});
