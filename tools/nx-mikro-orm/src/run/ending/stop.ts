import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Project } from '../../config.ts';
import { problem, type Problem } from '../../errors.ts';
import { closeSteps } from './aftermath.ts';
import type { Books } from '../../ledger/bookkeeping.ts';
import type { Worker } from '../worker/worker.ts';
import { open } from '../../postgres/connect/connect.ts';
import { sendAll } from '../../postgres/connect/transaction.ts';
import { endSession, lives, ofBooks } from '../../postgres/session.ts';
import { progressIn } from '../../ledger/earlier.ts';
import type { StepEvent } from '../events/events.ts';
import { readOpen } from '../../ledger/journal.ts';
import { readLedger } from '../../ledger/ledger.ts';

/** How long to wait for the server to end the session. Milliseconds; less than interrupt.ts has patience. */
const patience = 4_000;

/**
 * Ends a run that somebody interrupts: its session in the server first, as a statement goes on there when its client is
 * gone. Then the ledger is asked what became of the step, the journal is told, and whoever listens. Returns what to say.
 */
export async function stopWork(
  worker: Worker,
  books: Books,
  { ran, started, why }: { ran: () => number; started: number; why: string },
): Promise<Problem<'run-stopped'>> {
  const session = { ...books, at: new Date() };
  const [step] = worker.open.values();
  const steps = worker.open.size;
  const client = await open(books.url);
  try {
    await Promise.all(sendAll(client, ofBooks));
    await endSession(client, session);
    let living = true;
    for (const began = Date.now(); living && Date.now() - began < patience; living && (await sleep(50)))
      living = await lives(client, session);
    const outcome = living ? ({ outcome: 'unknown' } as const) : await outcomeOf(client, books.project, step);
    const message = why;
    const about = { revision: step?.revision, direction: step?.direction };
    await books.journal.add(client, { event: 'failed', ...about, message }).catch(() => undefined);
    await closeSteps(worker, step, { sqlstate: undefined, message });
    await worker.emit({ type: 'ended', ok: false, ran: ran(), durationMs: performance.now() - started });
    return problem('run-stopped', {
      before: ran(),
      name: step?.revision,
      steps,
      direction: step?.direction ?? 'up',
      ...outcome,
    });
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** What became of a step whose session has ended. */
async function outcomeOf(client: Client, project: Project, step: StepEvent | undefined) {
  if (!step) return { outcome: 'rolled-back' } as const;
  const names = (await readLedger(client, project)).map(({ name }) => name);
  if (names.includes(step.revision) === (step.direction === 'up')) return { outcome: 'done' } as const;
  const half = progressIn(await readOpen(client, project)).find(({ revision }) => revision === step.revision);
  if (!half) return { outcome: 'rolled-back' } as const;
  const { statement, sql } = half.open ?? {};
  return { outcome: 'partly', done: half.done.size, statement, sql } as const;
}
