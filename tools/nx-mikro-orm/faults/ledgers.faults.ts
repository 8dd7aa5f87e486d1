import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { inCase } from './apparatus/case.ts';
import { openDatabase } from './apparatus/database.ts';
import { exits } from './apparatus/runner.ts';
import { passwordStaysHidden } from './apparatus/secrecy.ts';
import { ledger, refused, tables, three } from './apparatus/three.ts';
import { sharedServer } from './apparatus/server.ts';

describe('A ledger that somebody else wrote', { concurrency: 2 }, () => {
  const stock = (name = 'varchar(255)') => `create table mikro_orm_migrations (id serial primary key, name ${name},
    executed_at timestamptz default current_timestamp); alter table mikro_orm_migrations owner to runner`;

  it(
    'rows of stock MikroORM, with and without an ending: they count, and the rest is applied behind them',
    inCase(async (the) => {
      const [a, b, c] = await three(the, 0);
      await the.execute(`${stock()}; create table a (id int); create table b (id int);
        insert into mikro_orm_migrations (name) values ('${a}'), ('${b}.ts')`);
      exits(await the.run('up'), 0);
      assert.deepEqual(await tables(the), ['a', 'b', 'c']);
      assert.deepEqual(
        (await ledger(the)).map((name) => String(name).replace('.ts', '')),
        [a, b, c],
      );
      exits(await the.run('up'), 0);
      exits(await the.run('status', '--check'), 0);
    }),
  );

  it(
    'stock MikroORM applies the next one after us, and we the one after that',
    inCase(async (the) => {
      const [a, b, c] = await three(the, 1);
      const script = join(the.root, 'stock.ts');
      writeFileSync(
        script,
        `import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
const orm = await MikroORM.init({ entities: [], discovery: { warnWhenNoEntities: false }, extensions: [Migrator], logger: () => {},
  clientUrl: process.env.DATABASE_URL, migrations: { path: ${JSON.stringify(join(the.root, 'revisions'))}, snapshot: false } });
console.log(JSON.stringify((await orm.migrator.up({ to: '${b}' })).map(({ name }) => name)));
await orm.close();
`,
      );
      assert.deepEqual(JSON.parse(await the.script(script)), [b]);
      exits(await the.run('up'), 0);
      assert.deepEqual(await tables(the), ['a', 'b', 'c']);
      assert.deepEqual(await ledger(the), [a, b, c]);
    }),
  );

  it(
    'the same row twice: told, and no revision runs twice for it',
    inCase(async (the) => {
      const [a, b] = await three(the, 0);
      await the.execute(`${stock()}; create table a (id int); create table b (id int);
        insert into mikro_orm_migrations (name) values ('${a}'), ('${b}'), ('${a}')`);
      const ended = await the.run('up');
      exits(ended, [0, 4]);
      const status = await the.run('status', '--check');
      assert.match(ended.said + status.said, new RegExp(`duplicate +${a}|${a}[^\\n]*twice`));
      if (ended.exit === 0) assert.deepEqual(await tables(the), ['a', 'b', 'c']);
      const said = (await the.run('repair')).said;
      assert.match(said, new RegExp(a));
    }),
  );

  it(
    'half copied, so that one in the middle is missing: up refuses and names it',
    inCase(async (the) => {
      const [, b, c] = await three(the);
      await the.execute(`delete from mikro_orm_migrations where name = '${b}'`);
      refused(await the.run('up'), b, c);
      exits(await the.run('status', '--check'), 4);
      assert.deepEqual(await tables(the), ['a', 'b', 'c']);
    }),
  );

  it(
    'not a ledger at all: up refuses and leaves the table alone',
    inCase(async (the) => {
      await three(the, 0);
      await the.execute('create table mikro_orm_migrations (title text); grant all on mikro_orm_migrations to runner');
      refused(await the.run('up'), /is not a ledger/);
      assert.deepEqual(await tables(the), []);
    }),
  );

  it(
    'emptied by somebody: what is in the database already is not made again',
    inCase(async (the) => {
      the.write('log', { up: ['create table a (id int)', 'insert into a values (1)'] });
      exits(await the.run('up'), 0);
      await the.execute('delete from mikro_orm_migrations');
      const ended = await the.run('up');
      exits(ended, [1, 4]);
      assert.deepEqual(await the.values('select id from a'), [1]);
    }),
  );
});

