import type { Writable } from 'node:stream';
import type { Client } from 'pg';

/**
 * Runs `work` in a transaction: all of it, or nothing. `begin` is what opens it, and may set something for its length.
 * A failure of the rollback is not told, as it can only add that the connection is gone.
 */
export async function inTransaction<T>(client: Client, work: () => Promise<T>, begin = 'begin'): Promise<T> {
  await client.query(begin);
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** Runs `work` in a transaction that keeps nothing; `begin` is what opens it. */
export async function rolledBack<T>(client: Client, begin: string, work: () => Promise<T>): Promise<T> {
  await client.query(begin);
  try {
    return await work();
  } finally {
    await client.query('rollback').catch(() => undefined);
  }
}

/** Puts statements on a connection without waiting for one before the next; each promise is an answer. */
export const sendAll = (client: Client, statements: readonly string[]): Promise<unknown>[] =>
  statements.map((sql) => client.query(sql));

/** What is sent before anything else has its turn goes out as one: a message each would cost a system call each. */
export function inOnePiece(client: Client): void {
  // Not in the types of pg; a socket, or TLS upon one.
  const { stream } = (client as unknown as { connection: { stream: Writable } }).connection;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

/** Sends nothing any more on a connection whose session is about to be ended: whoever asks there waits for that. */
export function holdBack(client: Client): void {
  client.query = (() => new Promise(() => undefined)) as never;
}
