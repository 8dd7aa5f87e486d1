import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { escapeIdentifier, escapeLiteral } from 'pg';
import { inCase } from './apparatus/case.ts';
import { openDatabase } from './apparatus/database.ts';
import { closeGate, waitsFor } from './apparatus/gate.ts';
import { exits } from './apparatus/runner.ts';
import { passwordStaysHidden } from './apparatus/secrecy.ts';
import { sharedServer } from './apparatus/server.ts';

const hostile: Record<string, string> = {
  'with both quotes': `it's "quoted"`,
  'of other scripts': 'Größe 表 😀',
  'that is a reserved word': 'select',
  'with what a shell or a template would take': '$HOME `id` ${x} %s \\n ; drop table x; --',
  'of 63 bytes': 'x'.repeat(63),
  'of 64 bytes, which the server shortens': 'y'.repeat(64),
};

describe('Names of tables and indexes', { concurrency: 2 }, () => {
  for (const [title, name] of Object.entries(hostile))
    it(
      `${title}: the table is made, and a concurrent index that was left INVALID is built anew`,
      inCase(async (the) => {
        const [table, index] = [escapeIdentifier(name), escapeIdentifier(`i${name}`)];
        the.write('table', {
          up: [`create table ${table} (id int)`, `comment on table ${table} is ${escapeLiteral(name)}`],
        });
        exits(await the.run('up'), 0);
        const revision = the.write('index', {
          transactional: false,
          up: [`create index concurrently ${index} on ${table} (id)`],
        });
        const old = await closeGate(the.database, `insert into ${table} values (1)`);
        const runner = the.start(['up']);
        const worker = await runner.until(waitsFor(the.database, 'create index concurrently'));
        await runner.kill();
        await the.value('select pg_terminate_backend($1)', [worker]);
        await old.open();
        const found = `select i.indisvalid from pg_index i join pg_class c on c.oid = i.indrelid where c.relname = $1::name`;
        assert.deepEqual(await the.values(found, [name]), [false]);
        exits(await the.run('up'), 0);
        assert.deepEqual(await the.values(found, [name]), [true]);
        assert.deepEqual(await the.values('select name from mikro_orm_migrations where name = $1', [revision]), [
          revision,
        ]);
      }),
    );

  it(
    'in a schema of another name: an INVALID index is found there, and the one of the same name in public is left alone',
    inCase(async (the) => {
      the.write('tables', {
        up: [
          'create schema "Sales Dept"',
          'create table "Sales Dept".orders (id int)',
          'create table public.orders (id int)',
          'create index orders_id on public.orders (id)',
        ],
      });
      exits(await the.run('up'), 0);
      the.write('index', {
        transactional: false,
        up: ['create index concurrently orders_id on "Sales Dept".orders (id)'],
      });
      const old = await closeGate(the.database, 'insert into "Sales Dept".orders values (1)');
      const runner = the.start(['up']);
      const worker = await runner.until(waitsFor(the.database, 'create index concurrently'));
      await runner.kill();
      await the.value('select pg_terminate_backend($1)', [worker]);
      await old.open();
      const before = await the.value(`select 'public.orders_id'::regclass::oid`);
      exits(await the.run('up'), 0);
      assert.equal(await the.value(`select 'public.orders_id'::regclass::oid`), before);
      assert.equal(
        await the.value(`select indisvalid from pg_index where indexrelid = '"Sales Dept".orders_id'::regclass`),
        true,
      );
    }),
  );
});

