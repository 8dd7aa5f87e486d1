import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listAt, tokensOf, valueOf } from './tokens.ts';

const cases: [sql: string, tokens: string[]][] = [
  ['select A."B""c"', ['word select', 'word A', 'mark .', 'name "B""c"']],
  [
    "E'it\\'s' || U&'x' || $a$ $$ $a$",
    ["text E'it\\'s'", 'operator ||', "text U&'x'", 'operator ||', 'text $a$ $$ $a$'],
  ],
  ["'a'\n 'b' -- c\n /* d /* e */ */ ;", ["text 'a'\n 'b'", 'mark ;']],
  ['$1 + 1.5e3 - .5', ['parameter $1', 'operator +', 'number 1.5e3', 'operator -', 'number .5']],
  ['a::int[] != 1a', ['word a', 'mark ::', 'word int', 'mark [', 'mark ]', 'operator !=', 'number 1a']],
  ["$1$$secret$$ 1'x'", ['text $1$$secret$$', 'number 1', "text 'x'"]],
  ["x 'never closed", ['word x', "open 'never closed"]],
  ['x /* never closed', ['word x', 'open /* never closed']],
  ["'a'\n'never closed", ["open 'a'\n'never closed"]],
];

for (const [sql, tokens] of cases)
  test(`tokens of ${JSON.stringify(sql)}`, () =>
    assert.deepEqual(
      tokensOf(sql).map(({ kind, text }) => `${kind} ${text}`),
      tokens,
    ));

test('what tokens stand for', () => {
  const values = tokensOf(`Foo "Foo""x" 'it''s' E'it\\'s' 12 ( '' + 'a'\n'b'`).map(valueOf);
  assert.deepEqual(values, ['foo', 'Foo"x', "it's", undefined, undefined, undefined, '', undefined, undefined]);
});

test('lists in brackets', () => {
  const parts = (sql: string, open: number) =>
    listAt(tokensOf(sql), open)?.parts.map(({ from, end }) => sql.slice(from, end));
  assert.deepEqual(parts(`f(a, (b, c), '),', d[1, 2])`, 1), ['a', ' (b, c)', " '),'", ' d[1, 2]']);
  assert.deepEqual(parts('f()', 1), ['']);
  for (const [sql, open] of [
    ['f(a, b', 1],
    ['f(a)', 0],
    ['f(a)', -1],
  ] as const)
    assert.equal(parts(sql, open), undefined, `${sql} at ${open}`);
});
