import { defineRule } from '../rule.ts';
import { sqlstate } from '../../sql/sqlstate.ts';
import { isTransactionless } from '../transactionless.ts';

export default defineRule({
  code: 'refuses-transaction',
  class: 'illegal_in_tx',
  severity: 'error',
  danger: 'PostgreSQL refuses the statement in a transaction, so that the whole file fails.',
  instead: 'give it a step of its own, outside of a transaction',
  bad: [
    'create index concurrently on teacher (name)',
    'vacuum teacher',
    "alter type mood add value 'calm'; update teacher set mood = 'calm' where id = 1",
  ],
  good: [{ sql: 'create index concurrently on teacher (name)', autocommit: true }, "alter type mood add value 'calm'"],
  check: ({ unit, refusesTransaction, statement, isApart, autocommit, failure }) => {
    if (failure?.code === sqlstate.activeSqlTransaction) return [{ message: sentence(failure.message) }];
    if (refusesTransaction && (unit.isTransaction || !isApart))
      return [{ message: sentence(refusesTransaction.message) }];
    if (!autocommit && isTransactionless(statement))
      return [{ message: 'PostgreSQL does not take this statement in a transaction; on scratch it was not run' }];
    return [];
  },
});

const sentence = (message: string): string => `it fails here: ${message}`;
