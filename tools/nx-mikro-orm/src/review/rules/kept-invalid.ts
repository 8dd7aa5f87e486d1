import { defineRule } from '../rule.ts';

export default defineRule({
  code: 'kept-invalid',
  class: 'not_retryable',
  severity: 'warning',
  danger:
    'A concurrent build that failed leaves an INVALID index under its name; `if not exists` finds it, does nothing and reports success.',
  instead: 'leave `if not exists` out, and drop an invalid index before the build; `up` does that by itself',
  bad: [{ sql: 'create index concurrently if not exists teacher_name on teacher (name)', autocommit: true }],
  good: [
    { sql: 'create index concurrently teacher_name on teacher (name)', autocommit: true },
    'create table if not exists note (id bigint)',
  ],
  check: ({ statement: { type, node } }) =>
    type === 'IndexStmt' && node.concurrent && node.if_not_exists
      ? [{ message: 'where the build failed before, this keeps the INVALID index and reports success' }]
      : [],
});
