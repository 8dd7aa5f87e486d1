import type { Project } from '../../config.ts';
import type { Step } from '../../history/revision.ts';
import { isProblem } from '../../errors.ts';
import { open } from '../../postgres/connect/connect.ts';
import { outcomeOf } from './cut.ts';
import { stepEvent, type StepEvent } from '../events/events.ts';
import { isCut, said, stepOf } from '../step/failure.ts';
import type { Entry } from '../../ledger/journal.ts';
import type { Place } from '../request.ts';
import type { Booked } from '../step/worker.ts';

/** What is left to do when a run went wrong: finds out what became of it, notes it, tells it. Returns what to throw. */
export async function afterFailure(
  project: Project,
  { url, target }: Place,
  worker: Booked,
  failed: { error: unknown; next: Step | undefined; ran: number; started: number },
): Promise<unknown> {
  const { ran, started } = failed;
  const step = stepIn(worker, failed);
  const cut = isCut(failed.error);
  const { backend } = worker.books;
  const error = cut
    ? await outcomeOf(project, {
        url,
        shown: target.shown,
        backend,
        error: failed.error,
        step: stepOf(failed.error) ?? failed.next,
      })
    : failed.error;
  const { sqlstate, message } = said(error);
  const durationMs = performance.now() - started;
  const about = { revision: step?.revision, direction: step?.direction };
  await note(worker, url, { event: 'failed', ...about, durationMs, sqlstate, message });
  await closeSteps(worker, step, { sqlstate, message });
  await worker.emit({ type: 'ended', ok: false, ran, durationMs: performance.now() - started });
  return error;
}

/** The step that went wrong: one that was started, or one that was refused before; none when only a listener threw. */
function stepIn({ open }: Booked, { error, next }: { error: unknown; next: Step | undefined }): StepEvent | undefined {
  const culprit = stepOf(error);
  if (culprit) return stepEvent(culprit);
  const [first] = open.values();
  return first ?? (next && isProblem(error) ? stepEvent(next) : undefined);
}

/** Tells of every step that has not ended that it did not succeed; of the one that went wrong, last. */
export async function closeSteps(
  { open, emit }: Booked,
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
async function note({ books: { journal, lock } }: Booked, url: string, entry: Entry): Promise<void> {
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
