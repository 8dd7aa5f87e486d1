import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inCase } from './apparatus/case.ts';
import { exits } from './apparatus/runner.ts';
import { passwordStaysHidden } from './apparatus/secrecy.ts';

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
      ...[
        'hashtext(pg_catalog.text)',
        'format(pg_catalog.text)',
        'left(pg_catalog.text, int)',
        'sha256(pg_catalog.bytea)',
      ],
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
        const first = the.write('first', {
          up: ['create table public.mine (id int)'],
          down: ['drop table public.mine'],
        });
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
        assert.ok(before, 'nothing was seen before');
        assert.equal(after, before);
        assert.deepEqual(
          await the.values(`select relnamespace::regnamespace::text from pg_class where relname = 'landed'`),
          ['public'],
        );
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
    'a setting of read only: the next revision can write',
    inCase(async (the) => {
      the.write('log', { up: ['create table log (n serial, what text)'] });
      the.write('leaves', { up: ['set default_transaction_read_only = on'] });
      the.write('next', { up: [`insert into log (what) values ('once')`] });
      exits(await the.run('up'), 0);
      assert.deepEqual(await the.values('select what from log'), ['once']);
    }),
  );

  for (const [title, transactional, code] of [
    ['in a transaction', true, false],
    ['in a transaction, by code', true, true],
    ['outside of one', false, false],
    ['outside of one, by code', false, true],
  ] as const)
    it(
      `"reset all" ${title}: applied, and what comes after it still has our limits, and none of the role’s`,
      inCase(async (the) => {
        await the.execute(`alter role runner in database ${the.database.name} set statement_timeout = '1h'`);
        the.write('log', { up: ['create table log (n serial, what text)'] });
        const shown = ['lock_timeout', 'statement_timeout', 'row_security'].map((one) => `current_setting('${one}')`);
        const texts = [
          'set statement_timeout = 77',
          'reset all',
          `insert into log (what) values (concat_ws(' ', ${shown}))`,
        ];
        const sent = texts.map((sql) => `await this.execute(${JSON.stringify(sql)});`).join(' ');
        the.write('resets', { transactional, ...(code ? { body: `override async up() { ${sent} }` } : { up: texts }) });
        the.write('next', { up: ['create table next (id int)'] });
        exits(await the.run('up', '--lock-timeout', '3'), 0);
        const limit = transactional || !code ? '3s' : '0';
        assert.deepEqual(await the.values('select what from log'), [`${limit} 0 off`]);
      }),
    );

  for (const word of ['commit', 'rollback', 'COMMIT AND CHAIN', 'end', '/* sly */ abort'])
    it(
      `"${word}" among the statements of a transaction: nobody is told "rolled back" of what was kept, and nothing runs twice`,
      inCase(async (the) => {
        the.write('log', { up: ['create table log (n serial, what text)'] });
        exits(await the.run('up'), 0);
        const name = the.write('sly', {
          up: [
            `insert into log (what) values ('before')`,
            word,
            `insert into log (what) values ('after')`,
            'select 1 / 0',
          ],
        });
        const ended = await the.run('up');
        exits(ended, [1, 4]);
        const kept = await the.values('select what from log');
        if (kept.length > 0)
          assert.doesNotMatch(ended.said, /All of it was rolled back|nothing (of it )?was (run|kept)/i);
        the.edit(name, (text) =>
          text.replace(/.*1 \/ 0.*\n/, '').replace(new RegExp(`.*"${word.replace(/[/*]/g, '\\$&')}".*\\n`), ''),
        );
        const next = await the.run('up');
        exits(next, [0, 4]);
        if (next.exit === 0) assert.deepEqual(await the.values('select what from log order by n'), ['before', 'after']);
      }),
    );
});

passwordStaysHidden();
