import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inCase, type Case } from './apparatus/case.ts';
import { closeGate, waitsFor } from './apparatus/gate.ts';
import { until } from './apparatus/patience.ts';
import { exits } from './apparatus/runner.ts';
import { passwordStaysHidden } from './apparatus/secrecy.ts';

/** A table with rows, and a revision that builds an index on it concurrently. */
async function withIndex(the: Case, statement = 'create unique index concurrently once on things (code)') {
  const things = the.write('things', {
    up: ['create table things (code int)', 'insert into things select n from generate_series(1, 100) n'],
  });
  exits(await the.run('up'), 0);
  const name = the.write('index', {
    transactional: false,
    up: [statement],
    down: ['drop index concurrently if exists once'],
  });
  return { things, name };
}

const indexes = (the: Case) =>
  the.values(
    `select c.relname || case when indisvalid then '' else ' INVALID' end from pg_index join pg_class c on c.oid = indexrelid
     where indrelid = 'things'::regclass order by 1`,
  );
const isRecorded = (the: Case, name: string) =>
  the.value('select count(*)::int from mikro_orm_migrations where name = $1', [name]);

describe('An index that is built concurrently', { concurrency: 2 }, () => {
  it(
    'over duplicates: exit 1 with the key, again exit 1 while they are there, and after they are gone one valid index',
    inCase(async (the) => {
      const { name } = await withIndex(the);
      await the.execute('insert into things values (7)');
      for (const time of ['first', 'second']) {
        const ended = await the.run('up');
        exits(ended, 1, time);
        assert.match(ended.said, /23505/);
        assert.match(ended.said, /\(code\)=\(7\)/);
        assert.doesNotMatch(ended.said, /All of it was rolled back/);
        assert.equal(await isRecorded(the, name), 0);
      }
      await the.execute('delete from things where ctid = (select max(ctid) from things where code = 7)');
      exits(await the.run('up'), 0);
      assert.deepEqual(await indexes(the), ['once']);
      assert.equal(await isRecorded(the, name), 1);
    }),
  );

  it(
    'while an old transaction lives: it waits for that one, whatever the lock time-out, and is valid in the end',
    inCase(async (the) => {
      await withIndex(the);
      const old = await closeGate(the.database, 'insert into things values (0)');
      const runner = the.start(['up', '--lock-timeout', '0.2', '--retry-for', '1']);
      await runner.until(waitsFor(the.database, 'create unique index concurrently'));
      await the.value('select pg_sleep(1.5)');
      assert.deepEqual(await indexes(the), ['once INVALID']);
      await old.open();
      exits(await runner.ended, 0);
      assert.deepEqual(await indexes(the), ['once']);
    }),
  );

  for (const clause of ['', 'if not exists '])
    it(
      `where somebody left an INVALID one of that name${clause && ', and the statement says "if not exists"'}: a valid one in the end`,
      inCase(async (the) => {
        const statement = `create unique index concurrently ${clause}once on things (code)`;
        const { name } = await withIndex(the, statement);
        await the.execute('alter table things owner to postgres');
        await the.execute('insert into things values (7)');
        await assert.rejects(the.execute('create unique index concurrently once on things (code)'), /once/);
        await the.execute('delete from things where ctid = (select max(ctid) from things where code = 7)');
        await the.execute('alter table things owner to runner');
        assert.deepEqual(await indexes(the), ['once INVALID']);
        const ended = await the.run('up');
        // Mended, or refused: but never recorded with an index that the planner does not use.
        exits(ended, [0, 1, 4]);
        if (ended.exit === 0) assert.deepEqual(await indexes(the), ['once']);
        else {
          assert.match(ended.said, /invalid/i);
          assert.match(ended.said, /drop index/i);
          assert.equal(await isRecorded(the, name), 0);
        }
      }),
    );

  it(
    'where a valid but different one of that name exists: exit 1, and it is left alone',
    inCase(async (the) => {
      const { name } = await withIndex(the);
      await the.execute('create index once on things (code desc)');
      const ended = await the.run('up');
      exits(ended, 1);
      assert.match(ended.said, /42P07/);
      assert.equal(await isRecorded(the, name), 0);
      assert.match(String(await the.value(`select pg_get_indexdef('once'::regclass)`)), /code DESC/);
    }),
  );

  it(
    'waited for by five runners: no deadlock, one valid index, and all exit 0',
    inCase(async (the) => {
      await withIndex(the);
      const old = await closeGate(the.database, 'insert into things values (0)');
      const builder = the.start(['up']);
      await builder.until(waitsFor(the.database, 'create unique index concurrently'));
      const waiting = Array.from({ length: 5 }, () => the.start(['up']));
      for (const each of waiting) {
        const query = `select true from pg_stat_activity where application_name like '%pid ${each.pid}'`;
        await each.until(until(`runner ${each.pid} waits`, () => the.value(query)));
      }
      // Longer than deadlock_timeout (1 s): the server has looked.
      await the.value('select pg_sleep(1.3)');
      await old.open();
      for (const { ended } of [builder, ...waiting]) exits(await ended, 0);
      assert.deepEqual(await indexes(the), ['once']);
    }),
  );

  it(
    'that is rebuilt, and its runner is killed: the leftover goes, the index stays valid',
    inCase(async (the) => {
      await withIndex(the);
      exits(await the.run('up'), 0);
      the.write('again', { transactional: false, up: ['reindex index concurrently once'] });
      const old = await closeGate(the.database, 'insert into things values (0)');
      const runner = the.start(['up']);
      const worker = await runner.until(waitsFor(the.database, 'reindex'));
      await runner.kill();
      await the.value('select pg_terminate_backend($1)', [worker]);
      await old.open();
      assert.equal((await indexes(the)).length, 2);
      exits(await the.run('up'), 0);
      assert.deepEqual(await indexes(the), ['once']);
    }),
  );

  it(
    'whose runner is killed on the way down: the next down ends it',
    inCase(async (the) => {
      const { name, things } = await withIndex(the);
      exits(await the.run('up'), 0);
      const reader = await closeGate(the.database, 'select from things');
      const runner = the.start(['down']);
      const worker = await runner.until(waitsFor(the.database, 'drop index concurrently'));
      await runner.kill();
      await the.value('select pg_terminate_backend($1)', [worker]);
      await reader.open();
      assert.deepEqual(await indexes(the), ['once INVALID']);
      exits(await the.run('down', things), 0);
      assert.deepEqual(await indexes(the), []);
      assert.equal(await isRecorded(the, name), 0);
      exits(await the.run('up'), 0);
      assert.deepEqual(await indexes(the), ['once']);
    }),
  );
});

passwordStaysHidden();
