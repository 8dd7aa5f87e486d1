import assert from 'node:assert/strict';
import { test } from 'node:test';
import { margin, oneLine, shortened, wrapped } from './line.ts';

test('a long text is cut to its beginning, in whole characters', () => {
  assert.equal(shortened('short', 5), 'short');
  assert.equal(shortened('longer', 5), 'long…');
  // The fourth character takes two units, of which one would fit.
  assert.equal(shortened('abc😀de', 5), 'abc…');
  assert.equal(shortened('ab😀cde', 5), 'ab😀…');
});

test('a text in lines, broken between words', () => {
  assert.deepEqual(wrapped('one two three', 8), ['one two', 'three']);
  assert.deepEqual(wrapped('a-word-that-is-too-long b', 8), ['a-word-that-is-too-long', 'b']);
  assert.deepEqual(wrapped('', 8), ['']);
});

test('a text on one line, and one in the margin', () => {
  assert.equal(oneLine('  select 1,\n\t 2 '), 'select 1, 2');
  assert.equal(margin('select 1,\n  2'), '  | select 1,\n  |   2');
});
