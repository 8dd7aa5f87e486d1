import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { kindOf, type StatementKind } from './kind.ts';
import { transactionControl } from './transaction.ts';

describe('kind', () => {
  const cases: Record<StatementKind, string[]> = {
    concurrent: [
      'create index concurrently on a (b)',
      'create unique index concurrently if not exists i on s.a (lower(b)) where c > 1',
      'CREATE INDEX /* beside */ CONCURRENTLY i ON a (b);',
      'drop index concurrently if exists s.i',
      'reindex index concurrently i',
      'reindex (concurrently, verbose) table a',
      'reindex (concurrently on) table a',
      'reindex (concurrently 1) table a',
      'reindex (concurrently false, concurrently true) table a',
      'alter table p detach partition q concurrently',
      'refresh materialized view concurrently m',
      'select 1; create index concurrently i on a (b)',
    ],
    validate: [
      'alter table a validate constraint c',
      'alter table if exists s.a validate constraint c, validate constraint d',
      'alter domain d validate constraint c',
      'alter table a validate constraint c; alter table b validate constraint c;',
    ],
    ordinary: [
      'select 1',
      'create index i on a (b)',
      "comment on table a is 'built concurrently, then validate'",
      '-- not concurrently\ncreate index i on a (b)',
      'create index "concurrently" on a (b)',
      'reindex (concurrently off) table a',
      'reindex (concurrently 0) table a',
      'refresh materialized view m -- concurrently',
      'alter table p detach partition q finalize -- concurrently',
      'alter table a validate constraint c, add column x int',
      'alter table a validate constraint c; drop table b',
      'alter domain d add constraint c check (value > 0) not valid -- validate',
      '-- validate nothing',
    ],
    unknown: ['create index concurrently', 'validate'],
  };
  for (const [kind, texts] of Object.entries(cases))
    for (const sql of texts) it(`${kind}: ${JSON.stringify(sql)}`, async () => assert.equal(await kindOf(sql), kind));
});

describe('transaction control', () => {
  const cases: [sql: string, word: string | undefined][] = [
    ['begin', 'begin'],
    ['BEGIN ISOLATION LEVEL SERIALIZABLE;', 'begin'],
    ['start transaction', 'start transaction'],
    ['commit and chain', 'commit'],
    ['end', 'commit'],
    ['abort', 'rollback'],
    ['rollback;', 'rollback'],
    ['rollback to savepoint a', 'rollback to savepoint'],
    ['savepoint a', 'savepoint'],
    ['release a', 'release savepoint'],
    ["prepare transaction 'a'", 'prepare transaction'],
    ["commit prepared 'a'", 'commit prepared'],
    ["rollback prepared 'a'", 'rollback prepared'],
    ['drop table a;commit', 'commit'],
    ['drop table a; -- and now\n  commit', 'commit'],
    ['-- a comment of old Macintosh\rcommit', 'commit'],
    ['/* now */ commit', 'commit'],
    ['/* a /* nested */ one */ begin; select 1', 'begin'],
    ["select 'é'; savepoint a", 'savepoint'],
    ['prepare p as select 1', undefined],
    ['select 1', undefined],
    ["insert into a values ('; commit;')", undefined],
    ["insert into a values ('\ncommit\n')", undefined],
    ['do $$\nbegin\n  perform 1;\nend\n$$', undefined],
    ['create procedure p() language plpgsql as $x$\nbegin\n  insert into a values (1);\n  commit;\nend $x$', undefined],
    ['create function f() returns int begin atomic select 1; end', undefined],
    ['select case when true then 1\nend', undefined],
    ['-- commit\nselect 1', undefined],
    ['/*\ncommit\n*/ select 1', undefined],
    ['create table "begin" ()', undefined],
    // The server will say what is wrong with it.
    ['begin; selec', undefined],
  ];
  for (const [sql, word] of cases)
    it(`${JSON.stringify(sql)}: ${word ?? 'none'}`, async () => assert.equal(await transactionControl(sql), word));
});
