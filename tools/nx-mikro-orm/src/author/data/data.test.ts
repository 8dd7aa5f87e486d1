import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { check, resolveConfig } from 'prettier';
import ts from 'typescript';
import { withProject, type Sandbox } from '../../../test/project.ts';
import { refused } from '../../../test/refused.ts';
import { run } from '../../run/run.ts';
import { linkHistory } from '../../history/graph.ts';
import { readRevisions } from '../../history/read.ts';
import { create } from '../create.ts';
import { verifyHistory } from '../../check/verify.ts';

const workspace = join(import.meta.dirname, '../../../../..');

const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(join(workspace, 'tsconfig.base.json'), (path) => ts.sys.readFile(path)).config,
  ts.sys,
  workspace,
);
const host = ts.createCompilerHost(options);
const readSource = host.getSourceFile.bind(host);
/** What no test writes is read and parsed once. */
const sources = new Map<string, ts.SourceFile | undefined>();
host.getSourceFile = (path, ...rest) => {
  if (!path.includes('/node_modules/')) return readSource(path, ...rest);
  if (!sources.has(path)) sources.set(path, readSource(path, ...rest));
  return sources.get(path);
};

/** What the compiler says of each of these files, with the settings of this workspace. */
function complaints(...files: string[]): string[] {
  const program = ts.createProgram(files, options, host);
  return files.map((path) =>
    [...program.getOptionsDiagnostics(), ...ts.getPreEmitDiagnostics(program, program.getSourceFile(path))]
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
      .join('\n'),
  );
}

const make = ({ project }: Sandbox, ...data: string[]) =>
  create(project, { message: 'Change rows', data, decisions: [] });

const tables = [
  `create type "Mood" as enum ('happy', 'it''s "so" so')`,
  `create type "long" as enum (${Array.from({ length: 12 }, (_, at) => `'a value of some length ${at}'`).join(', ')})`,
  `create domain short as text default '' not null check (length(value) < 9)`,
  `create table teacher (id serial primary key, name text not null, born timestamptz, made timestamptz not null default now(),
    credit numeric(10, 2), seen bigint not null default 0, mood "Mood", "Mood swings" "long", "longMood" "long" default 'a value of some length 0',
    nick short, tags text[], notes jsonb not null default '{}', twice int generated always as (char_length(name) * 2) stored)`,
  `create schema "Audit"`,
  `create table "Audit"."Log 表" (id int generated always as identity primary key, "who's" int, "a.b" int)`,
  `create table "odd.name" (id int)`,
  `create table nothing ()`,
  `insert into teacher (name) values ('Ada'), ('Grace')`,
];
const drops = ['nothing', '"odd.name"', '"Audit"."Log 表"', 'teacher']
  .map((name) => `drop table ${name}`)
  .concat('drop schema "Audit"', 'drop domain short', 'drop type "long"', 'drop type "Mood"');

/** A history with these tables, and rows. */
const withTables = (work: (sandbox: Sandbox) => Promise<void>) =>
  withProject(async (sandbox) => {
    sandbox.write('tables', { up: tables, down: drops });
    await work(sandbox);
  });

