import assert from 'node:assert/strict';
import { it } from 'node:test';
import { anonymous, summary } from './anonymous.ts';

const cases: [string, string, string][] = [
  ["insert into \"t 1\" values (1, 'a''b', -2.5e3, $1)", 'insert into "t 1" values (?, ?, -?, $1)', 'INSERT INTO'],
  [
    "update t2 set a = E'it\\'s', b = U&'x', c = b'01' where id = 0x1F",
    'update t2 set a = ?, b = ?, c = ? where id = ?',
    'UPDATE',
  ],
  ['do $body$ begin raise $$x$$; end $body$', 'do ?', 'DO'],
  ["select 1 -- Ann's number\n, /* 'x */ 2", 'select ? , ?', 'SELECT'],
  ["insert into t values ('never closed", 'insert into t values (?', 'INSERT INTO'],
  ['insert into t values ($x$ never closed', 'insert into t values (?', 'INSERT INTO'],
  [
    "create table t (id varchar(255) default 'x') -- why",
    "create table t (id varchar(255) default 'x')",
    'CREATE TABLE',
  ],
  [
    'create unique index\n  concurrently i on t (a)',
    'create unique index concurrently i on t (a)',
    'CREATE UNIQUE INDEX CONCURRENTLY',
  ],
  ["create role ann password 'geheim'", 'create role ann password ?', 'CREATE ROLE'],
  [
    "create table t (id int); insert into t values ('x')",
    'create table t (id int); insert into t values (?)',
    'CREATE TABLE',
  ],
  ["-- first\nalter type mood add value 'glad'", "alter type mood add value 'glad'", 'ALTER TYPE'],
  ["create table t (a text default '; x')", "create table t (a text default '; x')", 'CREATE TABLE'],
  ["insert into t values ('a'\n  'b', $1$$c$$, 1e5)", 'insert into t values (?, ?, ?)', 'INSERT INTO'],
  ['drop table t /* never closed', 'drop table t', 'DROP TABLE'],
  ['select 1 /* never closed', 'select ?', 'SELECT'],
  ["select * from t where id = $1 and note = U&'\\0061'", 'select * from t where id = $1 and note = ?', 'SELECT'],
  ['', '', 'SQL'],
];
for (const [sql, shown, kind] of cases)
  it(`${shown || 'nothing'}`, () => assert.deepEqual([anonymous(sql), summary(sql)], [shown, kind]));

it('cuts a long text, of whatever length', () => {
  const shown = anonymous(`insert into t values ${"(1, 'x'), ".repeat(2_000_000)}`);
  assert.match(shown, /^insert into t values .*…$/s);
  assert.ok(shown.length < 2_010, `${shown.length} characters`);
});
