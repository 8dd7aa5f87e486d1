import type { Client } from 'pg';
import type { Project } from '../config.ts';
import { problem } from '../errors.ts';
import { urlOf, type Target } from '../postgres/connect/connect.ts';
import { lives } from '../run/ending/cut.ts';
import { earlierIn } from './earlier.ts';
import { readOpen } from './journal.ts';
import { openBooks } from './open.ts';
import { withLock } from '../postgres/lock.ts';
import { asOurselves, openSession } from '../postgres/session.ts';
import { insistOnLock } from '../run/step/alone.ts';
import type { Books } from '../run/step/worker.ts';

export interface BookkeepingOptions {
  target: Target;
  /** What others that wait for the lock are told. */
  doing: string;
  onWaiting?: ((holder: string) => void) | undefined;
}

/** How to write into ledger and journal, for commands that run no revision. */
export interface Bookkeeping {
  client: Client;
  /** All of what `work` writes, or nothing. Ledger and journal are made when they are absent. @throws lock-lost */
  write: <T>(work: (books: Books) => Promise<T>) => Promise<T>;
  /** For work that cannot be in a transaction; notes it in the journal by itself. */
  books: () => Promise<Books>;
}

/** How long a row of the ledger or journal may be held by somebody else. Milliseconds. */
const lockTimeoutMs = 10_000;

/**
 * Runs `work` as the only runner on this database. What is found out under the lock stays true until the end of it.
 * @throws lock-held, session-lives, read-only-database, transaction-pooler
 */
export async function withBookkeeping<T>(
  project: Project,
  client: Client,
  { target, doing, onWaiting }: BookkeepingOptions,
  work: (bookkeeping: Bookkeeping) => Promise<T>,
): Promise<T> {
  const url = urlOf(target, client);
  const session = await openSession(client, { url, shown: target.shown, doing });
  const waiting = { url, shown: target.shown, waitMs: 60_000, doing, onWaiting: onWaiting ?? (() => undefined) };
  return withLock(project, waiting, async (lock) => {
    await insistOnQuiet(lock.client, project);
    const books = () => openBooks(project, client, lock, session);
    const write: Bookkeeping['write'] = async (change) => {
      const opened = await books();
      await client.query(`begin; set local lock_timeout = ${lockTimeoutMs}; ${asOurselves}`);
      try {
        const result = await change(opened);
        await insistOnLock(client, opened);
        await client.query('commit');
        return result;
      } catch (error) {
        await client.query('rollback').catch(() => undefined);
        throw error;
      }
    };
    return work({ client, write, books });
  });
}

/** The session of a runner that was killed can go on with its statement: until it ends, nothing about it is settled. */
async function insistOnQuiet(client: Client, project: Project): Promise<void> {
  const earlier = earlierIn(await readOpen(client, project));
  const { backend, at } = earlier?.run ?? {};
  if (earlier?.outcome !== 'interrupted' || backend === undefined || at === undefined) return;
  if (await lives(client, backend, at)) throw problem('session-lives', { backend, since: at });
}
