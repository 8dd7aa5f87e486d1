import { isConcurrent } from '../../sql/kind.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  code: 'impatient-build',
  class: 'not_retryable',
  severity: 'warning',
  danger:
    'A concurrent build waits for every older transaction, and that counts as waiting for a lock: with a time-out it fails on a busy server, and leaves an INVALID index. A limit on the statement does the same.',
  instead: 'set lock_timeout and statement_timeout to 0 for this statement',
  bad: [{ sql: "set lock_timeout = '2s'; create index concurrently teacher_name on teacher (name)", autocommit: true }],
  good: [{ sql: 'set lock_timeout = 0; create index concurrently teacher_name on teacher (name)', autocommit: true }],
  check: ({ statement, limits }) => {
    if (!isConcurrent(statement)) return [];
    const short = Object.entries(limits).filter(([name, ms]) => ms > 0 && (name === 'lock' || ms < patience));
    return short.map(([name, ms]) => ({
      message: `${name}_timeout is ${ms} ms here: the build gives up when it takes longer, and leaves an INVALID index`,
    }));
  },
});

/** A statement that may take so long was given the time that it needs. */
const patience = 30 * 60_000;