describe('create --data', () => {
  it('writes the tables of that time, which the compiler and the formatter accept', () =>
    withTables(async (sandbox) => {
      const created = await make(sandbox, '*');
      assert.ok(created, 'nothing was created');
      assert.match(created.revises ?? '', /_tables$/);
      const written = created.text.slice(created.text.indexOf('interface Tables'));
      assert.equal(
        written,
        `interface Tables {
  nothing: {};
  teacher: {
    id: Generated<number>;
    name: string;
    born: Time<null>;
    made: Generated<Time>;
    credit: Big<null>;
    seen: Generated<Big>;
    mood: 'happy' | 'it\\'s "so" so' | null;
    'Mood swings':
${Array.from({ length: 12 }, (_, at) => `      | 'a value of some length ${at}'`).join('\n')}
      | null;
    longMood: Generated<
${Array.from({ length: 12 }, (_, at) => `      | 'a value of some length ${at}'`).join('\n')}
      | null
    >;
    nick: Generated<string>;
    tags: string[] | null;
    notes: Generated<Json>;
    twice: GeneratedAlways<number | null>;
  };
  'Audit.Log 表': {
    id: GeneratedAlways<number>;
    "who's": number | null;
    // "a.b" is no name to the query builder.
  };
}
`,
      );
      const empty = await create(sandbox.project, { message: 'By hand', empty: true, decisions: [] });
      assert.deepEqual(complaints(created.path, empty?.path ?? ''), ['', '']);
      const style = await resolveConfig(join(workspace, 'package.json'));
      for (const text of [created.text, empty?.text ?? ''])
        assert.ok(await check(text, { ...style, parser: 'typescript' }), text);
    }));

  it('filled in, it is type-checked and runs on rows, up and down', () =>
    withTables(async (sandbox) => {
      const created = await make(sandbox, 'teacher', 'Audit.*');
      assert.ok(created, 'nothing was created');
      const filled = (up: string, down: string) => {
        const parts = [up, down];
        return created.text.replaceAll(/( {4}\/\/ .*\n)? {4}void db;/g, () => parts.shift() ?? '');
      };
      const first =
        "const all = await db.selectFrom('teacher').select(['id', 'name', 'seen']).orderBy('id').execute();";
      const text = filled(
        `${first}
        for (const { id, name, seen } of all) {
          const text: string = seen;
          await db.updateTable('teacher').set({ nick: name.toLowerCase(), credit: 1.5, born: new Date(0), notes: JSON.stringify([text]) })
            .where('id', '=', id).execute();
          await db.insertInto('Audit.Log 表').values({ "who's": id }).execute();
        }
        await db.insertInto('teacher').values({ name: 'Edsger', nick: 'ewd', mood: 'happy', tags: ['a', 'b'] }).execute();`,
        `await db.deleteFrom('teacher').where('name', '=', 'Edsger').execute();
        await db.deleteFrom('Audit.Log 表').execute();
        await db.updateTable('teacher').set({ nick: '', credit: null, born: null, notes: '{}' }).execute();`,
      );
      writeFileSync(created.path, text);
      const wrong: [string, RegExp][] = [
        ["await db.updateTable('teachers').set({ name: '' }).execute();", /"teachers"/],
        ["await db.updateTable('teacher').set({ nick: 1 }).execute();", /number/],
        ["await db.updateTable('teacher').set({ mood: 'sad' }).execute();", /"sad"/],
        ["await db.updateTable('teacher').set({ twice: 2 }).execute();", /undefined/],
        ["await db.insertInto('teacher').values({ nick: 'x' }).execute();", /name/],
        ["await db.updateTable('teacher').set({ notes: ['x'] }).execute();", /string/],
      ];
      // Beside the folder of revisions: those are run.
      const beside = wrong.map(([up], at) => {
        const path = join(sandbox.project.root, `wrong${at}.ts`);
        writeFileSync(path, filled(up, 'void db;'));
        return path;
      });
      const [right, ...said] = complaints(created.path, ...beside);
      assert.equal(right, '');
      for (const [at, [up, says]] of wrong.entries()) assert.match(said[at] || 'nothing', says, up);

      const { values } = sandbox;
      await verifyHistory(sandbox.project, linkHistory(readRevisions(sandbox.project.revisions)), () => undefined);
      await run(sandbox.project, { direction: 'up' });
      assert.deepEqual(await values('select nick from teacher order by name'), ['ada', 'ewd', 'grace']);
      assert.deepEqual(await values("select credit || ' ' || notes from teacher where name = 'Ada'"), ['1.50 ["0"]']);
      assert.deepEqual(await values(`select "who's" from "Audit"."Log 表" order by 1`), [1, 2]);
      await run(sandbox.project, { direction: 'down' });
      assert.deepEqual(await values('select nick from teacher order by name'), ['', '']);
      assert.deepEqual(await values(`select "who's" from "Audit"."Log 表"`), []);
    }));

  it('what fits no table is refused with what is near it', () =>
    withTables(async (sandbox) => {
      const cases: [string, RegExp][] = [
        ['teachr', /there is no table teachr at Migration\d+_tables\. Near it: teacher/],
        ['a.b.c', /"a\.b\.c" is no name of a table/],
        ['', /"" is no name of a table/],
        ['odd*name', /takes odd\*name for something else than a name/],
      ];
      for (const [pattern, says] of cases) {
        const problem = await refused(make(sandbox, pattern));
        assert.equal(problem.code, 'bad-option');
        assert.match(problem.message, says);
      }
      assert.equal(readRevisions(sandbox.project.revisions).length, 1);
    }));

  it('what others own is left out', () =>
    withTables(async (sandbox) => {
      sandbox.project.config.ignore = ['Audit.*', 'nothing'];
      const created = await make(sandbox, '*');
      assert.doesNotMatch(created?.text ?? '', /Log|nothing/);
    }));
});

