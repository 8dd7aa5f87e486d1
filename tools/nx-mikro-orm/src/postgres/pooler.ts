import type { Client } from 'pg';
import { problem } from '../errors.ts';
import { open } from './connect/connect.ts';

/**
 * Refuses a connection pooler that hands out another server session for each transaction: a lock that belongs to a
 * session protects nothing there, and settings end up in the sessions of others.
 *
 * A pooler shows by the process number that it gave at log-in, which is not the server's. Whether the session is ours
 * until we leave is tried out: behind a transaction pooler, a second connection that begins a transaction is given the
 * very session that ours just used, or ours is given another one meanwhile.
 * @throws transaction-pooler
 */
export async function insistOnOwnSession(
  client: Client,
  backend: number,
  options: { url: string; shown: string },
): Promise<void> {
  // `processID` is not in the types of pg, but is what its own cancellation uses.
  if ((client as unknown as { processID: number }).processID === backend) return;
  const refusal = () => problem('transaction-pooler', { database: options.shown });
  const other = await open(options.url);
  try {
    // A statement pooler refuses to begin.
    await other.query('begin').catch((error: unknown) => {
      throw problem('transaction-pooler', { database: options.shown }, error);
    });
    const [theirs, ours] = [await pidOf(other), await pidOf(client)];
    await other.query('commit');
    if (theirs === backend || ours !== backend || (await pidOf(client)) !== backend) throw refusal();
  } finally {
    await other.end();
  }
}

async function pidOf(client: Client): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>('select pg_catalog.pg_backend_pid() as pid');
  return rows[0]?.pid;
}
