import { isProblem } from '../../errors.ts';
import type { Step } from '../../history/revision.ts';
import type { Books } from '../../ledger/bookkeeping.ts';
import type { JournalEntry } from '../../ledger/journal.ts';
import { open } from '../../postgres/connect/connect.ts';
import { stepEvent, type StepEvent } from '../events/events.ts';
import { isCut, said, stepOf } from '../worker/failure.ts';
import type { Worker } from '../worker/worker.ts';
import { outcomeOf } from './cut.ts';

/** What is left to do when a run went wrong: finds out what became of it, notes it, tells it. Returns what to throw. */
export async function afterFailure(
  worker: Worker,
  books: Books,
  failed: { error: unknown; next: Step | undefined; ran: number; started: number },
): Promise<unknown> {
  const { ran, started } = failed;
  const step = stepIn(worker, failed);
  const error = isCut(failed.error)
    ? await outcomeOf(books, { error: failed.error, step: stepOf(failed.error) ?? failed.next })
    : failed.error;
  const { sqlstate, message } = said(error);
  const durationMs = performance.now() - started;
  const about = { revision: step?.revision, direction: step?.direction };
  const notices = step && worker.notices?.of(step.revision);
  await note(books, { event: 'failed', ...about, durationMs, sqlstate, message, notices });
  await closeSteps(worker, step, { sqlstate, message });
  await worker.emit({ type: 'ended', ok: false, ran, durationMs: performance.now() - started });
  return error;
}

/** The step that went wrong: one that was started, or one that was refused before; none when only a listener threw. */
function stepIn({ open }: Worker, { error, next }: { error: unknown; next: Step | undefined }): StepEvent | undefined {
  const culprit = stepOf(error);
  if (culprit) return stepEvent(culprit);
  const [first] = open.values();
  return first ?? (next && isProblem(error) ? stepEvent(next) : undefined);
}

/** Tells of every step that has not ended that it did not succeed; of the one that went wrong, last. */
export async function closeSteps(
  { open, emit }: Worker,
  culprit: StepEvent | undefined,
  why: { sqlstate: string | undefined; message: string },
): Promise<void> {
  if (!culprit) return;
  const others = [...open.values()].filter(({ revision }) => revision !== culprit.revision);
  const because = culprit.revision;
  const message = `rolled back together with ${because}`;
  for (const step of others) await emit({ type: 'failed', ...step, sqlstate: undefined, message, because });
  await emit({ type: 'failed', ...culprit, ...why });
}

/** A failure that cannot be noted is told all the same: what it says is worth more than its row. */
async function note({ journal, lock, url }: Books, entry: JournalEntry): Promise<void> {
  try {
    // What the revision set for its session does not reach the lock's.
    await journal.add(lock.client, entry).catch(async () => {
      const client = await open(url);
      await journal.add(client, entry).finally(() => client.end());
    });
  } catch {
    // The next run finds a run without an end, and says so.
  }
}
