import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checksumOf, type Meaning } from './meaning.ts';

const revision: Meaning = {
  up: ['create table a (id int)', `comment on table a is 'A'`],
  down: ['drop table a'],
  transactional: true,
  code: undefined,
};
const changed = (change: Partial<Meaning>) => checksumOf({ ...revision, ...change });

describe('the checksum of a meaning', () => {
  it('is the one that ledgers hold', () => {
    // If this fails, every revision that is applied anywhere looks edited.
    assert.equal(checksumOf(revision), 'b5daefab2f20a870d3dc270a84f4c45b09e5306913d3a5ba608a5687c8007bf8');
    assert.equal(
      checksumOf({ up: [], down: undefined, transactional: false, code: 'x' }),
      'ab77f07de165d81bafbfe4ea4315153cc7bcb3c3545ee20557522da28be6d9fd',
    );
  });

  const same: [string, Partial<Meaning>][] = [
    ['a comment', { up: ['create table a (id int) -- why', ...revision.up.slice(1)] }],
    ['formatting', { up: ['CREATE TABLE a\r\n(\r\n  id INT\r\n);', ...revision.up.slice(1)] }],
    ['a blank statement', { up: ['', ...revision.up, ' ; -- x'], down: ['drop table a', '/* */'] }],
  ];
  for (const [title, change] of same)
    it(`does not change with ${title}`, () => assert.equal(changed(change), checksumOf(revision)));

  const other: [string, Partial<Meaning>][] = [
    ['a statement', { up: ['create table a (id bigint)', ...revision.up.slice(1)] }],
    ['a text', { up: [revision.up[0] ?? '', `comment on table a is 'a'`] }],
    ['the order', { up: revision.up.toReversed() }],
    ['a statement fewer', { up: revision.up.slice(1) }],
    ['the way down', { down: ['drop table a cascade'] }],
    ['an empty way down', { down: [] }],
    ['no way down', { down: undefined }],
    ['the transaction', { transactional: false }],
    ['code', { code: '' }],
    ['a statement that went from up to down', { up: [], down: [...revision.up, 'drop table a'] }],
  ];
  for (const [title, change] of other)
    it(`changes with ${title}`, () => assert.notEqual(changed(change), checksumOf(revision)));
  it('is another one for each of these', () =>
    assert.equal(new Set(other.map(([, change]) => changed(change))).size, other.length));
});
