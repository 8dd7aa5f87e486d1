import assert from 'node:assert/strict';
import { test } from 'node:test';
import { counted, firstFew, plural } from './count.ts';

test('numbers read as they are said', () => {
  assert.equal(plural(1, 'One row is', 'rows are'), 'One row is');
  assert.equal(plural(1204, 'One row is', 'rows are'), '1 204 rows are');
  assert.deepEqual(
    [0, 1, 2].map((count) => counted(count, 'row')),
    ['no rows', '1 row', '2 rows'],
  );
});

test('of many names, the first, and how many there are besides', () => {
  const names = [...'abcdefgh'];
  assert.equal(firstFew(names.slice(0, 6)), 'a, b, c, d, e, f');
  assert.equal(firstFew(names), 'a, b, c, d and 4 more');
  assert.equal(firstFew([]), '');
});
