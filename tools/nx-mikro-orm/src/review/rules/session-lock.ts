import { defineRule } from '../rule.ts';

export default defineRule({
  code: 'session-lock',
  class: 'tx_control',
  severity: 'warning',
  danger:
    'The lock outlives the transaction, and a session that waits for it stops concurrent builds: the server ends one of them as a deadlock.',
  instead: 'use pg_try_advisory_xact_lock, or leave locking to the runner',
  bad: ['select pg_advisory_lock(42)'],
  good: ['select pg_advisory_xact_lock(42)'],
  check: ({ statement: { text, type } }) =>
    ['SelectStmt', 'DoStmt'].includes(type) && /\bpg_(try_)?advisory_lock(_shared)?\s*\(/i.test(text)
      ? [{ message: 'a lock of the session stays after the transaction' }]
      : [],
});
