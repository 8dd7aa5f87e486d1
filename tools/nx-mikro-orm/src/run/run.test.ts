import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stockLedger, withProject, type Sandbox } from '../../test/project.ts';
import { refused } from '../../test/refused.ts';
import { readState } from './standing/standing.ts';
import { run } from './run.ts';

const up = (sandbox: Sandbox, target?: string) => run(sandbox.project, { direction: 'up', target });
const down = (sandbox: Sandbox, target?: string) => run(sandbox.project, { direction: 'down', target });
const ran = (result: Awaited<ReturnType<typeof run>>) => result.ran.map(({ step }) => step.revision.name);
const ledger = (sandbox: Sandbox) => sandbox.values('select name from mikro_orm_migrations order by id');

describe('up and down', () => {
  it('apply in order, record, and go back', () =>
    withProject(async (sandbox) => {
      const a = sandbox.write('a', { up: ['create table a (id int)'], down: ['drop table a'] });
      const b = sandbox.write('b', { up: ['alter table a add x int'], down: ['alter table a drop x'] });
      assert.deepEqual(ran(await up(sandbox)), [a, b]);
      assert.deepEqual(await ledger(sandbox), [a, b]);
      assert.deepEqual(ran(await up(sandbox)), []);
      assert.deepEqual(ran(await down(sandbox)), [b]);
      assert.deepEqual(ran(await up(sandbox, 'b')), [b]);
      assert.deepEqual(ran(await down(sandbox, 'base')), [b, a]);
      assert.deepEqual(ran(await down(sandbox)), []);
      assert.deepEqual(await ledger(sandbox), []);
    }));

  it('a failing revision leaves nothing of itself, and what came before stays', () =>
    withProject(async (sandbox) => {
      const a = sandbox.write('a', { up: ['create table a (id int)'] });
      const b = sandbox.write('b', { up: ['create table b (id int)', 'select * from nowhere'] });
      const problem = await refused(up(sandbox));
      assert.equal(problem.code, 'step-failed');
      assert.match(problem.message, new RegExp(`${b}[\\s\\S]*nowhere[\\s\\S]*42P01`));
      assert.deepEqual(await ledger(sandbox), [a]);
      assert.deepEqual(await sandbox.values("select to_regclass('b')"), [null]);
    }));

  it('a revision outside of a transaction runs in its place', () =>
    withProject(async (sandbox) => {
      sandbox.write('table', { up: ['create table a (id int)'] });
      sandbox.write('index', {
        body: `override isTransactional() { return false; }
          override up() { this.addSql('create index concurrently a_id on a (id)'); }
          override down() { this.addSql('drop index concurrently a_id'); }`,
      });
      assert.equal((await up(sandbox)).ran.length, 2);
      assert.deepEqual(await sandbox.values("select indisvalid from pg_index where indexrelid = 'a_id'::regclass"), [
        true,
      ]);
      assert.equal((await down(sandbox)).ran.length, 1);
    }));

  it('code and statements run in the order in which they are written', () =>
    withProject(async (sandbox) => {
      sandbox.write('mixed', {
        body: `override async up() {
          this.addSql('create table log (n serial, what text)');
          await this.execute("insert into log (what) values ('execute')");
          this.addSql("insert into log (what) values ('queued')");
          const em = this.getEntityManager();
          await em.transactional(async (inner) => { await inner.execute("insert into log (what) values ('em')"); });
          this.addSql("insert into log (what) values ('last')");
        }`,
      });
      await up(sandbox);
      assert.deepEqual(await sandbox.values('select what from log order by n'), ['execute', 'queued', 'em', 'last']);
    }));

  it('a transaction inside of a revision does not commit the revision early', () =>
    withProject(async (sandbox) => {
      sandbox.write('inner', {
        body: `override async up() {
          await this.getEntityManager().transactional(async (em) => { await em.execute('create table early (id int)'); });
          this.addSql('select * from nowhere');
        }`,
      });
      await refused(up(sandbox));
      assert.deepEqual(await sandbox.values("select to_regclass('early')"), [null]);
    }));

  it('without a down() it refuses, and nothing changes', () =>
    withProject(async (sandbox) => {
      const a = sandbox.write('a', { body: "override up() { this.addSql('create table a (id int)'); }" });
      await up(sandbox);
      assert.equal((await refused(down(sandbox))).code, 'irreversible');
      assert.deepEqual(await ledger(sandbox), [a]);
    }));
});

