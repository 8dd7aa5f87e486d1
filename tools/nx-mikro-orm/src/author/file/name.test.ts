import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isIdentifier } from '../../text/identifier.ts';
import { nextName, slugOf } from './name.ts';

const slugs: [string, string][] = [
  ['Create invite_code table', 'create_invite_code_table'],
  ["  it's   done!  ", 'it_s_done'],
  ['Éclair, Žluťoučký, Nguyễn', 'eclair_zlutoucky_nguyen'],
  ['建立邀請碼資料表', '建立邀請碼資料表'],
  ['教師 の がくせい 학생', '教師_の_がくせい_학생'],
  ['Свой йогурт', 'свой_йогурт'],
  ['ชื่อผู้เรียน हिन्दी', 'ชื่อผู้เรียน_हिन्दी'],
  ['H₂O ½ ①', 'h2o_1_2_1'],
  ['🎓 …', ''],
  ['../../etc/passwd\u0000', 'etc_passwd'],
];

for (const [message, slug] of slugs)
  test(`the file of ${JSON.stringify(message)}`, () => assert.equal(slugOf(message), slug));

test('a name is no longer than a file system takes, and a class can be called so', () => {
  for (const one of ['a', 'é', '邀', '𠮷', 'ช', '한']) {
    const name = nextName(slugOf(`${one} `.repeat(300) + one.repeat(300)), []);
    assert.ok(Buffer.byteLength(`.${name}.ts.draft`) <= 255, name);
    assert.ok(name.isWellFormed() && isIdentifier(name), name);
  }
});

test('a revision comes after every other by name, also when the clock is behind', () => {
  const now = new Date('2026-01-31T23:59:59Z');
  assert.equal(nextName('a', [], now), 'Migration20260131235959_a');
  assert.equal(nextName('', ['Migration20260131235959_a', 'other'], now), 'Migration20260201000000');
});
