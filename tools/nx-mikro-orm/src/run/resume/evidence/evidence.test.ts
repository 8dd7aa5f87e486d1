import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Client } from 'pg';
import { until } from '../../../../test/until.ts';
import { emptyDatabase, sharedDatabase, withDatabase } from '../../../../test/database.ts';
import { evidence, type Evidence } from './evidence.ts';
import { dropInvalid, invalidIndexes } from './invalid.ts';

type Found = Evidence['found'];
interface Case {
  sql: string;
  /** What there was before. */
  given?: string;
  /** The evidence before the statement is sent, and after it took effect. */
  found: [before: Found, after: Found];
  /** Sent afterwards: what the server as a whole keeps. */
  clean?: string;
}

const table = 'create table t (id int, name text, at timestamptz)';
const parted = `create table p (id int) partition by range (id); create table q partition of p for values from (0) to (9)`;
const madeOnce: [Found, Found] = ['not-done', 'done'];
const always: [Found, Found] = ['repeatable', 'repeatable'];
const tolerant: [Found, Found] = ['not-done', 'repeatable'];
const never: [Found, Found] = ['unknown', 'unknown'];
const name = `n_${process.pid}`;

const cases: Case[] = [
  // — indexes
  { given: table, sql: 'create index concurrently i on t (id)', found: madeOnce },
  { given: table, sql: 'create unique index concurrently if not exists i on t (id)', found: tolerant },
  { given: table, sql: `create index concurrently i on t (lower(name)) where id > 0`, found: madeOnce },
  { given: table, sql: 'create index concurrently on t (id, name) include (at)', found: madeOnce },
  { given: `${table}; create index on t (name)`, sql: 'create index concurrently on t (id)', found: madeOnce },
  {
    given: `${table}; create index on t (id desc)`,
    sql: 'create index concurrently on t (id)',
    found: ['unknown', 'unknown'],
  },
  {
    given: `${table}; create index i on t (id)`,
    sql: 'create index concurrently if not exists i on t (name)',
    found: always,
  },
  {
    given: 'create schema "S"; create table "S"."T;" ("a b" int)',
    sql: 'create index concurrently "I""x" on "S"."T;" ("a b")',
    found: madeOnce,
  },
  { given: parted, sql: 'create index i on only p (id)', found: madeOnce },
  { given: `${table}; create index i on t (id)`, sql: 'drop index concurrently i', found: madeOnce },
  { given: `${table}; create index i on t (id)`, sql: 'drop index concurrently if exists public.i', found: tolerant },
  {
    given: `create schema a; create schema b; set search_path to a, b; create table a.t (id int); create table b.t (id int);
      create index i on a.t (id); create index i on b.t (id)`,
    sql: 'drop index concurrently i',
    found: ['not-done', 'unknown'],
  },
  { given: `${table}; create index i on t (id)`, sql: 'reindex index concurrently i', found: always },
  { given: table, sql: 'reindex table t', found: always },
  // — what can be said twice
  { given: table, sql: 'vacuum (analyze) t', found: always },
  { given: table, sql: 'analyze', found: always },
  {
    given: 'create materialized view m as select 1 as id; create unique index on m (id)',
    sql: 'refresh materialized view concurrently m',
    found: always,
  },
  { sql: 'set lock_timeout = 0', found: always },
  { sql: '-- nothing', found: always },
  {
    given: table,
    sql: 'alter table t set (fillfactor = 90), alter id set not null, alter name set default 1',
    found: always,
  },
  { sql: 'create or replace function f() returns int language sql as $$ select 1 $$', found: always },
  // — types and what has no schema
  { given: "create type e as enum ('a')", sql: "alter type e add value 'b''c' before 'a'", found: madeOnce },
  { given: "create type e as enum ('a')", sql: "alter type e add value if not exists 'b'", found: tolerant },
  { given: "create type e as enum ('a')", sql: "alter type e rename value 'a' to 'b'", found: madeOnce },
  { given: "create type e as enum ('a')", sql: 'drop type e', found: madeOnce },
  { sql: `create database ${name}`, found: madeOnce, clean: `drop database ${name}` },
  { given: `create database ${name}`, sql: `drop database ${name}`, found: madeOnce },
  {
    sql: `create tablespace ${name} location ''`,
    given: 'set allow_in_place_tablespaces = on',
    found: madeOnce,
    clean: `drop tablespace ${name}`,
  },
  {
    sql: `create subscription s connection '' publication p with (connect = false, slot_name = none)`,
    found: madeOnce,
    clean: 'drop subscription s',
  },
  { sql: 'create extension if not exists citext', found: tolerant },
  { sql: 'create schema "S x"', found: madeOnce },
  { given: 'create schema s', sql: 'drop schema s', found: madeOnce },
  // — tables
  { sql: 'create table t (id int)', found: madeOnce },
  { sql: 'create temporary table t (id int)', found: madeOnce },
  { sql: 'create table t as select 1 as id', found: madeOnce },
  {
    given: 'create schema a; create table public.t (); set search_path to a, public',
    sql: 'create table t (id int)',
    found: madeOnce,
  },
  { given: table, sql: 'drop table t', found: madeOnce },
  { given: `${table}; create table u ()`, sql: 'drop table if exists t, u cascade', found: tolerant },
  { given: table, sql: 'alter table t rename to u', found: madeOnce },
  { given: table, sql: 'alter table t rename column id to no', found: madeOnce },
  { given: table, sql: 'alter table t add column x int, add check (x > 0)', found: madeOnce },
  { given: table, sql: 'alter table t drop column id', found: madeOnce },
  { given: table, sql: 'alter table t alter id type bigint', found: always },
  { given: table, sql: 'alter table t alter id type bigint using id * 100', found: never },
  { given: table, sql: 'alter table t add constraint c check (id > 0) not valid', found: madeOnce },
  {
    given: `${table}; create unique index i on t (id)`,
    sql: 'alter table t add primary key using index i',
    found: madeOnce,
  },
  { given: table, sql: 'alter table t add primary key (id)', found: madeOnce },
  {
    given: `${table}; alter table t add constraint c check (id > 0) not valid`,
    sql: 'alter table t validate constraint c',
    found: madeOnce,
  },
  {
    given: `${table}; alter table t add constraint c check (id > 0)`,
    sql: 'alter table t drop constraint c',
    found: madeOnce,
  },
  {
    given: `${table}; alter table t add constraint c check (id > 0)`,
    sql: 'alter table t drop constraint c, add constraint c check (id > 1)',
    found: never,
  },
  { given: parted, sql: 'alter table p detach partition q concurrently', found: madeOnce },
  {
    given: `${parted}; create table r (id int)`,
    sql: 'alter table p attach partition r for values from (10) to (19)',
    found: madeOnce,
  },
  // — where nothing can tell
  { given: table, sql: 'insert into t values (1)', found: never },
  { given: table, sql: 'update t set id = id + 1', found: never },
  { given: 'create procedure f() language sql as $$ $$', sql: 'call f()', found: never },
  { sql: 'do $$ begin end $$', found: never },
  // — several statements are one transaction
  { given: table, sql: 'alter table t add x int; create index i on t (x)', found: madeOnce },
  { given: table, sql: 'alter table t add x int; insert into t (x) values (1)', found: madeOnce },
  { given: `${table}; create index i on t (id)`, sql: 'drop index i; create index i on t (id)', found: never },
  { given: table, sql: 'create table u (); begin; insert into t values (1); commit', found: never },
];

