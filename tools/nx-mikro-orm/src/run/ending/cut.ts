import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Project } from '../../config.ts';
import { problem, type Problem } from '../../errors.ts';
import type { Step } from '../../history/revision.ts';
import { ownPath } from '../../postgres/connect/own-path.ts';
import { open } from '../../postgres/connect/connect.ts';
import { StepFailure } from '../step/failure.ts';
import { readLedger } from '../../ledger/ledger.ts';

/** How long to try to reach the server again, and for the old session to end there. Milliseconds. */
const patience = 10_000;

/** Whether a session of an earlier moment still works in the server. */
export async function lives(client: Client, backend: number, since: Date): Promise<boolean> {
  const { rows } = await client.query(
    `select from pg_stat_activity where pid = $1 and backend_start <= $2 and application_name like 'nx-mikro-orm%'`,
    [backend, since],
  );
  return rows.length > 0;
}

/**
 * After the connection was cut: asks the server on a new one what became of the step, once the old session has ended
 * there. The ledger's row commits together with the revision, so it decides.
 */
export async function outcomeOf(
  project: Project,
  cut: { url: string; shown: string; backend: number; error: unknown; step: Step | undefined },
): Promise<Problem> {
  const failure = cut.error instanceof StepFailure ? cut.error : undefined;
  const step = failure?.step ?? cut.step;
  const facts = {
    database: cut.shown,
    name: step?.revision.name,
    direction: step?.direction ?? ('up' as const),
    message: cut.error instanceof Error ? cut.error.message : String(cut.error),
    sqlstate: failure?.sqlstate,
  };
  const since = new Date();
  const client = await again(cut.url);
  if (!client) return problem('connection-lost', { ...facts, outcome: 'unknown' }, cut.error);
  try {
    for (const began = Date.now(); await lives(client, cut.backend, since); await sleep(100))
      if (Date.now() - began > patience) return problem('connection-lost', { ...facts, outcome: 'unknown' }, cut.error);
    const names = (await readLedger(client, project)).map(({ name }) => name);
    const present = step !== undefined && names.includes(step.revision.name);
    const outcome = present === (facts.direction === 'up') ? 'done' : 'not-done';
    return problem('connection-lost', { ...facts, outcome }, cut.error);
  } catch (error) {
    return problem('connection-lost', { ...facts, outcome: 'unknown' }, error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** A new connection, as soon as the server accepts one again. */
async function again(url: string): Promise<Client | undefined> {
  for (const began = Date.now(); Date.now() - began < patience; await sleep(250)) {
    const client = await open(url, { timeoutMs: patience }).catch(() => undefined);
    if (client) {
      await client.query(ownPath({ local: false })).catch(() => undefined);
      return client;
    }
  }
  return undefined;
}
