import { isConcurrent } from '../../sql/kind.ts';
import { rule } from '../rule.ts';

export default rule({
  code: 'impatient-build',
  class: 'not_retryable',
  severity: 'warning',
  danger:
    'A concurrent build waits for every older transaction, and that counts as waiting for a lock: with a time-out it fails on a busy server, and leaves an INVALID index.',
  instead: 'set lock_timeout to 0 for this statement',
  bad: [{ sql: "set lock_timeout = '2s'; create index concurrently teacher_name on teacher (name)", autocommit: true }],
  good: [{ sql: 'set lock_timeout = 0; create index concurrently teacher_name on teacher (name)', autocommit: true }],
  check: ({ statement, lockTimeoutMs }) =>
    isConcurrent(statement) && lockTimeoutMs > 0
      ? [
          {
            message: `lock_timeout is ${lockTimeoutMs} ms here: the build gives up when a transaction elsewhere takes longer`,
          },
        ]
      : [],
});
