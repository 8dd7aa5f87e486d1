import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import type { Project } from '../config.ts';
import { problem } from '../errors.ts';
import type { Target } from '../postgres/connect/connect.ts';
import { inTransaction } from '../postgres/connect/transaction.ts';
import { assertLock } from '../postgres/lock.ts';
import { asOnlyRunner, type Runner } from '../postgres/runner.ts';
import { asOurselves, lives } from '../postgres/session.ts';
import { countersBehind, putForward } from './counters.ts';
import { earlierIn, sessionOf } from './earlier.ts';
import { ensureJournal, journalOf, readOpen, type Journal } from './journal.ts';
import { ensureLedger } from './ledger.ts';
import { provenanceOf, type Provenance } from './provenance.ts';

/** Where a run is recorded, by the only runner at work. */
export interface Books extends Runner {
  journal: Journal;
  provenance: Provenance;
  /** The index by which the server takes a name only once into the ledger. */
  uniqueNames: string | undefined;
}

/** Ledger and journal, made where they are absent, for one run: only ever under the lock. */
export async function openBooks(runner: Runner): Promise<Books> {
  const { project, client } = runner;
  const provenance = await provenanceOf(project.root);
  // The journal stands in the schema that the ledger is made in.
  const uniqueNames = await ensureLedger(client, project);
  const [behind] = await Promise.all([
    // A number that is taken would be told of the first revision that needs one, as its fault.
    countersBehind(client, project),
    ensureJournal(client, project),
  ]);
  for (const one of behind) await putForward(client, one);
  return { ...runner, journal: journalOf(project, randomUUID(), provenance, runner), provenance, uniqueNames };
}

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
export const withBookkeeping = <T>(
  project: Project,
  client: Client,
  { target, doing, onWaiting }: BookkeepingOptions,
  work: (bookkeeping: Bookkeeping) => Promise<T>,
): Promise<T> =>
  asOnlyRunner(project, { client, target }, { doing, onWaiting }, async (runner) => {
    await assertQuiet(runner.lock.client, project);
    const books = () => openBooks(runner);
    const write: Bookkeeping['write'] = async (change) => {
      const opened = await books();
      const begin = `begin; set local lock_timeout = ${lockTimeoutMs}; ${asOurselves}`;
      const changed = async () => {
        const result = await change(opened);
        await assertLock(client, opened.lock);
        return result;
      };
      return inTransaction(client, changed, begin);
    };
    return work({ client, write, books });
  });

/** The session of a runner that was killed can go on with its statement: until it ends, nothing about it is settled. */
async function assertQuiet(client: Client, project: Project): Promise<void> {
  const earlier = earlierIn(await readOpen(client, project));
  const session = earlier?.outcome === 'interrupted' ? sessionOf(earlier.run) : undefined;
  if (session && (await lives(client, session))) throw problem('session-lives', { ...session, since: session.at });
}
