import { problem } from '../../errors.ts';
import type { LoadedStep } from '../../history/content.ts';
import type { Step } from '../../history/revision.ts';
import { leftSet } from '../../sql/left-set.ts';
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

/**
 * Stock MikroORM runs what is pending on one connection: what one migration sets, the next one works under. Here each begins
 * afresh, so where that would make something else of files that stock wrote, it is said. @throws session-carried
 */
export async function assertNothingCarried({ step, content }: LoadedStep, next: Step | undefined): Promise<void> {
  const { name, path, link } = step.revision;
  if (!next || step.direction === 'down' || link !== undefined || next.revision.link !== undefined) return;
  const [left] = await leftSet(content.up);
  if (!left) return;
  const [setting, statement] = left;
  throw problem('session-carried', { name, path, setting, statement, next: next.revision.name });
}
