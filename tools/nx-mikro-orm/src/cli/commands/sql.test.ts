import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { EntitySchema } from '@mikro-orm/postgresql';
import { withProject, type Sandbox } from '../../../test/project.ts';
import { refused } from '../../../test/refused.ts';
import { type } from '../../../test/type.ts';
import { readJournal } from '../../ledger/journal.ts';
import { lockKey } from '../../postgres/lock.ts';
import { run } from '../../run/run.ts';
import check from './check.ts';
import history from './history.ts';
import sql from './sql.ts';
import status from './status.ts';

const hasPsql = spawnSync('psql', ['--version']).status === 0;
const skip = hasPsql ? false : 'psql is not installed';

const scriptOf = async ({ project }: Sandbox, ...words: string[]): Promise<string> =>
  ((await type(project, sql, ['--json', ...words])).json as { script: string }).script;

/** The whole output, and how it ended: 3 where a statement failed. */
function psql({ url }: Sandbox, script: string): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync('psql', ['-X', '-q', url], { input: script, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

const outside = (
  name: string,
  revises: string,
  statements: string[],
) => `import { Migration } from '@mikro-orm/migrations';
export class ${name} extends Migration {
  static readonly revises = '${revises}';
  override isTransactional() { return false; }
  override up() { ${statements.map((one) => `this.addSql(${JSON.stringify(one)});`).join(' ')} }
  override down() { this.addSql('select 1'); }
}`;

/** Revisions with what a script could trip over. */
function write(sandbox: Sandbox): string[] {
  const first = sandbox.write('a', {
    up: [
      "create table \"It's\" (id int primary key, note text default 'a; b') -- a remark",
      "insert into \"It's\" (id, note) values (1, E'back\\\\slash'), (2, $x$do $y$ ; $y$ :name$x$); update \"It's\" set note = note || ':now' where id = 1",
      'do $$ begin perform 1; end $$',
    ],
    down: ['drop table "It\'s"'],
  });
  const second = 'Migration20260101000001_b';
  sandbox.write('b', {
    text: outside(second, first, [
      'create index concurrently noted on "It\'s" (note)',
      'set search_path = pg_catalog',
      'alter table public."It\'s" add column more int; vacuum public."It\'s"',
      'alter table public."It\'s" add check (more > 0) not valid',
    ]),
  });
  const third = sandbox.write('c', {
    up: [
      'set search_path = pg_catalog',
      'create table public.c (id int)',
      'alter table public."It\'s" validate constraint "It\'s_more_check"',
    ],
    down: ['drop table c'],
  });
  return [first, second, third];
}

/** What the ledger says, but for who and when. */
const ledger = (sandbox: Sandbox) =>
  sandbox.values(
    `select row_to_json(l)::jsonb - array['id', 'executed_at', 'applied_by', 'host', 'duration_ms'] as row from mikro_orm_migrations l order by id`,
  );

const events = async ({ client, project }: Sandbox) =>
  (await readJournal(client, project)).map(({ event, revision, statement, plan, digest }) => ({
    event,
    revision,
    statement,
    plan,
    digest,
  }));

/** `check` wants one. */
const entities = () => [
  new EntitySchema({ name: 'Thing', tableName: 'thing', properties: { id: { type: 'integer', primary: true } } }),
];

/** A line without what differs between two databases, two moments, and whoever connects here or there. */
const undated = (line: string, { url }: Sandbox): string =>
  line
    .replaceAll(new URL(url).pathname.slice(1), 'database')
    .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?( ?UTC|Z)?/g, 'then')
    .replaceAll(/in \d+ ms|\d+$/g, 'a moment')
    .replaceAll(/\S+@\S+/g, 'somebody');

describe('sql', { skip }, () => {
  it('does what up does: the same ledger and the same journal, and nothing is left to do', async () => {
    const seen: unknown[] = [];
    const columns = `select attrelid::regclass::text || '.' || attname as x from pg_attribute join pg_class c on c.oid = attrelid
      where c.relnamespace = 'public'::regnamespace and attnum > 0 order by 1`;
    await withProject(async (sandbox) => {
      write(sandbox);
      await run(sandbox.project, { direction: 'up' });
      seen.push(
        await ledger(sandbox),
        await events(sandbox),
        await sandbox.values('select note from "It\'s" order by id'),
        await sandbox.values(columns),
      );
    });
    await withProject(async (sandbox) => {
      write(sandbox);
      const { status: code, output } = psql(sandbox, await scriptOf(sandbox));
      assert.equal(code, 0, output);
      assert.deepEqual(
        [
          await ledger(sandbox),
          await events(sandbox),
          await sandbox.values('select note from "It\'s" order by id'),
          await sandbox.values(columns),
        ],
        seen,
      );
      const { lines, exit } = await type(sandbox.project, status, []);
      assert.deepEqual(
        [exit ?? 'ok', lines.some((line) => /pending|earlier|edited/i.test(line))],
        ['ok', false],
        lines.join('\n'),
      );
      assert.deepEqual((await run(sandbox.project, { direction: 'up' })).ran, []);
      const shown = (await type(sandbox.project, history, ['--json'])).json as { revisions: { applied: boolean }[] };
      assert.deepEqual(
        shown.revisions.map(({ applied }) => applied),
        [true, true, true],
      );
    });
  });

  it('cannot be told from up by status, check and history: the same words, and the same ending', async () => {
    const told: string[][] = [];
    for (const apply of [
      (sandbox: Sandbox) => run(sandbox.project, { direction: 'up' }),
      async (sandbox: Sandbox) => assert.equal(psql(sandbox, await scriptOf(sandbox)).status, 0),
    ])
      await withProject(async (sandbox) => {
        write(sandbox);
        await apply(sandbox);
        const commands = [
          () => type(sandbox.project, status, []),
          () => type(sandbox.project, status, ['--check']),
          () => type(sandbox.project, check, []),
          () => type(sandbox.project, history, ['--applied']),
        ];
        const all: string[] = [];
        for (const command of commands) {
          const { exit = 'ok', lines, warned } = await command();
          all.push(exit, ...[...lines, ...warned].map((line) => undated(line, sandbox)));
        }
        assert.ok(all.length > 10, all.join('\n'));
        told.push(all);
      }, entities);
    assert.deepEqual(told[1], told[0]);
  });

  it('is continued by up wherever it is cut', () =>
    withProject(async (sandbox) => {
      const names = write(sandbox);
      const lines = (await scriptOf(sandbox)).split('\n');
      const ends = [...lines.keys()].filter((at) =>
        /^(commit;|begin;.*|insert into .*'(begun|done)'.*|vacuum .*|create index .*)$/.test(lines[at] ?? ''),
      );
      assert.ok(ends.length > 8, lines.join('\n'));
      for (const end of ends) {
        await sandbox.client.query('drop schema public cascade; create schema public');
        const { status: code, output } = psql(sandbox, `${lines.slice(0, end + 1).join('\n')}\n`);
        assert.equal(code, 0, output);
        const { state } = await run(sandbox.project, { direction: 'up' });
        assert.deepEqual(
          state.applied.map(({ name }) => name),
          names,
          `cut after ${lines[end]}`,
        );
      }
    }));

  it('begins at a revision, and writes what comes after it', () =>
    withProject(async (sandbox) => {
      const names = write(sandbox);
      await run(sandbox.project, { direction: 'up', target: '+1' });
      const { status: code, output } = psql(sandbox, await scriptOf(sandbox, `${names[0]}:`));
      assert.equal(code, 0, output);
      assert.deepEqual((await run(sandbox.project, { direction: 'up' })).ran, []);
    }));

  it('changes nothing where its guards stop it', () =>
    withProject(async (sandbox) => {
      const names = write(sandbox);
      const stopped = async (script: string, why: RegExp) => {
        const before = await sandbox.values('select count(*) from pg_class');
        const { status: code, output } = psql(sandbox, script);
        assert.equal(code, 3, output);
        assert.match(output, why);
        assert.deepEqual(await sandbox.values('select count(*) from pg_class'), before);
      };
      await stopped(
        await scriptOf(sandbox, '--database', 'elsewhere'),
        /this is the database .*, and the script is for elsewhere/,
      );
      await stopped(await scriptOf(sandbox, `${names[0]}:`), new RegExp(`this database lacks ${names[0]}`));
      await sandbox.client.query(`select pg_advisory_lock(${lockKey(sandbox.project)})`);
      await stopped(await scriptOf(sandbox), /another runner is at work/);
      await sandbox.client.query(`select pg_advisory_unlock(${lockKey(sandbox.project)})`);
      await run(sandbox.project, { direction: 'up', target: '+1' });
      await stopped(await scriptOf(sandbox), new RegExp(`this database has ${names[0]} already`));
    }));

  it('stops at the statement that fails, and leaves nothing of its step', () =>
    withProject(async (sandbox) => {
      const first = sandbox.write('a', { up: ['create table a (id int)'] });
      sandbox.write('b', { up: ['create table b (id int)', 'select 1/0'] });
      sandbox.write('c', { up: ['create table c (id int)'] });
      const script = await scriptOf(sandbox);
      assert.equal(psql(sandbox, script).status, 3);
      assert.deepEqual(await sandbox.values('select name from mikro_orm_migrations'), [first]);
      assert.deepEqual(await sandbox.values("select to_regclass('b') is null and to_regclass('c') is null as x"), [
        true,
      ]);
      const again = psql(sandbox, script);
      assert.equal(again.status, 3);
      assert.match(again.output, /has .*_a already/);
      const rest = psql(sandbox, await scriptOf(sandbox, `${first}:`));
      assert.match(rest.output, /an earlier run did not end well/);
    }));
});

describe('sql without psql', () => {
  it('refuses a revision that runs code', () =>
    withProject(async (sandbox) => {
      sandbox.write('a', { body: 'override async up() { await this.execute("select 1"); }' });
      assert.equal((await refused(scriptOf(sandbox))).code, 'script-code');
    }));
});
