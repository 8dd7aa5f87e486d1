/** Histories as people have them: where stock MikroORM runs one whole, it gives the same here, or is refused before anything ran. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import type { Client } from 'pg';
import { withDatabase } from '../../test/database.ts';
import { withProject, type Sandbox } from '../../test/project.ts';
import { refused } from '../../test/refused.ts';
import { stockRuns } from '../../test/stock.ts';
import { compareCatalogues, describe as lineOf, readCatalogue } from '../catalogue/index.ts';
import { run } from './run.ts';

const imported = "import { Migration } from '@mikro-orm/migrations';\n";

/** A file as MikroORM 5 wrote it. */
const file = (name: string, body: string, before = ''): string =>
  `${imported}${before}export class ${name} extends Migration {\n  async up(): Promise<void> {\n${body}\n  }\n}\n`;

const adds = (...statements: string[]): string =>
  statements.map((sql) => `    this.addSql(${JSON.stringify(sql)});`).join('\n');

const write = ({ project }: Sandbox, files: Record<string, string>): void => {
  for (const [name, text] of Object.entries(files)) {
    const path = join(project.revisions, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
};

/** All that there is, but for the books: of each thing what it is, of each table its rows. */
async function contentOf(client: Client) {
  const isBook = (_: string, name: string) => name.startsWith('mikro_orm_migrations');
  const { rows: tables } = await client.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname !~ '^(pg_|information)' and tablename !~ '^mikro_orm_migrations' order by 1`,
  );
  const rows: Record<string, unknown> = {};
  for (const { name } of tables)
    rows[name] = (await client.query(`select to_jsonb(t)::text as row from ${name} t order by 1`)).rows;
  return { catalogue: await readCatalogue(client, { ignore: isBook }), rows };
}

/** Runs the files with stock, and here on a database of its own. */
const gives = (files: Record<string, string>, names: string): Promise<void> =>
  withProject(async (sandbox) => {
    write(sandbox, files);
    await withDatabase(async (other, url) => {
      const theirs = await stockRuns({ ...sandbox, url }, []);
      const { ran } = await run(sandbox.project, { direction: 'up' });
      assert.equal(ran.map(({ step }) => step.revision.name).join(' '), names);
      const recorded = await sandbox.values('select name from mikro_orm_migrations order by id');
      assert.deepEqual(recorded, theirs, 'what the ledger has');
      const [expected, found] = [await contentOf(other), await contentOf(sandbox.client)];
      assert.deepEqual(compareCatalogues(expected.catalogue, found.catalogue).map(lineOf), []);
      assert.deepEqual(found.rows, expected.rows);
      assert.deepEqual(await stockRuns(sandbox, []), [], 'stock goes on where this engine stopped');
    });
  });

describe('a history that stock MikroORM runs', () => {
  it('of files by any name, in the order in which it sorts them', () =>
    gives(
      {
        '10-after-1.ts': file('Ten', adds('create table t1 (id int)')),
        '2-after-10.ts': file('Two', adds('alter table t1 add two int')),
        '20190101000000_create-users.ts': file('CreateUsers', adds('create table t2 (id int)')),
        'InitialSetup20200101.ts': file('InitialSetup', adds('create table t3 (id int)')),
        'Migration20200101.ts': file('Same', adds('create table t4 (id int)')),
        'Migration202001020000.ts': file('Same', adds('create table t5 (id int)')),
        'Migration20200103000000 x.ts': file('M1', adds('create table t6 (id int)')),
        'Migration20200103000000-b.ts': file('M2', adds('alter table t6 add b int')),
        'Migration20200103000000.2.ts': file('M3', adds('alter table t6 add c int')),
        'Migration20200103000000.ts': file('M4', adds('alter table t6 add d int')),
        'Migration20200103000000_c.ts': file('M5', adds('alter table t6 add e int')),
        'migration20190101000000.ts': file('M6', adds('alter table t6 add f int')),
      },
      '10-after-1 2-after-10 20190101000000_create-users InitialSetup20200101 Migration20200101 Migration202001020000 ' +
        'Migration20200103000000 x Migration20200103000000-b Migration20200103000000.2 Migration20200103000000 ' +
        'Migration20200103000000_c migration20190101000000',
    ));

  it('of classes in every form', () =>
    gives(
      {
        '../base.ts': `${imported}export abstract class Base extends Migration { make(name: string) { this.addSql(\`create table \${name} (id int)\`); } }
          export const making = (name: string) => class extends Migration { up() { this.addSql(\`create table \${name} (id int)\`); } };`,
        'a.ts': `${imported}export default class extends Migration { up() { this.addSql('create table a (id int)'); } }`,
        'b.ts': `${imported}export const B = class extends Migration { up() { this.addSql('create table b (id int)'); } };`,
        'c.ts': `${imported}class C extends Migration { up() { this.addSql('create table c (id int)'); } }\nexport { C };\nexport default C;`,
        'd.ts': `import { Migration as M } from '@mikro-orm/migrations';\nexport class D extends M { up() { this.addSql('create table d (id int)'); } }`,
        'e.ts': `import { Base } from '../base.ts';\nexport class E extends Base { up() { this.make('e'); } }`,
        'f.ts': `import { making } from '../base.ts';\nexport default making('f');`,
        'g.ts': `import { making } from '../base.ts';\nexport class G extends making('g') {}`,
        'h.ts': `${imported}export class H extends Migration { up = async () => { this.addSql('create table h (id int)'); }; }`,
        'i.ts': `${imported}export class I extends Migration { name1: string; constructor(a: any, config: any) { super(a, config); this.name1 = config.get('dbName').replace(/.*/, 'i'); }
          up() { this.addSql(\`create table \${this.name1.slice(0, 1)} (id int)\`); } }`,
        'j.ts': `${imported}export class J extends Migration { up() { this.addSql(text('j')); } }\nexport function text(n: string) { return \`create table \${n} (id int)\`; }`,
        'k.cjs': `"use strict";
          Object.defineProperty(exports, "__esModule", { value: true });
          exports.K = void 0;
          const migrations_1 = require("@mikro-orm/migrations");
          class K extends migrations_1.Migration { async up() { this.addSql('create table k (id int);'); } }
          exports.K = K;`,
        'l.cjs': `const m = require('@mikro-orm/migrations');\nmodule.exports = class extends m.Migration { async up() { this.addSql('create table l (id int);'); } };`,
        'm.cjs': `var __extends = function (d, b) { Object.setPrototypeOf(d, b); d.prototype = Object.create(b.prototype); };
          var m = require("@mikro-orm/migrations");
          var M = /** @class */ (function (_super) {
            __extends(M, _super);
            function M() { return Reflect.construct(_super, arguments, M); }
            M.prototype.up = function () { this.addSql('create table m (id int)'); };
            return M;
          }(m.Migration));
          exports.M = M;`,
      },
      'a b c d e f g h i j k l m',
    ));

  it('of whatever stands in up()', () =>
    gives(
      {
        'b.sql': 'create table b1 (id int);\ncreate table b2 (id int);\n',
        // What is asked comes before what is queued.
        'a.ts': file(
          'A',
          `    await this.execute('create table a (id int, n text)');
    await this.execute('insert into a values (?, ?), (2, ?)', [1, 'x', 'what?']);
    for (const { id } of await this.execute('select id from a')) this.addSql(\`insert into a values (\${id + 10})\`);
    this.addSql('create table a2 (id int)');
    this.addSql('delete from a where id = 1');
    this.addSql(\`create table seen as select \${(await this.execute('select count(*)::int as n from a'))[0].n} as n\`);
    const em = this.getEntityManager();
    if ((await em.execute("select to_regclass('a2') as t"))[0].t === null) await em.execute('create table a3 (id int)');
    await this.driver.execute('insert into a values (3)', [], 'run', this.ctx);`,
        ),
        'b.ts': file(
          'B',
          "    this.addSql(readFileSync(join(import.meta.dirname, 'b.sql'), 'utf8'));",
          "import { readFileSync } from 'node:fs';\nimport { join } from 'node:path';\n",
        ),
        'c.ts': file(
          'C',
          "    this.addSql(`create table c (id int, s text default 'x;y'); create index on c (id);\n-- a; b\ninsert into c values (1), (2);`);\n    this.addSql('');\n    this.addSql(';');\n    this.addSql('-- nothing');",
        ),
        'd.ts': file(
          'D',
          adds(
            "set names 'utf8';",
            "set session_replication_role = 'replica';",
            'create table d (id int primary key); create table d2 (d int references d);',
            'insert into d2 values (7);',
            "set session_replication_role = 'origin';",
          ),
        ),
        'e.ts': `${imported}export class E extends Migration {\n  async up() { this.addSql('insert into a values (20)'); await this.seed(); }\n  private async seed() { await this.execute('create table e as select id from a'); }\n}\n`,
        'f.ts': file('F', ''),
        'g.ts': file(
          'G',
          "    const id = randomUUID();\n    this.addSql(`create table g as select length('${id}') as n, ${Date.now()} > 0 as x`);",
          "import { randomUUID } from 'node:crypto';\n",
        ),
      },
      'a b c d e f g',
    ));

  it('and under the settings of another file is refused before anything ran', () =>
    withProject(async (sandbox) => {
      write(sandbox, {
        'a.ts': file('A', adds('create schema app', 'set search_path to app', 'create table a (id int)')),
        'b.ts': file('B', adds('create table b (id int)')),
      });
      const { code, facts } = await refused(run(sandbox.project, { direction: 'up' }));
      assert.equal(code, 'session-carried');
      assert.deepEqual([(facts as { name: string }).name, (facts as { next: string }).next], ['a', 'b']);
      assert.deepEqual(await sandbox.values("select to_regnamespace('app')"), [null]);
      // Each by itself is what it would be with stock.
      await run(sandbox.project, { direction: 'up', target: 'a' });
      await run(sandbox.project, { direction: 'up' });
      assert.deepEqual(await sandbox.values("select to_regclass('public.b')::text"), ['b']);
    }));

  it('of a file that is no migration is refused by its name', () =>
    withProject(async (sandbox) => {
      write(sandbox, {
        'a.ts': file('A', adds('create table a (id int)')),
        'b.ts': 'class Parent {}\nexport class Builder extends Parent {}\n',
        'barrel.ts': "export * from './a.ts';\n",
        'functions.ts': 'export const text = (n: string): string => n;\nexport class Wrong extends Error {}\n',
      });
      const { code, facts } = await refused(run(sandbox.project, { direction: 'up' }));
      assert.deepEqual([code, (facts as { name: string }).name], ['revision-broken', 'b']);
      assert.deepEqual(await sandbox.values("select to_regclass('a')"), [null]);
    }));
});
