import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import type { TestEvent } from 'node:test/reporters';
import report from './reporter.ts';

const counts = { tests: 3, passed: 2, failed: 1, cancelled: 0, skipped: 0, todo: 0, suites: 0, topLevel: 3 };
const ended = (file: string | undefined, duration_ms: number, failed = 0) => ({
  type: 'test:summary',
  data: { file: file && resolve(file), duration_ms, success: failed === 0, counts: { ...counts, failed } },
});

test('a line for each file, what differed, the slowest first, and the number of cases', async () => {
  const cause = new assert.AssertionError({ actual: 1, expected: 2, operator: 'strictEqual' });
  const error = Object.assign(new Error('failed'), { code: 'ERR_TEST_FAILURE', failureType: 'testCodeFailure', cause });
  const failure = { name: 'counts', nesting: 0, testNumber: 1, file: resolve('a.test.ts'), details: { error } };
  const events = [
    { type: 'test:stderr', data: { file: 'a.test.ts', message: 'a warning\n' } },
    { type: 'test:fail', data: failure },
    ended('a.test.ts', 1500, 1),
    ended('b/b.test.ts', 62_040),
    ended(undefined, 63_000, 1),
  ] as unknown as TestEvent[];
  async function* stream() {
    yield* events;
  }
  let told = '';
  for await (const text of report(stream())) told += text;
  const [before = '', after = ''] = told.split('The slowest of 2 files');
  assert.match(before, /^a warning\n✖ {4}1\.5 {5}3 {2}a\.test\.ts\n✔ {3}62\.0 {5}3 {2}b\/b\.test\.ts\n/);
  assert.match(before, /counts[^]*1 !== 2/);
  assert.match(after, /cases each has:\n {4}62\.0 .*b\.test\.ts\n {5}1\.5 .*a\.test\.ts\n2 passed, 1 failed\n/);
});