describe('what bad input gets', () => {
  it('an unknown target: nothing runs, the three nearest names', () =>
    withProject(async (sandbox) => {
      for (const slug of ['add_teacher', 'add_pupil', 'add_lesson', 'drop_all'])
        sandbox.write(slug, { up: [`create table ${slug} (id int)`] });
      for (const work of [up, down]) {
        const problem = await refused(work(sandbox, 'add_techer'));
        assert.equal(problem.code, 'unknown-target');
        assert.equal((problem.facts as { nearest: string[] }).nearest.length, 3);
        assert.match(problem.message, /add_teacher/);
      }
      assert.deepEqual(await sandbox.values("select to_regclass('mikro_orm_migrations')"), [null]);
    }));

  const broken: [string, string, RegExp][] = [
    ['does not compile', 'export class {', /cannot be loaded[\s\S]*\.ts:1/],
    ['exports nothing', 'const a = 1;', /exports no class/],
    [
      'exports two classes',
      "import { Migration } from '@mikro-orm/migrations';\nexport class A extends Migration { up() {} }\nexport class B extends Migration { up() {} }",
      /exports 2 classes: A, B[\s\S]*:3/,
    ],
    [
      'has the wrong class name',
      "import { Migration } from '@mikro-orm/migrations';\n\nexport class Other extends Migration { static revises = null; up() {} }",
      /its class is called Other[\s\S]*:3/,
    ],
    ['throws when it is loaded', 'throw new Error("no");', /cannot be loaded: no/],
    [
      'has a link to nothing',
      "export class A { static revises = 'gone'; up() {} }",
      /there is no such revision[\s\S]*:1/,
    ],
  ];
  for (const [title, text, message] of broken)
    it(`a file that ${title} is named, with the line`, () =>
      withProject(async (sandbox) => {
        sandbox.write('bad', { text });
        assert.match((await refused(up(sandbox))).message, message);
      }));

  it('an applied revision whose file is missing: what is known of it, and nothing runs', () =>
    withProject(async (sandbox) => {
      sandbox.write('a', { up: ['create table a (id int)'] });
      const b = sandbox.write('b', { up: ['create table b (id int)'], down: ['drop table b'] });
      await up(sandbox);
      sandbox.remove(b);
      for (const work of [up, down]) {
        const problem = await refused(work(sandbox));
        assert.equal(problem.code, 'database-ahead');
        assert.match(problem.message, new RegExp(`${b}[\\s\\S]*applied \\d{4}-`));
      }
      assert.deepEqual(await sandbox.values("select to_regclass('b') is null"), [false]);
    }));

  it('a revision that arrives late is refused, and both names are said', () =>
    withProject(async (sandbox) => {
      const a = sandbox.write('a', { up: ['create table a (id int)'] });
      const b = sandbox.write('b', { up: ['create table b (id int)'] });
      await up(sandbox);
      await sandbox.client.query('delete from mikro_orm_migrations where name = $1', [a]);
      const problem = await refused(up(sandbox));
      assert.equal(problem.code, 'revision-late');
      assert.match(problem.message, new RegExp(`${a}[\\s\\S]*${b}`));
    }));

  it('reading creates nothing', () =>
    withProject(async (sandbox) => {
      sandbox.write('a', { up: ['create table a (id int)'] });
      const { state } = await readState(sandbox.project);
      assert.equal(state.pending.length, 1);
      assert.deepEqual(await sandbox.values("select to_regclass('mikro_orm_migrations')"), [null]);
    }));

  const unreachable: [string, (url: URL) => void, string][] = [
    ['no server', (url) => (url.port = '1'), 'server-unreachable'],
    ['a wrong password', (url) => (url.password = 'wrong-password'), 'login-refused'],
    ['no such database', (url) => (url.pathname = '/no_such_database'), 'database-missing'],
  ];
  for (const [title, spoil, code] of unreachable)
    it(`${title}: one sentence, and no password in it`, () =>
      withProject(async (sandbox) => {
        sandbox.write('a', { up: ['create table a (id int)'] });
        const url = new URL(sandbox.url);
        spoil(url);
        sandbox.project.config.database = () => url.href;
        const problem = await refused(up(sandbox));
        assert.equal(problem.code, code);
        assert.equal(problem.exit, 'unreachable');
        for (const { password } of [url, new URL(sandbox.url)])
          if (password) assert.equal(problem.message.includes(password), false, 'the password is shown');
      }));

  it('a role that may only read', () =>
    withProject(async (sandbox) => {
      sandbox.write('a', { up: ['create table a (id int)'] });
      const role = `reader_${process.pid}`;
      await sandbox.client.query(`create role ${role} login password 'reader'`);
      // Until PostgreSQL 15 everybody may create in `public`.
      await sandbox.client.query('revoke create on schema public from public');
      try {
        const url = new URL(sandbox.url);
        url.username = role;
        url.password = 'reader';
        sandbox.project.config.database = () => url.href;
        assert.equal((await refused(up(sandbox))).code, 'not-allowed');
        await sandbox.client.query(
          'create table mikro_orm_migrations_journal (id int, event text, revision text, statement int)',
        );
        assert.equal((await refused(readState(sandbox.project))).code, 'not-allowed');
      } finally {
        await sandbox.client.query(`drop role ${role}`);
      }
    }));
});

