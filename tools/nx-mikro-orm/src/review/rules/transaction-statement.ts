import { transactionWord } from '../../sql/transaction.ts';
import type { Statement } from '../../sql/parse.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  code: 'transaction-statement',
  class: 'tx_control',
  severity: 'error',
  danger:
    'It ends or begins the transaction of whoever runs the file, so that half of it may be committed and nobody has recorded it.',
  instead: 'leave the transaction to what runs the file',
  bad: [
    'begin; alter table teacher add column code text; commit',
    { sql: 'begin; alter table teacher add column code text', autocommit: true },
  ],
  good: [
    { sql: 'begin; alter table teacher add column code text; commit', autocommit: true },
    'savepoint here; alter table teacher add column code text; release savepoint here',
  ],
  check: ({ all, number, autocommit }) => transactionFaults(all, autocommit).filter(({ at }) => at === number),
});

/** Statements that begin or end a transaction and should not, or are not followed by the other half. */
function transactionFaults(statements: readonly Statement[], autocommit: boolean): { at: number; message: string }[] {
  let open: number | undefined;
  const found: { at: number; message: string }[] = [];
  for (const [at, statement] of statements.entries()) {
    const word = transactionWord(statement);
    if (word === undefined || /savepoint/.test(word)) continue;
    if (!autocommit || /prepare/.test(word)) {
      found.push({
        at,
        message: `\`${word}\` is the runner's affair: it ${/begin|start/.test(word) ? 'begins' : 'ends'} a transaction`,
      });
      continue;
    }
    const begins = word === 'begin' || word === 'start transaction';
    if (begins && open !== undefined) found.push({ at, message: 'a transaction is open here already' });
    if (!begins && open === undefined) found.push({ at, message: `no transaction is open that \`${word}\` could end` });
    open = begins ? at : undefined;
  }
  if (open !== undefined)
    found.push({ at: open, message: 'nothing commits what begins here, so that it is rolled back' });
  return found;
}