describe('Names of revisions', { concurrency: 2 }, () => {
  const slugs: Record<string, string> = {
    'of other scripts': 'größe_表',
    'with quotes': `it's "quoted"`,
    'with what a template, a pattern or a URL would take': '`${x}` $1 %41 #?&*[a]',
    'of 200 bytes': 'n'.repeat(200 - 'Migration20260101000000_'.length),
  };
  for (const [title, slug] of Object.entries(slugs))
    it(
      `${title}: applied, recorded, listed and reverted under exactly that name`,
      inCase(async (the) => {
        const first = the.write('first', { up: ['create table first (id int)'] });
        const name = the.write(slug, { up: ['create table second (id int)'], down: ['drop table second'] });
        the.write('third', { up: ['create table third (id int)'], down: ['drop table third'] });
        exits(await the.run('up', name), 0);
        assert.deepEqual(await the.values('select name from mikro_orm_migrations order by id'), [first, name]);
        const current = await the.run('current');
        exits(current, 0);
        assert.ok(current.said.includes(name), current.said);
        exits(await the.run('up'), 0);
        exits(await the.run('down', first, '--accept-data-loss'), 0);
        assert.deepEqual(await the.values('select name from mikro_orm_migrations'), [first]);
        assert.equal(await the.value(`select to_regclass('second')`), null);
      }),
    );
});

describe('Names of roles, databases and ledgers', { concurrency: 2 }, () => {
  it('a role and a database with spaces, quotes and signs of a URL', async () => {
    const name = `we"ird 'näme' %41 ${process.pid}`;
    await inCase(
      async (the) => {
        const role = await the.database.role('', `Ro"le 'x' @:/%? ${process.pid}`);
        await the.execute(`grant all on schema public to ${escapeIdentifier(role)}`);
        the.write('log', {
          up: ['create table log (n serial, what text)', `insert into log (what) values (current_user)`],
        });
        const ended = await the.runIn({ role }, 'up');
        exits(ended, 0);
        assert.match(ended.said, /we"ird 'näme'/);
        assert.deepEqual(await the.values('select what from log'), [role]);
        exits(await the.runIn({ role }, 'up'), 0);
        await the.execute(
          `reassign owned by ${escapeIdentifier(role)} to runner; drop owned by ${escapeIdentifier(role)}`,
        );
      },
      { name },
    )();
  });

  const ledgers: [string, string, string][] = [
    ['in a schema of its own, which is made', 'books.ledger', 'books.ledger'],
    ['with capitals, spaces and quotes', `We"ird.Led 'ger`, `"We""ird"."Led 'ger"`],
    ['of 63 bytes, to which "_journal" cannot be added', 'l'.repeat(63), 'l'.repeat(63)],
  ];
  for (const [title, table, quoted] of ledgers)
    it(
      `a ledger ${title}: works, also for two runners at once, or is refused before anything is run`,
      inCase(async (the) => {
        the.table(table);
        await the.execute(`grant create on database ${escapeIdentifier(the.database.name)} to runner`);
        const name = the.write('log', {
          up: ['create table log (n serial, what text)', `insert into log (what) values ('once')`],
          down: ['drop table log'],
        });
        const ends = await Promise.all([the.run('up'), the.run('up')]);
        if (ends.every(({ exit }) => exit === 2 || exit === 4)) {
          assert.equal(await the.value(`select to_regclass('log')`), null);
          return;
        }
        for (const ended of ends) exits(ended, 0);
        assert.deepEqual(await the.values('select what from log'), ['once']);
        assert.deepEqual(await the.values(`select name from ${quoted}`), [name]);
        exits(await the.run('journal'), 0);
        exits(await the.run('down', '--accept-data-loss'), 0);
        assert.deepEqual(await the.values(`select name from ${quoted}`), []);
      }),
    );

  it('the same ledger name in two schemas: they know nothing of each other', async () => {
    await using other = await openDatabase(sharedServer());
    await inCase(async (the) => {
      await other.execute(`grant create on database ${other.name} to runner`);
      const name = the.write('log', { up: ['create table if not exists log (n int)', 'insert into log values (1)'] });
      for (const table of ['one.ledger', 'two.ledger']) {
        the.table(table);
        exits(await the.runIn({ url: other.url() }, 'up'), 0);
        assert.deepEqual(await other.values(`select name from ${table}`), [name]);
      }
      assert.deepEqual(await other.values('select n from log'), [1, 1]);
    })();
  });
});

passwordStaysHidden();
