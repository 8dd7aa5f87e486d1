/**
 * A revision of twelve statements of different kinds. Each touches an object of its own, so that another session can make
 * any one of them wait, and each leaves a trace that shows whether it ran never, once or twice.
 */
import assert from 'node:assert/strict';
import type { Database } from './database.ts';

export interface Statement {
  sql: string;
  /** What another session does, uncommitted, to make it wait in the server. */
  gate: string;
  /** True when nothing in the database can tell afterwards whether it ran. */
  untraceable?: boolean;
}

/** Before the revision: what its statements work on. */
export const ground = [
  'create table log_1 (n serial, what text)',
  'create table log_9 (n serial, what text)',
  'create table log_12 (n serial, what text)',
  'create table counter_2 (n int not null)',
  'insert into counter_2 values (0)',
  'create table latch_9 (id int)',
  'insert into latch_9 values (1)',
  ...[4, 5, 7, 10, 11].flatMap((n) => [
    `create table big_${n} (a int, b int)`,
    `insert into big_${n} select n, n from generate_series(1, 500) n`,
  ]),
  'create index stale_5 on big_5 (a)',
  `create type mood_6 as enum ('sad', 'ok')`,
  `create procedure twice_9() language plpgsql as $$ begin
     insert into log_9 (what) values ('first half');
     commit;
     perform from latch_9 for update;
     insert into log_9 (what) values ('second half');
     commit;
   end $$`,
];

const gates: string[] = [
  'lock table log_1 in share mode',
  'select from counter_2 for update',
  'create table made_3 (id int)',
  'insert into big_4 values (0, 0)',
  'select from big_5 limit 1',
  `alter type mood_6 add value 'other'`,
  'lock table big_7 in share update exclusive mode',
  `create function answer_8() returns int language sql as 'select 1'`,
  'select from latch_9 for update',
  'insert into big_10 values (0, 0)',
  'select from big_11 limit 1',
  'lock table log_12 in share mode',
];

const gated = (statements: string[]): Statement[] => statements.map((sql, at) => ({ sql, gate: gates[at] ?? '' }));

/** All in one transaction. */
export const transactional = gated([
  `insert into log_1 (what) values ('one')`,
  'update counter_2 set n = n + 1',
  'create table made_3 (id int)',
  'create index fresh_4 on big_4 (a)',
  'drop index stale_5',
  `alter type mood_6 add value 'brave'`,
  'analyze big_7',
  `create function answer_8() returns int language sql as 'select 42'`,
  `do $$ begin
     insert into log_9 (what) values ('first half');
     perform from latch_9 for update;
     insert into log_9 (what) values ('second half');
   end $$`,
  'create unique index once_10 on big_10 (b)',
  'alter table big_11 add column c int',
  `insert into log_12 (what) values ('twelve')`,
]);

/** Outside of a transaction: four of them could not run in one. */
export const bare: Statement[] = gated([
  ...transactional.slice(0, 3).map(({ sql }) => sql),
  'create index concurrently fresh_4 on big_4 (a)',
  'drop index concurrently stale_5',
  ...transactional.slice(5, 6).map(({ sql }) => sql),
  'vacuum big_7',
  ...transactional.slice(7, 8).map(({ sql }) => sql),
  'call twice_9()',
  'create unique index concurrently once_10 on big_10 (b)',
  ...transactional.slice(10).map(({ sql }) => sql),
]).map((statement) => (/^(vacuum|call)/.test(statement.sql) ? { ...statement, untraceable: true } : statement));

/** The traces of all twelve. */
async function traces({ value, values }: Database) {
  return {
    log_1: await values('select what from log_1 order by n'),
    counter_2: await value('select n from counter_2'),
    made_3: await value(`select to_regclass('made_3') is not null`),
    fresh_4: await value(`select indisvalid from pg_index where indexrelid = to_regclass('fresh_4')`),
    stale_5: await value(`select to_regclass('stale_5') is not null`),
    mood_6: await values(`select enumlabel::text from pg_enum order by enumsortorder`),
    answer_8: await value(`select count(*)::int from pg_proc where proname = 'answer_8'`),
    log_9: await values('select what from log_9 order by n'),
    once_10: await value(`select indisvalid from pg_index where indexrelid = to_regclass('once_10')`),
    big_11: await value(`select count(*)::int from pg_attribute where attrelid = 'big_11'::regclass and attname = 'c'`),
    log_12: await values('select what from log_12 order by n'),
    invalidIndexes: await value('select count(*)::int from pg_index where not indisvalid'),
    ledger: await values('select name from mikro_orm_migrations order by id'),
  };
}

/** Insists that every statement ran exactly once and that the ledger says so. */
export async function assertOnce(database: Database, name: string): Promise<void> {
  assert.deepEqual(await traces(database), {
    log_1: ['one'],
    counter_2: 1,
    made_3: true,
    fresh_4: true,
    stale_5: false,
    mood_6: ['sad', 'ok', 'brave'],
    answer_8: 1,
    log_9: ['first half', 'second half'],
    once_10: true,
    big_11: 1,
    log_12: ['twelve'],
    invalidIndexes: 0,
    ledger: [name],
  });
}

/** Insists that nothing of a transactional revision is in the database. */
export async function assertNothing(database: Database): Promise<void> {
  const { ledger, ...rest } = await traces({
    ...database,
    // There may be no ledger yet.
    values: (sql) => database.values(sql).catch(() => []),
  });
  assert.deepEqual(ledger, []);
  assert.deepEqual(rest, {
    log_1: [],
    counter_2: 0,
    made_3: false,
    fresh_4: undefined,
    stale_5: true,
    mood_6: ['sad', 'ok'],
    answer_8: 0,
    log_9: [],
    once_10: undefined,
    big_11: 0,
    log_12: [],
    invalidIndexes: 0,
  });
}
