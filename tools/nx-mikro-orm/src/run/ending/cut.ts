import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { problem, type Problem } from '../../errors.ts';
import type { Step } from '../../history/revision.ts';
import type { Books } from '../../ledger/bookkeeping.ts';
import { sendAll } from '../../postgres/connect/transaction.ts';
import { open } from '../../postgres/connect/connect.ts';
import { lives, ofBooks } from '../../postgres/session.ts';
import { StepFailure } from '../worker/failure.ts';
import { readLedger } from '../../ledger/ledger.ts';

/** How long to try to reach the server again, and for the old session to end there. Milliseconds. */
const patience = 10_000;

/**
 * After the connection was cut: asks the server on a new one what became of the step, once the old session has ended
 * there. The ledger's row commits together with the revision, so it decides.
 */
export async function outcomeOf(books: Books, cut: { error: unknown; step: Step | undefined }): Promise<Problem> {
  const facts = factsOf(books, cut);
  const unknown = (error: unknown) => problem('connection-lost', { ...facts, outcome: 'unknown' }, error);
  const session = { ...books, at: new Date() };
  const client = await again(books.url);
  if (!client) return unknown(cut.error);
  try {
    for (const began = Date.now(); await lives(client, session); await sleep(100))
      if (Date.now() - began > patience) return unknown(cut.error);
    const names = (await readLedger(client, books.project)).map(({ name }) => name);
    const present = facts.name !== undefined && names.includes(facts.name);
    const outcome = present === (facts.direction === 'up') ? 'done' : 'not-done';
    return problem('connection-lost', { ...facts, outcome }, cut.error);
  } catch (error) {
    return unknown(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function factsOf({ target }: Books, cut: { error: unknown; step: Step | undefined }) {
  const failure = cut.error instanceof StepFailure ? cut.error : undefined;
  const step = failure?.step ?? cut.step;
  return {
    database: target.shown,
    name: step?.revision.name,
    direction: step?.direction ?? ('up' as const),
    message: cut.error instanceof Error ? cut.error.message : String(cut.error),
    sqlstate: failure?.sqlstate,
  };
}

/** A new connection, as soon as the server accepts one again. */
async function again(url: string): Promise<Client | undefined> {
  for (const began = Date.now(); Date.now() - began < patience; await sleep(250)) {
    const client = await open(url, { timeoutMs: patience }).catch(() => undefined);
    if (client) {
      await Promise.all(sendAll(client, ofBooks)).catch(() => undefined);
      return client;
    }
  }
  return undefined;
}
