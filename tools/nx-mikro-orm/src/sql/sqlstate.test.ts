import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOfClass, isSqlstate, isState, sqlstate } from './sqlstate.ts';

test('codes of the server, and codes of the system', () => {
  for (const code of ['23505', '57P01', 'XX000', 'P0001', 'HV00B', 'ABCDE']) assert.ok(isSqlstate(code), code);
  for (const code of ['EPIPE', 'EPERM', 'ECONNRESET', '', '2350', '23505 ']) assert.ok(!isSqlstate(code), code);
});

test('an error of one state, and of one class', () => {
  const duplicate = Object.assign(new Error('duplicate key'), { code: '23505' });
  assert.ok(isState(duplicate, sqlstate.duplicateTable, sqlstate.uniqueViolation));
  assert.ok(!isState(duplicate, sqlstate.duplicateTable));
  assert.ok(isOfClass(duplicate, 'dataException', 'integrityConstraintViolation'));
  assert.ok(!isOfClass(duplicate, 'dataException'));
  for (const other of [undefined, null, new Error('23505'), { code: 23 }])
    assert.ok(!isOfClass(other, 'dataException'));
});
