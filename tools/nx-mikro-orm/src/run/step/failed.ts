import type { LoadedStep } from '../../history/content.ts';
import type { Blocker } from '../../postgres/blockers.ts';
import { booksProblem } from '../../postgres/connect/connect.ts';
import { separate } from '../../sql/separate.ts';
import { StepFailure, isCut, problemOf } from '../worker/failure.ts';
import { passingState } from '../worker/retry.ts';
import type { Worker } from '../worker/worker.ts';

/** What a person is told of steps that went wrong together; what is no failure of theirs, as it is. */
export async function failedStep(
  worker: Worker,
  batch: readonly LoadedStep[],
  { error, blockers, spentMs }: { error: unknown; blockers: Blocker[]; spentMs: number },
): Promise<unknown> {
  const [head] = batch;
  if (!head || !(error instanceof StepFailure) || isCut(error)) return error;
  // What may pass is told as what it is: a lock that was not to be had.
  if (error.books && worker.books && passingState(error) === undefined)
    return booksProblem(error.cause, worker.books.target, error.step.revision.name);
  return problemOf(error, {
    blockers,
    spentMs,
    kept: head.content.transactional ? undefined : await keptOf(error, head),
    of: await countOf(error, batch),
    atomic: batch.length > 1,
    scratch: worker.scratch,
  });
}

/** How many statements the failed step has; undefined of code. */
async function countOf({ step }: StepFailure, batch: readonly LoadedStep[]): Promise<number | undefined> {
  const { content } = batch.find((one) => one.step === step) ?? {};
  if (!content || content.runsCode[step.direction]) return undefined;
  const statements = content[step.direction] ?? [];
  return content.transactional ? statements.length : (await separate(statements)).length;
}

/** What a step outside of a transaction leaves when it fails. */
async function keptOf({ statement }: StepFailure, { step, content }: LoadedStep): Promise<string> {
  const { length: of } = await separate(content[step.direction] ?? []);
  if (content.runsCode[step.direction]) return 'It runs code outside of a transaction: what that did before stays.';
  if (statement === undefined) return 'Its statements are done; only the ledger does not have it yet.';
  return `${statement - 1} of its ${of} statements are done and stay; the next \`${step.direction}\` continues at statement ${statement}.`;
}