describe('evidence before and after', () => {
  const inDatabase = sharedDatabase(emptyDatabase);
  for (const { given, sql, found, clean } of cases)
    it(`${sql} (${found.join(' → ')})`, () =>
      inDatabase(async (client) => {
        if (given) for (const each of given.split(/;(?!")/)) await client.query(each);
        const before = await evidence(client, sql);
        await client.query(sql);
        const after = await evidence(client, sql);
        if (clean) await client.query(clean);
        assert.deepEqual([before.found, after.found], found, JSON.stringify([before, after]));
      }));

  it('what the server would refuse to read is unknown', () =>
    inDatabase(async (client) => {
      assert.equal((await evidence(client, 'create index concurrently')).found, 'unknown');
    }));
});

/** A second session, on the same database. */
async function withSession(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

const processOf = (client: Client) => (client as unknown as { processID: number }).processID;

const cancel = (client: Client, session: Client) => client.query('select pg_cancel_backend($1)', [processOf(session)]);

/** The server tells of an error before it shows the session as idle. */
const idle = (session: Client) => session.query('select');

describe('what a statement that broke off leaves behind', () => {
  it('a unique build over duplicates: an INVALID index, dropped and built again', () =>
    withDatabase(async (client) => {
      for (const [sql, index] of [
        ['create unique index concurrently "I;" on "T t" (id)', 'public."I;"'],
        ['create unique index concurrently on "T t" (id)', 'public."T t_id_idx"'],
        ['create unique index concurrently if not exists "I;" on "T t" (id)', 'public."I;"'],
      ] as const) {
        await client.query('create table "T t" as select 1 as id from generate_series(1, 2)');
        await assert.rejects(client.query(sql), /could not create unique index/);
        assert.deepEqual(await evidence(client, sql), { found: 'invalid-index', index });
        assert.equal(await dropInvalid(client, index), undefined);
        assert.deepEqual(await evidence(client, sql), { found: 'not-done' });
        await client.query('delete from "T t"');
        await client.query(sql);
        assert.match((await evidence(client, sql)).found, /done|repeatable/);
        await client.query('drop table "T t"');
      }
    }));

  it('a build that still runs on the server, and one under another text', () =>
    withDatabase((client, url) =>
      withSession(url, (reader) =>
        withSession(url, async (builder) => {
          await client.query('create table t as select 1 as id');
          await reader.query('begin isolation level repeatable read');
          await reader.query('select * from t');
          await client.query('insert into t values (2)');
          const long = `create index concurrently i on t (id) -- ${'é'.repeat(2000)}`;
          const building = builder.query(long);
          building.catch(() => undefined);
          await until(
            'the evidence',
            async () => (await evidence(client, 'create index i on t (id)')).found === 'running',
          );
          assert.equal((await evidence(client, long)).found, 'running');
          assert.deepEqual(await dropInvalid(client, 'public.i'), {
            why: 'building',
            pid: processOf(builder),
          });
          await reader.query('commit');
          await building;
          assert.deepEqual(await evidence(client, long), { found: 'done' });
          assert.deepEqual(await dropInvalid(client, 'public.i'), { why: 'valid' });
        }),
      ),
    ));

  it('a drop that was cancelled: the index is still there, and the drop is sent again', () =>
    withDatabase((client, url) =>
      withSession(url, (reader) =>
        withSession(url, async (dropper) => {
          await client.query('create table t (id int); create index i on t (id)');
          await reader.query('begin');
          await reader.query('select * from t');
          const sql = 'drop index concurrently i';
          const dropping = assert.rejects(dropper.query(sql), /canceling/);
          await until('the evidence', async () => (await invalidIndexes(client)).length === 1);
          assert.equal((await evidence(client, sql)).found, 'running');
          await cancel(client, dropper);
          await dropping;
          await idle(dropper);
          await reader.query('commit');
          assert.deepEqual(await evidence(client, sql), { found: 'not-done' });
          await client.query(sql);
          assert.deepEqual(await evidence(client, sql), { found: 'done' });
        }),
      ),
    ));

  for (const [other, ending] of [
    ['insert into t values (1)', 'ccnew'],
    ['select * from t', 'ccold'],
  ] as const)
    it(`a reindex that was cancelled: its copies (${ending}), and nothing else`, () =>
      withDatabase((client, url) =>
        withSession(url, (reader) =>
          withSession(url, async (builder) => {
            await client.query('create table t (id int primary key, name text); create index "n;" on t (name)');
            await reader.query('begin');
            await reader.query(other);
            const sql = 'reindex table concurrently t';
            const building = assert.rejects(builder.query(sql), /canceling/);
            await until(
              'the copy of the index',
              async () => (await client.query(`select from pg_class where relname = 'n;_${ending}'`)).rowCount === 1,
            );
            assert.equal((await evidence(client, sql)).found, 'running');
            await cancel(client, builder);
            await building;
            await idle(builder);
            await reader.query('commit');
            const left = await evidence(client, sql);
            assert.equal(left.found, 'leftover-indexes');
            const { indexes } = left;
            assert.deepEqual(indexes.filter((index) => !index.startsWith('pg_toast.')).sort(), [
              `public."n;_${ending}"`,
              `public.t_pkey_${ending}`,
            ]);
            for (const index of indexes) assert.equal(await dropInvalid(client, index), undefined);
            assert.deepEqual(await evidence(client, sql), { found: 'repeatable' });
          }),
        ),
      ));

  it('a partition that is half detached', () =>
    withDatabase((client, url) =>
      withSession(url, (reader) =>
        withSession(url, async (builder) => {
          await client.query(parted);
          await reader.query('begin');
          await reader.query('select * from p');
          const sql = 'alter table p detach partition q concurrently';
          const detaching = assert.rejects(builder.query(sql), /canceling/);
          await until(
            'a partition that is being detached',
            async () => (await client.query('select from pg_inherits where inhdetachpending')).rowCount === 1,
          );
          assert.equal((await evidence(client, sql)).found, 'running');
          await cancel(client, builder);
          await detaching;
          await idle(builder);
          await reader.query('commit');
          const found = await evidence(client, sql);
          assert.equal(found.found, 'unfinished-detach');
          const { finalize } = found;
          assert.deepEqual(await evidence(client, finalize), { found: 'not-done' });
          await client.query(finalize);
          assert.deepEqual(
            [await evidence(client, sql), await evidence(client, finalize)],
            [{ found: 'done' }, { found: 'done' }],
          );
        }),
      ),
    ));
});