/** A column for each type, a value for it, and what its type has to be. */
const samples: [type: string, value: string, written: string][] = [
  ['smallint', '1', 'number'],
  ['integer', '1', 'number'],
  ['bigint', '1', 'Big'],
  ['numeric', '1.50', 'Big'],
  ['real', '1.5', 'number'],
  ['double precision', '1.5', 'number'],
  ['oid', '1', 'number'],
  ['boolean', 'true', 'boolean'],
  ['text', 'a', 'string'],
  ['varchar(3)', 'a', 'string'],
  ['char(3)', 'a', 'string'],
  ['"char"', 'a', 'string'],
  ['name', 'a', 'string'],
  ['uuid', '00000000-0000-0000-0000-000000000000', 'string'],
  ['date', '2026-01-01', 'Time'],
  ['timestamp', '2026-01-01 01:02:03.123456', 'Time'],
  ['timestamptz', '2026-01-01 01:02:03.123456+00', 'Time'],
  ['time', '01:02:03', 'string'],
  ['timetz', '01:02:03+00', 'string'],
  ['interval', '1 day', 'string'],
  ['money', '1', 'string'],
  ['bytea', '\\x00', 'Buffer'],
  ['json', '[1]', 'Json'],
  ['jsonb', '[1]', 'Json'],
  ['xml', '<a/>', 'string'],
  ['inet', '127.0.0.1', 'string'],
  ['cidr', '127.0.0.0/8', 'string'],
  ['macaddr', '08:00:2b:01:02:03', 'string'],
  ['bit(2)', '10', 'string'],
  ['varbit', '10', 'string'],
  ['tsvector', 'a', 'string'],
  ['point', '(1,2)', 'ColumnType<{ x: number; y: number }, string, string>'],
  ['circle', '<(1,2),3>', 'ColumnType<{ x: number; y: number; radius: number }, string, string>'],
  ['box', '(1,2),(3,4)', 'string'],
  ['int4range', '[1,2)', 'string'],
  ['int4multirange', '{[1,2)}', 'string'],
  ['regclass', 'pg_class', 'string'],
  ['sample', 'a', "'a' | 'b'"],
  ['sample_domain', '1', 'number'],
  ['pair', '(1,2)', 'string'],
  ['sample[]', '{a,b}', 'string'],
  ['sample_domain[]', '{1}', 'string'],
  ['smallint[]', '{1}', 'number[]'],
  ['integer[]', '{1}', 'number[]'],
  ['bigint[]', '{1}', 'string[]'],
  ['numeric[]', '{1.5}', 'number[]'],
  ['real[]', '{1.5}', 'number[]'],
  ['double precision[]', '{1.5}', 'number[]'],
  ['boolean[]', '{t}', 'boolean[]'],
  ['text[]', '{a}', 'string[]'],
  ['varchar[]', '{a}', 'string[]'],
  ['char(1)[]', '{a}', 'string[]'],
  ['uuid[]', '{00000000-0000-0000-0000-000000000000}', 'string[]'],
  ['date[]', '{2026-01-01}', 'string[]'],
  ['timestamp[]', '{2026-01-01}', 'string[]'],
  ['timestamptz[]', '{2026-01-01}', 'string[]'],
  ['time[]', '{01:02:03}', 'string[]'],
  ['timetz[]', '{01:02:03+00}', 'string[]'],
  ['interval[]', '{1 day}', 'string[]'],
  ['money[]', '{1}', 'string[]'],
  ['inet[]', '{127.0.0.1}', 'string[]'],
  ['cidr[]', '{127.0.0.0/8}', 'string[]'],
  ['macaddr[]', '{08:00:2b:01:02:03}', 'string[]'],
  ['bytea[]', '{"\\\\x00"}', 'Buffer[]'],
  ['json[]', '{"[1]"}', 'unknown[]'],
  ['jsonb[]', '{"[1]"}', 'unknown[]'],
  ['point[]', '{"(1,2)"}', 'ColumnType<{ x: number; y: number }[], string, string>'],
  ['numrange[]', '{"[1,2)"}', 'string[]'],
  ['int4range[]', '{"[1,2)"}', 'string'],
  ['name[]', '{a}', 'string'],
  ['xml[]', '{<a/>}', 'string'],
];

