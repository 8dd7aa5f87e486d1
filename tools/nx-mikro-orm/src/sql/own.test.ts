import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOwn, ownText } from './own.ts';

test('only what was vouched for is our own, whatever another query looks like', () => {
  const vouched = ownText('select 1');
  assert.equal(isOwn(vouched), true);
  for (const other of ['select 1', { text: 'select 1' }, { ...vouched }, Object.create(vouched), undefined, null])
    assert.equal(isOwn(other), false);
  assert.throws(() => Object.assign(vouched, { text: 'drop database victim' }), TypeError);
});
