import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distance, nearest } from './nearest.ts';

const revisions = [
  'Migration20250801090000_create_teacher',
  'Migration20250805090000_create_invite_code',
  'Migration20250806090000_add_teacher_email',
];

test('distance counts edits, and a swap as one', () => {
  for (const [left, right, edits] of [
    ['', '', 0],
    ['', 'abc', 3],
    ['up', 'up', 0],
    ['chekc', 'check', 1],
    ['histroy', 'history', 1],
    ['kitten', 'sitting', 3],
  ] as const)
    assert.equal(distance(left, right), edits, `${left} ${right}`);
});

test('nearest finds what was meant, best first, three at most', () => {
  const commands = ['create', 'up', 'down', 'current', 'history', 'heads', 'check', 'fresh'];
  for (const [word, candidates, found] of [
    ['chekc', commands, ['check']],
    ['hist', commands, ['history']],
    ['upp', commands, ['up']],
    ['UP', commands, ['up']],
    ['', commands, []],
    ['zzzzzz', commands, []],
    ['invite', revisions, [revisions[1]]],
    ['create_invite_cod', revisions, [revisions[1]]],
    ['create_invit_code', revisions, [revisions[1]]],
    ['add_teacher_emial', revisions, [revisions[2]]],
    ['a', ['ab', 'ac', 'ad', 'ae'], ['ab', 'ac', 'ad']],
  ] as const)
    assert.deepEqual(nearest(word, candidates), found, word);
});
