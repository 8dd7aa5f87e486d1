import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Finding } from '../finding.ts';
import { briefOf } from './brief.ts';

const finding = (code: string, severity: Finding['severity']): Finding => ({
  code,
  class: 'table_rewrite',
  severity,
  statement: 'alter table teacher …',
  line: 1,
  column: 1,
  relation: 'teacher',
  lock: null,
  held: null,
  message: 'teacher is written anew; every read and write of it waits (AccessExclusiveLock)',
  instead: 'add a new column that nothing computes, fill it in batches, and let the application change over',
});

describe('findings in brief', () => {
  it('are counted, the worst first, within 80 columns', () => {
    const lines = briefOf([finding('second', 'note'), finding('first', 'error')], 'lint');
    assert.equal(lines[0], 'findings 1 error, 1 note');
    assert.match(lines[1] ?? '', /^error    first: teacher is written anew; /);
    assert.deepEqual(
      lines.filter((line) => line.length > 80),
      [],
    );
    assert.ok(lines.findIndex((line) => line.includes('second')) > lines.findIndex((line) => line.includes('first')));
  });

  it('are left to lint where they are many, and none is said so', () => {
    const many = Array.from({ length: 9 }, (_, at) => finding(`rule-${at}`, 'warning'));
    assert.equal(
      briefOf(many, 'npx nx run migrations:lint x').at(-1),
      '         and 3 more: npx nx run migrations:lint x',
    );
    assert.deepEqual(briefOf([], 'lint'), ['findings none']);
  });
});
