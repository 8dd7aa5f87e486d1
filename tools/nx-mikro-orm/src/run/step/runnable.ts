import { problem } from '../../errors.ts';
import type { LoadedStep } from '../../history/content.ts';
import { unsendable } from '../../sql/sendable.ts';
import { transactionControl } from '../../sql/transaction.ts';

/** What can be refused without a database. @throws not-atomic, irreversible, unsendable, transaction-control */
export async function assertRunnable({ step, content }: LoadedStep, atomic: boolean): Promise<void> {
  const { name, path } = step.revision;
  if (atomic && !content.transactional) throw problem('not-atomic', { name });
  const statements = content[step.direction];
  if (!statements) throw problem('irreversible', { name, direction: 'down', reason: content.irreversible ?? '' });
  for (const [at, sql] of statements.entries()) {
    const why = await unsendable(sql);
    if (why !== undefined) throw problem('unsendable', { name, path, statement: at + 1, why, sql });
    const word = await transactionControl(sql);
    if (word && (!content.transactional || !/savepoint/.test(word)))
      throw problem('transaction-control', { name, path, word, statement: sql });
  }
}
