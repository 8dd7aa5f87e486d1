import { isDeepStrictEqual } from 'node:util';
import type { Client } from 'pg';
import { problem } from '../../errors.ts';
import { statementDigest } from '../../history/digest.ts';
import type { Step } from '../../history/revision.ts';
import type { StatementKind } from '../../sql/kind.ts';
import { asOurselves, asRevision } from '../../postgres/session.ts';
import { stateSince, type Held, type SessionState } from '../../postgres/session-state.ts';
import { StepFailure, failureOf, isCut } from '../worker/failure.ts';
import type { Books } from '../../ledger/bookkeeping.ts';
import { assertLock } from '../../postgres/lock.ts';
import { sendAll } from '../../postgres/connect/transaction.ts';
import { resetsAll } from '../../sql/resets.ts';
import { isState, sqlstate as sqlstates } from '../../sql/sqlstate.ts';
import type { Worker } from '../worker/worker.ts';

/** A statement, by its place in the revision. */
export interface Numbered {
  /** From 1. */
  number: number;
  sql: string;
  /** By what it is known again, where that is not its text. */
  digest?: string;
}

/** Follows what the statements of a step leave in their session. */
export interface SessionWatch {
  /** Asks what the session holds. */
  question: string;
  before: Held;
  /** What has been recorded of it. */
  recorded: SessionState | undefined;
}

/**
 * Sends a statement in a transaction of its own, with its row in the journal. False when PostgreSQL does not accept it
 * there: vacuum, create database, a procedure that commits, ….
 */
export async function inItsOwn(
  worker: Worker,
  step: Step,
  one: Numbered,
  kind: StatementKind,
  watch: SessionWatch,
): Promise<boolean> {
  const { client, patience, books, prelude } = worker;
  const resets = await resetsAll(one.sql);
  const limit = kind === 'validate' ? 0 : patience.lockTimeoutMs;
  const answers = await Promise.allSettled([
    client.query(`begin; set local lock_timeout = ${limit}`),
    client.query(one.sql),
    // With its own, a statement may have reset what we had set.
    ...(resets ? sendAll(client, prelude.slice(1)) : []),
    books &&
      client.query<Held & { lock: boolean }>(`select *, ${books.lock.held} as lock from (${watch.question}) session`),
  ]);
  const failed = answers.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined;
  if (failed) {
    await client.query('rollback').catch(() => undefined);
    if (isState(failed.reason, sqlstates.activeSqlTransaction, sqlstates.invalidTransactionTermination)) return false;
    throw await noted(books, failureOf(step, failed.reason, { sql: one.sql, statement: one.number }));
  }
  const seen = (answers.at(-1) as PromiseFulfilledResult<{ rows: (Held & { lock: boolean })[] } | undefined>).value
    ?.rows[0];
  if (seen?.lock === false) {
    await client.query('rollback');
    throw problem('lock-lost', {});
  }
  // What is set for this transaction only is among it, and is looked at once more.
  const session = seen && stateSince(watch.before, seen);
  const changed = !isDeepStrictEqual(session, watch.recorded);
  const written = [
    client.query(asOurselves),
    note(client, books, step, one, { event: 'done', session }),
    client.query(asRevision),
  ];
  const [{ command }] = await Promise.all([client.query('commit'), ...written]).catch((error: unknown) => {
    throw failureOf(step, error, { sql: one.sql, statement: one.number, committing: true });
  });
  if (command !== 'COMMIT') throw failureOf(step, new Error(`the server answered the commit with ${command}`));
  watch.recorded = session;
  if (changed) await noteSession(worker, step, one, watch);
  return true;
}

/** Sends a statement by itself, between the two rows that tell the next run about it. */
export async function bare(
  worker: Worker,
  step: Step,
  one: Numbered,
  kind: StatementKind,
  watch: SessionWatch,
): Promise<void> {
  const { client, patience, books } = worker;
  if (books) await assertLock(client, books.lock);
  await noteApart(worker, step, one, { event: 'begun' });
  // A concurrent build waits for old transactions, as for a lock: a limit would leave an INVALID index behind.
  await client.query(`set lock_timeout = ${kind === 'concurrent' ? 0 : patience.lockTimeoutMs}`);
  try {
    await client.query(one.sql);
  } catch (error) {
    throw await noted(books, failureOf(step, error, { sql: one.sql, statement: one.number }));
  }
  const state = books && (await stateNow(client, watch));
  await noteApart(worker, step, one, { event: 'done', session: state });
  watch.recorded = state;
}

/** What the session holds now, beyond what the step had begun with. */
async function stateNow(client: Client, { before, question }: SessionWatch): Promise<SessionState | undefined> {
  const { rows } = await client.query<Held>(question);
  return rows[0] && stateSince(before, rows[0]);
}

/** Records what a statement has left in its session, once its transaction is over: what was set for that alone has gone with it. */
async function noteSession(worker: Worker, step: Step, one: Numbered, watch: SessionWatch): Promise<void> {
  const session = await stateNow(worker.client, watch);
  if (isDeepStrictEqual(session, watch.recorded)) return;
  await noteApart(worker, step, one, { event: 'done', session });
  watch.recorded = session;
}

/** On the lock's connection: what the revision set for its session does not reach it. */
export const noteApart = ({ books, client }: Worker, step: Step, one: Numbered, what: Noted): Promise<void> =>
  note(books?.lock.client ?? client, books, step, one, what);

/** What is noted of a statement. */
type Noted = { event: 'begun' } | { event: 'done'; session?: SessionState | undefined };

async function note(client: Client, books: Books | undefined, step: Step, one: Numbered, what: Noted): Promise<void> {
  await books?.journal.add(client, {
    ...what,
    revision: step.revision.name,
    direction: step.direction,
    statement: one.number,
    digest: one.digest ?? statementDigest(one.sql),
    sql: one.sql,
  });
}

/** Notes that the server refused a statement; when the connection is gone, nobody knows whether it did. */
async function noted(books: Books | undefined, failure: Error): Promise<Error> {
  if (!(failure instanceof StepFailure) || isCut(failure) || failure.statement === undefined) return failure;
  const { step, statement, sql = '', sqlstate, message } = failure;
  const { revision, direction } = step;
  const digest = statementDigest(sql);
  const what = {
    event: 'failed',
    revision: revision.name,
    direction,
    statement,
    digest,
    sql,
    sqlstate,
    message,
  } as const;
  await books?.journal.add(books.lock.client, what).catch(() => undefined);
  return failure;
}
