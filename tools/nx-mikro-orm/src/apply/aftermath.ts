import type { Client } from 'pg';
import type { Project } from '../config.ts';
import type { Step } from '../history/revision.ts';
import { open } from './connect.ts';
import { outcomeOf } from './cut.ts';
import { stepEvent } from './events.ts';
import { isCut, said } from './failure.ts';
import type { Entry } from './journal.ts';
import type { Place } from './run.ts';
import type { Books, Worker } from './worker.ts';

export type Booked = Worker & { books: Books };

/** What is left to do when a run went wrong: finds out what became of it, notes it, tells it. Returns what to throw. */
export async function afterFailure(
  project: Project,
  { url, target, client }: Place,
  worker: Booked,
  failed: { error: unknown; step: Step | undefined; ran: number; started: number },
): Promise<unknown> {
  const { step, ran, started } = failed;
  const cut = isCut(failed.error);
  const error = cut
    ? await outcomeOf(project, { url, shown: target.shown, backend: worker.books.backend, error: failed.error, step })
    : failed.error;
  const { sqlstate, message } = said(error);
  await note(worker, cut ? url : client, {
    event: 'failed',
    revision: step?.revision.name,
    direction: step?.direction,
    durationMs: performance.now() - started,
    sqlstate,
    message,
  });
  if (step) await worker.emit({ type: 'failed', ...stepEvent(step), sqlstate, message });
  await worker.emit({ type: 'ended', ok: false, ran, durationMs: performance.now() - started });
  return error;
}

/** Ends the session of a run that somebody interrupts: a statement goes on in the server when its client is gone. */
export async function stopWork(url: string, worker: Booked): Promise<void> {
  const other = await open(url);
  try {
    await other.query('select pg_terminate_backend($1)', [worker.books.backend]);
    await worker.books.journal.add(other, { event: 'failed', message: 'stopped by a signal' });
  } finally {
    await other.end();
  }
}

/** A failure that cannot be noted is told all the same: what it says is worth more than its row. */
async function note({ books }: Booked, where: Client | string, entry: Entry): Promise<void> {
  try {
    if (typeof where !== 'string') return await books.journal.add(where, entry);
    const client = await open(where);
    await books.journal.add(client, entry).finally(() => client.end());
  } catch {
    // The next run finds a run without an end, and says so.
  }
}
