import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { escapeIdentifier, escapeLiteral } from 'pg';
import { inCase, type Case } from './apparatus/case.ts';
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
        the.write('table', { up: [`create table ${table} (id int)`, `comment on table ${table} is ${escapeLiteral(name)}`] });
        exits(await the.run('up'), 0);
        const revision = the.write('index', { transactional: false, up: [`create index concurrently ${index} on ${table} (id)`] });
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
        assert.deepEqual(await the.values('select name from mikro_orm_migrations where name = $1', [revision]), [revision]);
      }),
    );

  it(
    'in a schema of another name: an INVALID index is found there, and its namesake in public is left alone',
    inCase(async (the) => {
      the.write('tables', {
        up: ['create schema "Sales Dept"', 'create table "Sales Dept".orders (id int)', 'create table public.orders (id int)',
          'create index orders_id on public.orders (id)'],
      });
      exits(await the.run('up'), 0);
      the.write('index', { transactional: false, up: ['create index concurrently orders_id on "Sales Dept".orders (id)'] });
      const old = await closeGate(the.database, 'insert into "Sales Dept".orders values (1)');
      const runner = the.start(['up']);
      const worker = await runner.until(waitsFor(the.database, 'create index concurrently'));
      await runner.kill();
      await the.value('select pg_terminate_backend($1)', [worker]);
      await old.open();
      const before = await the.value(`select 'public.orders_id'::regclass::oid`);
      exits(await the.run('up'), 0);
      assert.equal(await the.value(`select 'public.orders_id'::regclass::oid`), before);
      assert.equal(await the.value(`select indisvalid from pg_index where indexrelid = '"Sales Dept".orders_id'::regclass`), true);
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
        the.write('log', { up: ['create table log (n serial, what text)', `insert into log (what) values (current_user)`] });
        const ended = await the.runIn({ role }, 'up');
        exits(ended, 0);
        assert.match(ended.said, /we"ird 'näme'/);
        assert.deepEqual(await the.values('select what from log'), [role]);
        exits(await the.runIn({ role }, 'up'), 0);
        await the.execute(`reassign owned by ${escapeIdentifier(role)} to runner; drop owned by ${escapeIdentifier(role)}`);
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

describe('A search_path whose first schema holds planted things', { concurrency: 2 }, () => {
  /** Each of these ends the run when anybody uses it. */
  const planted: Record<string, string[]> = {
    "tables of the ledger's and the journal's name": ['mikro_orm_migrations', 'mikro_orm_migrations_journal'].map(
      (table) => `create view evil.${table} as select 1 / 0 as id, 'planted'::pg_catalog.text as name`,
    ),
    'tables of the catalogue’s names': [
      ...['pg_class', 'pg_attribute', 'pg_index', 'pg_namespace', 'pg_type', 'pg_constraint', 'pg_locks'],
      ...['pg_stat_activity', 'pg_database', 'pg_roles', 'pg_settings', 'pg_proc', 'pg_enum', 'pg_trigger'],
    ].map((table) => `create view evil.${table} as select 1 / 0 as oid`),
    functions: [
      ...['now()', 'clock_timestamp()', 'pg_backend_pid()', 'current_database()', 'version()', 'gen_random_uuid()'],
      ...['pg_try_advisory_lock(bigint)', 'pg_advisory_lock(bigint)', 'pg_advisory_unlock(bigint)'],
      ...['to_regclass(pg_catalog.text)', 'current_setting(pg_catalog.text)', 'pg_blocking_pids(int)'],
      ...['set_config(pg_catalog.text, pg_catalog.text, boolean)', 'quote_ident(pg_catalog.text)'],
      ...['hashtext(pg_catalog.text)', 'format(pg_catalog.text)', 'left(pg_catalog.text, int)', 'sha256(pg_catalog.bytea)'],
    ].map(
      (signature) => `create function evil.${signature} returns boolean language plpgsql as
        $$ begin raise exception 'planted: ${signature}'; end $$`,
    ),
    operators: [
      ...['pg_catalog.text', 'int', 'bigint', 'pg_catalog.oid', 'pg_catalog.name', 'boolean'].flatMap((type, at) => [
        `create function evil.boom_${at}(${type}, ${type}) returns boolean language plpgsql as
          $$ begin raise exception 'planted: operator of ${type}'; end $$`,
        `create operator evil.= (leftarg = ${type}, rightarg = ${type}, function = evil.boom_${at})`,
        `create operator evil.<> (leftarg = ${type}, rightarg = ${type}, function = evil.boom_${at})`,
      ]),
    ],
    types: ['text', 'timestamptz', 'uuid', 'regclass', 'name', 'oid'].map(
      (type) => `create domain evil.${type} as int constraint planted check (value is null)`,
    ),
  };
  for (const [title, statements] of Object.entries(planted))
    it(
      `${title}: none of them is used, and the books are where they should be`,
      inCase(async (the) => {
        await the.execute(['create schema evil', ...statements, 'grant usage on schema evil to public'].join(';\n'));
        await the.execute(
          `alter role runner in database ${the.database.name} set search_path = evil, public, pg_catalog`,
        );
        const first = the.write('first', { up: ['create table public.mine (id int)'], down: ['drop table public.mine'] });
        const second = the.write('second', {
          transactional: false,
          up: ['create index concurrently mine_id on public.mine (id)'],
          down: ['drop index concurrently public.mine_id'],
        });
        exits(await the.run('up'), 0);
        for (const command of ['up', 'current', 'status', 'journal']) exits(await the.run(command), 0, command);
        exits(await the.run('down'), 0);
        exits(await the.run('up'), 0);
        const ledger = await the.values('select name from public.mikro_orm_migrations order by id');
        assert.deepEqual(ledger, [first, second]);
      }),
    );
});

describe('What a revision leaves behind in its session', { concurrency: 2 }, () => {
  const look = `insert into public.seen (what) select current_setting('search_path') || ' ' || current_user || ' ' ||
    current_setting('statement_timeout') || ' ' || current_setting('work_mem') || ' ' || current_setting('timezone') || ' ' ||
    current_setting('default_transaction_isolation') || ' ' || current_setting('session_replication_role') || ' ' ||
    coalesce(current_setting('my.own', true), '') || ' ' ||
    (select count(*) from pg_catalog.pg_locks where locktype = 'advisory' and pid = pg_backend_pid()) || ' ' ||
    (select count(*) from pg_catalog.pg_prepared_statements where name like 'left%') || ' ' ||
    coalesce(pg_catalog.to_regclass('pg_temp.seen')::text, 'no temporary table')`;
  const leaves = [
    'create schema elsewhere',
    'set search_path = elsewhere, public',
    `set statement_timeout = '1h'`,
    `set work_mem = '8MB'`,
    `set timezone = 'Asia/Tokyo'`,
    `set default_transaction_isolation = 'serializable'`,
    `set my.own = 'left'`,
    'select pg_advisory_lock(42)',
    'create temporary table seen (n serial, what text)',
    'prepare left_one as select 1',
  ];
  for (const transactional of [true, false])
    it(
      `${transactional ? 'in' : 'outside of'} a transaction: the next revision sees none of it, and its tables land where they should`,
      inCase(async (the) => {
        the.write('seen', { up: ['create table public.seen (n serial, what text)', look] });
        the.write('leaves', { transactional, up: leaves });
        the.write('next', { up: [look, 'create table landed (id int)'] });
        exits(await the.run('up'), 0);
        const [before, after] = await the.values('select what from public.seen order by n');
        assert.ok(before);
        assert.equal(after, before);
        assert.deepEqual(await the.values(`select relnamespace::regnamespace::text from pg_class where relname = 'landed'`), ['public']);
        assert.equal(await the.value('select count(*)::int from mikro_orm_migrations'), 3);
      }),
    );

  for (const transactional of [true, false])
    it(
      `SET ROLE ${transactional ? 'in' : 'outside of'} a transaction, to one that may not write the books: recorded, and the next revision is itself again`,
      inCase(async (the) => {
        const role = await the.database.role();
        await the.execute(`grant "${role}" to runner`);
        the.write('seen', { up: ['create table seen (n serial, what text)'] });
        the.write('leaves', { transactional, up: [`set role "${role}"`] });
        the.write('next', { up: ['insert into seen (what) values (current_user)'] });
        exits(await the.run('up'), 0);
        assert.deepEqual(await the.values('select what from seen'), ['runner']);
        assert.equal(await the.value('select count(*)::int from mikro_orm_migrations'), 3);
      }),
    );

  it(
    'a settings of read only: the next revision can write',
    inCase(async (the) => {
      the.write('log', { up: ['create table log (n serial, what text)'] });
      the.write('leaves', { up: ['set default_transaction_read_only = on'] });
      the.write('next', { up: [`insert into log (what) values ('once')`] });
      exits(await the.run('up'), 0);
      assert.deepEqual(await the.values('select what from log'), ['once']);
    }),
  );

  for (const word of ['commit', 'rollback', 'COMMIT AND CHAIN', 'end', '/* sly */ abort'])
    it(
      `"${word}" among the statements of a transaction: nobody is told "rolled back" of what was kept, and nothing runs twice`,
      inCase(async (the) => {
        the.write('log', { up: ['create table log (n serial, what text)'] });
        exits(await the.run('up'), 0);
        const name = the.write('sly', {
          up: [`insert into log (what) values ('before')`, word, `insert into log (what) values ('after')`, 'select 1 / 0'],
        });
        const ended = await the.run('up');
        exits(ended, [1, 4]);
        const kept = await the.values('select what from log');
        if (kept.length > 0) assert.doesNotMatch(ended.said, /All of it was rolled back|nothing (of it )?was (run|kept)/i);
        the.edit(name, (text) => text.replace(/.*1 \/ 0.*\n/, '').replace(new RegExp(`.*"${word.replace(/[/*]/g, '\\$&')}".*\\n`), ''));
        const next = await the.run('up');
        exits(next, [0, 4]);
        if (next.exit === 0) assert.deepEqual(await the.values('select what from log order by n'), ['before', 'after']);
      }),
    );
});

passwordStaysHidden();
