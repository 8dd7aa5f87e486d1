import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { changes } from './changed.ts';

describe('the diff of statements', () => {
  const table = 'create table a (\n  id int,\n  b text,\n  c text,\n  d text,\n  e text,\n  f text\n)';
  const cases: [string, string[], string[], string[]][] = [
    ['nothing', [], [], []],
    ['the same', ['a', 'b'], ['a', 'b'], []],
    ['a semicolon at the end, a blank statement', ['a;', 'b'], ['a', ' ; ', 'b ;;'], []],
    ['line endings', ['a\r\nb'], ['a\nb'], []],
    ['another statement', ['a', 'b'], ['a', 'c'], ['  a', '- b', '+ c']],
    ['one more', ['a'], ['a', 'b'], ['  a', '+ b']],
    ['one fewer', ['a', 'b'], ['b'], ['- a', '  b']],
    ['one cut in two', ['a\nb'], ['a', 'b'], ['- a', '+ a;', '  b;']],
    ['the order', ['a', 'b'], ['b', 'a'], ['- a', '  b', '+ a']],
    [
      'a line of one',
      [table],
      [table.replace('d text', 'd int')],
      ['  …', '    b text,', '    c text,', '-   d text,', '+   d int,', '    e text,', '    f text', '  )'],
    ],
    ['indentation, beside something else', ['a\n  b\nc'], ['a\n    b\nd'], ['  a', '      b', '- c', '+ d']],
    ['indentation alone', ['a\n  b'], ['a\n    b'], ['  a', '-   b', '+     b']],
    ['everything', ['a'], [], ['- a']],
  ];
  for (const [title, stored, current, expected] of cases)
    it(title, () => assert.deepEqual(changes(stored, current), expected));
});

it('shows 40 lines, and says how many more there are', () => {
  const statements = (word: string) => Array.from({ length: 100 }, (_, at) => `${word} ${at}`);
  const lines = changes(statements('a'), statements('b'));
  assert.equal(lines.length, 41);
  assert.equal(lines.at(-1), '  … and 160 more changed lines');
});

it('shows of a long line the part that differs', () => {
  const line = (value: string) => `insert into a values ${'(1), '.repeat(1000)}(${value})${', (2)'.repeat(1000)}`;
  const [removed = '', added = '', ...rest] = changes([line('old')], [line('new')]);
  assert.match(removed, /^- ….*\(old\), \(2\).*…$/);
  assert.match(added, /^\+ ….*\(new\), \(2\).*…$/);
  for (const line of [removed, added]) assert.ok(line.length < 170, `${line.length} characters`);
  assert.deepEqual(rest, []);
});

// Compared line by line with each other, these would not end.
it('20 MB that differ everywhere give no long message', () => {
  const lines = (word: string) =>
    Array.from({ length: 500_000 }, (_, at) => `insert into a values ('${word} ${at}')`).join(';\n');
  const found = changes(
    [`same;\n${lines('a')}`, 'x'.repeat(20_000_000)],
    [`same;\n${lines('b')}`, 'y'.repeat(20_000_000)],
  );
  const { length } = found.join('\n');
  assert.ok(length < 8000, `${length} characters`);
  assert.equal(found[0], '  same;');
  assert.match(found.at(-1) ?? '', /more changed lines$/);
});
