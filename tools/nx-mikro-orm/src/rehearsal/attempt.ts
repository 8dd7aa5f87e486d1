/** Trying statements: what the server refuses leaves no trace, and the transaction goes on. */
import type { Client } from '../catalogue/index.ts';

/** Statements that belong together: all of them or none. */
export interface Piece {
  statements: readonly string[];
}

export type Refusal = Error & { code?: string; detail?: string };

/** How many pieces share a savepoint at most: each takes longer than the statements between them. */
const longestRun = 64;

/** One round over what is due, in order: what the server took, and what it refused. */
export async function tryAll<P extends Piece>(
  client: Client,
  due: readonly P[],
  onRefused: (piece: P, refusal: Refusal) => void,
): Promise<{ done: P[]; left: P[] }> {
  const done: P[] = [];
  const left: P[] = [];
  let size = longestRun;
  for (let at = 0; at < due.length;) {
    const run = due.slice(at, at + size);
    const failure = await attempt(client, run);
    if (!failure) {
      done.push(...run);
      at += run.length;
      size = Math.min(size * 2, longestRun);
      continue;
    }
    // What came before it was good, and is made again without it.
    const good = run.slice(0, failure.at);
    if (good.length > 0) {
      const again = await attempt(client, good);
      if (again) throw again.refusal;
    }
    done.push(...good);
    const piece = run[failure.at];
    if (piece) {
      left.push(piece);
      onRefused(piece, failure.refusal);
    }
    at += failure.at + 1;
    size = Math.max(1, size >> 1);
  }
  return { done, left };
}

/** Does a work after a `prelude`, of which some may fail, and takes back all that came of both. */
export async function trying<T>(client: Client, prelude: readonly string[], work: () => Promise<T>): Promise<T> {
  await client.query('savepoint question');
  for (const sql of prelude) await attempt(client, [{ statements: [sql] }]);
  const outcome = await work();
  await client.query('rollback to savepoint question');
  await client.query('release savepoint question');
  return outcome;
}

/** Whether the server would take statements as things are now. Nothing is left. */
export const wouldTake = (client: Client, statements: readonly string[]): Promise<boolean> =>
  trying(client, [], async () => (await attempt(client, [{ statements }])) === undefined);

/** Runs all of a run in a savepoint, or none; then it says which one the server did not accept. */
export async function attempt(
  client: Client,
  run: readonly Piece[],
): Promise<{ at: number; refusal: Refusal } | undefined> {
  await client.query('savepoint attempt');
  for (const [at, { statements }] of run.entries())
    try {
      for (const sql of statements) await client.query(sql);
    } catch (error) {
      await client.query('rollback to savepoint attempt');
      return { at, refusal: error as Refusal };
    }
  await client.query('release savepoint attempt');
  return undefined;
}