describe('ledger', () => {
  it('a table that stock MikroORM made is adopted', () =>
    withProject(async (sandbox) => {
      const a = sandbox.write('a', { up: ['create table a (id int)'] });
      const b = sandbox.write('b', { up: ['create table b (id int)'] });
      await sandbox.client.query(stockLedger);
      await sandbox.client.query('insert into mikro_orm_migrations (name) values ($1)', [`${a}.ts`]);
      assert.deepEqual(ran(await up(sandbox)), [b]);
      assert.deepEqual(await sandbox.values('select host is null from mikro_orm_migrations order by id'), [
        true,
        false,
      ]);
    }));

  for (const [whose, made] of Object.entries({ ours: '', 'that of stock MikroORM': stockLedger }))
    it(`a name that is there already is refused, and nothing of its revision stays: a ledger that is ${whose}`, () =>
      withProject(async (sandbox) => {
        if (made) await sandbox.client.query(made);
        const a = sandbox.write('a', { up: ['create table a (id int)'] });
        const own = (name: string) => `insert into mikro_orm_migrations (name) values ('${name}')`;
        const b = sandbox.write('b', {
          up: ['create table b (id int)', own('Migration20260101000001_b')],
        });
        const problem = await refused(up(sandbox));
        assert.equal(problem.code, 'ledger-changed');
        assert.match(problem.message, new RegExp(b));
        assert.deepEqual(await ledger(sandbox), [a]);
        assert.deepEqual(await sandbox.values("select to_regclass('b')"), [null]);
      }));

  it('another table of that name is left alone', () =>
    withProject(async (sandbox) => {
      sandbox.write('a', { up: ['create table a (id int)'] });
      await sandbox.client.query('create table mikro_orm_migrations (id int, title text)');
      assert.equal((await refused(up(sandbox))).code, 'ledger-foreign');
    }));
});

it('ten runners at once: each revision runs once, and nobody fails', () =>
  withProject(async (sandbox) => {
    sandbox.write('table', { up: ['create table account (balance int)', 'insert into account values (100)'] });
    sandbox.write('double', { up: ['update account set balance = balance * 2', 'select pg_sleep(0.2)'] });
    const results = await Promise.all(Array.from({ length: 10 }, () => up(sandbox)));
    assert.equal(results.flatMap(ran).length, 2);
    assert.deepEqual(await sandbox.values('select balance from account'), [200]);
    assert.equal((await ledger(sandbox)).length, 2);
  }));
