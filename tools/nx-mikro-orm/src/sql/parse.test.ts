import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseStatements } from './parse.ts';

const texts = async (sql: string) => (await parseStatements(sql)).map(({ type, text }) => [type, text]);

describe('the statements of a text', () => {
  const cases: [sql: string, statements: string[][]][] = [
    ['', []],
    [' ;; -- nothing\n', []],
    ['select 1', [['SelectStmt', 'select 1']]],
    ['select 1;', [['SelectStmt', 'select 1']]],
    [
      '-- é\n  drop table a ;\n-- the other\nvacuum b -- and no more',
      [
        ['DropStmt', 'drop table a'],
        ['VacuumStmt', 'vacuum b -- and no more'],
      ],
    ],
    // Offsets are in bytes: two for é, three for 表, four for 🐘.
    [
      `comment on table "表🐘" is 'é;é'; drop table "é"; select '🐘'`,
      [
        ['CommentStmt', `comment on table "表🐘" is 'é;é'`],
        ['DropStmt', 'drop table "é"'],
        ['SelectStmt', `select '🐘'`],
      ],
    ],
    [
      `do $$ begin perform 1; end $$; begin`,
      [
        ['DoStmt', `do $$ begin perform 1; end $$`],
        ['TransactionStmt', 'begin'],
      ],
    ],
    ['select 1; selec 2', [['unknown', 'select 1; selec 2']]],
    ['select 1\0; drop table a', [['unknown', 'select 1\0; drop table a']]],
  ];
  for (const [sql, statements] of cases)
    it(JSON.stringify(sql), async () => assert.deepEqual(await texts(sql), statements));

  it('a text too deep for the parser is unknown, and the next one is read', async () => {
    const deep = `select ${'('.repeat(200_000)}1${')'.repeat(200_000)}`;
    assert.deepEqual(
      (await parseStatements(deep)).map(({ type }) => type),
      ['unknown'],
    );
    assert.deepEqual(await texts('drop table a'), [['DropStmt', 'drop table a']]);
  });
});