/** The first part of what a value looks like, in the words of the interface. */
const looks = `const looks = (value: unknown): string =>
  Buffer.isBuffer(value) ? 'Buffer'
  : Array.isArray(value) ? looks(value[0]) + '[]'
  : typeof value === 'object' ? '{' + Object.keys(value ?? {}).join() + '}'
  : typeof value;`;

/** How a value looks whose type has another name. */
const as: Record<string, string> = {
  Big: 'string',
  Time: 'string',
  Json: 'number[]',
  "'a' | 'b'": 'string',
  'unknown[]': 'number[][]',
  'ColumnType<{ x: number; y: number }, string, string>': '{x,y}',
  'ColumnType<{ x: number; y: number; radius: number }, string, string>': '{x,y,radius}',
  'ColumnType<{ x: number; y: number }[], string, string>': '{x,y}[]',
};

describe('the types are what the driver gives', () => {
  it('for each type of the server', () =>
    withProject(async (sandbox) => {
      const types = [
        "create type sample as enum ('a', 'b')",
        'create domain sample_domain as int',
        'create type pair as (a int, b int)',
      ];
      const list = samples.map(([type], at) => `c${at} ${type} not null`).join(', ');
      const values = samples.map(([, value]) => `'${value}'`).join(', ');
      const table = [
        `create table sampled (${list})`,
        `insert into sampled values (${values})`,
        'create table found (at int, looks text)',
      ];
      sandbox.write('types', { up: [...types, ...table], down: [] });
      const created = await make(sandbox, 'sampled', 'found');
      assert.ok(created, 'nothing was created');
      for (const [at, [type, , written]] of samples.entries())
        assert.equal(new RegExp(`^ {4}c${at}: (.*);$`, 'm').exec(created.text)?.[1], written, type);
      const looking = `${looks}
        const row = await db.selectFrom('sampled').selectAll().executeTakeFirstOrThrow();
        const found = Object.entries(row).map(([name, value]) => ({ at: Number(name.slice(1)), looks: looks(value) }));
        await db.insertInto('found').values(found).execute();`;
      writeFileSync(created.path, created.text.replace('    void db;', looking));
      assert.deepEqual(complaints(created.path), ['']);
      await run(sandbox.project, { direction: 'up' });
      const found = await sandbox.values('select looks from found order by at');
      for (const [at, [type, , written]] of samples.entries()) {
        assert.equal(found[at], as[written] ?? written, type);
      }
    }));
});