describe('Times and places', { concurrency: 2 }, () => {
  it(
    'two databases at different points: each gets what it lacks',
    inCase(async (the) => {
      await three(the, 1);
      await using other = await openDatabase(sharedServer());
      exits(await the.runIn({ url: other.url() }, 'up', '+2'), 0);
      exits(await the.run('up'), 0);
      exits(await the.runIn({ url: other.url() }, 'up'), 0);
      assert.deepEqual(await ledger(the), await other.values('select name from mikro_orm_migrations order by id'));
      assert.equal(
        await other.value(`select count(*)::int from mikro_orm_migrations_journal where event = 'applied'`),
        3,
      );
    }),
  );

  it(
    'names from the future and the past, and a clock of a year ago: the links decide the order, the server knows the time',
    inCase(async (the) => {
      const a = the.write('a', { stamp: '20990101000000', up: ['create table a (id int)'] });
      const b = the.write('b', { stamp: '19990101000000', up: ['alter table a rename to b'] });
      const c = the.write('c', { stamp: '20260101000000', up: ['alter table b rename to c'] });
      const clock = join(the.root, 'clock.js');
      writeFileSync(clock, `const now = Date.now; Date.now = () => now() - 365 * 24 * 3600 * 1000;`);
      exits(await the.runIn({ node: ['--import', clock] }, 'up'), 0);
      assert.deepEqual(await ledger(the), [a, b, c]);
      assert.deepEqual(await tables(the), ['c']);
      assert.equal(
        await the.value(`select bool_and(executed_at > now() - interval '5 minutes') from mikro_orm_migrations`),
        true,
      );
      exits(await the.run('up'), 0);
    }),
  );
});

describe('Books that something in the database writes otherwise', { concurrency: 2 }, () => {
  const function_ = (body: string) =>
    `create function otherwise() returns trigger language plpgsql as $$ begin ${body} end $$`;
  const on = (table: string, event: string) =>
    `create trigger otherwise before ${event} on ${table} for each row execute function otherwise()`;
  const ways: Record<string, string[]> = {
    'a trigger that keeps the row back': [function_('return null;'), on('mikro_orm_migrations', 'insert')],
    'a trigger that gives the row another name': [
      function_(`new.name := 'x' || new.name; return new;`),
      on('mikro_orm_migrations', 'insert'),
    ],
    'a rule that does nothing instead': [
      'create rule otherwise as on insert to mikro_orm_migrations do instead nothing',
    ],
    "a trigger that keeps the journal's row back": [
      function_('return null;'),
      on('mikro_orm_migrations_journal', 'insert'),
    ],
  };
  for (const [title, statements] of Object.entries(ways))
    it(
      `${title}: the run fails, names the table, and nothing of the revision is left`,
      inCase(async (the) => {
        const a = the.write('a', { up: ['create table a (id int)'] });
        exits(await the.run('up'), 0);
        await the.execute(statements.join('; '));
        the.write('b', { up: ['create table b (id int)'] });
        const ended = await the.run('up');
        exits(ended, [1, 4]);
        assert.match(ended.said, /mikro_orm_migrations/);
        assert.doesNotMatch(ended.said, /somebody else/);
        assert.equal(await the.value(`select to_regclass('b')`), null);
        assert.deepEqual(await ledger(the), [a]);
      }),
    );

  it(
    'a trigger that keeps the row back, of a revision outside of a transaction: what ran is not said to be rolled back, and does not run again',
    inCase(async (the) => {
      the.write('a', { up: ['create table a (id int)'] });
      exits(await the.run('up'), 0);
      await the.execute([function_('return null;'), on('mikro_orm_migrations', 'insert')].join('; '));
      the.write('b', { transactional: false, up: ['create table b (id int)'] });
      const ended = await the.run('up');
      exits(ended, 4);
      assert.match(ended.said, /outside of a transaction stays/);
      await the.execute('drop trigger otherwise on mikro_orm_migrations');
      exits(await the.run('up'), 0);
      assert.equal((await ledger(the)).length, 2);
    }),
  );

  it(
    'a trigger that keeps the row from being removed: down fails, and what it dropped is there',
    inCase(async (the) => {
      const a = the.write('a', { up: ['create table a (id int)'], down: ['drop table a'] });
      exits(await the.run('up'), 0);
      await the.execute([function_('return null;'), on('mikro_orm_migrations', 'delete')].join('; '));
      const ended = await the.run('down');
      exits(ended, 4);
      assert.match(ended.said, /trigger/);
      assert.deepEqual(await tables(the), ['a']);
      assert.deepEqual(await ledger(the), [a]);
    }),
  );

  it(
    'moments without end: every command that reads answers, and up goes on',
    inCase(async (the) => {
      the.write('a', { up: ['create table a (id int)'] });
      exits(await the.run('up'), 0);
      for (const moment of ['infinity', '-infinity']) {
        await the.execute(
          `update mikro_orm_migrations set executed_at = '${moment}'; update mikro_orm_migrations_journal set at = '${moment}'`,
        );
        for (const command of ['current', 'status', 'journal', 'repair']) exits(await the.run(command), 0, command);
        exits(await the.run('current', '--json'), 0);
      }
      const b = the.write('b', { up: ['create table b (id int)'] });
      exits(await the.run('up'), 0);
      assert.equal((await ledger(the)).at(-1), b);
    }),
  );
});

passwordStaysHidden();
