import type { Client } from 'pg';
import { problem } from '../../errors.ts';
import { statementDigest } from '../../history/digest.ts';
import type { Step } from '../../history/revision.ts';
import type { StatementKind } from '../../sql/kind.ts';
import { asOurselves, asRevision } from '../../postgres/session.ts';
import { StepFailure, failureOf, isCut } from '../worker/failure.ts';
import type { Books } from '../../ledger/bookkeeping.ts';
import { assertLock } from '../../postgres/lock.ts';
import { isState, sqlstate as sqlstates } from '../../sql/sqlstate.ts';
import type { Worker } from '../worker/worker.ts';

/** A statement, by its place in the revision. */
export interface Numbered {
  /** From 1. */
  number: number;
  sql: string;
}

/**
 * Sends a statement in a transaction of its own, with its row in the journal. False when PostgreSQL does not accept it
 * there: vacuum, create database, a procedure that commits, ….
 */
export async function inItsOwn(
  { client, patience, books }: Worker,
  step: Step,
  one: Numbered,
  kind: StatementKind,
): Promise<boolean> {
  const limit = kind === 'validate' ? 0 : patience.lockTimeoutMs;
  const answers = await Promise.allSettled([
    client.query(`begin; set local lock_timeout = ${limit}`),
    client.query(one.sql),
    books ? client.query(`select ${books.lock.held} as held`) : undefined,
  ]);
  const failed = answers.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined;
  if (failed) {
    await client.query('rollback').catch(() => undefined);
    if (isState(failed.reason, sqlstates.activeSqlTransaction, sqlstates.invalidTransactionTermination)) return false;
    throw await noted(books, failureOf(step, failed.reason, { sql: one.sql, statement: one.number }));
  }
  const held = (answers[2] as PromiseFulfilledResult<{ rows: { held: boolean }[] } | undefined>).value?.rows[0]?.held;
  if (held === false) {
    await client.query('rollback');
    throw problem('lock-lost', {});
  }
  const written = [client.query(asOurselves), note(client, books, step, one, 'done'), client.query(asRevision)];
  const [{ command }] = await Promise.all([client.query('commit'), ...written]).catch((error: unknown) => {
    throw failureOf(step, error, { sql: one.sql, statement: one.number, committing: true });
  });
  if (command !== 'COMMIT') throw failureOf(step, new Error(`the server answered the commit with ${command}`));
  return true;
}

/** Sends a statement by itself, between the two rows that tell the next run about it. */
export async function bare(worker: Worker, step: Step, one: Numbered, kind: StatementKind): Promise<void> {
  const { client, patience, books } = worker;
  if (books) await assertLock(client, books.lock);
  await noteApart(worker, step, one, 'begun');
  // A concurrent build waits for old transactions, as for a lock: a limit would leave an INVALID index behind.
  await client.query(`set lock_timeout = ${kind === 'concurrent' ? 0 : patience.lockTimeoutMs}`);
  try {
    await client.query(one.sql);
  } catch (error) {
    throw await noted(books, failureOf(step, error, { sql: one.sql, statement: one.number }));
  }
  await noteApart(worker, step, one, 'done');
}

/** On the lock's connection: what the revision set for its session does not reach it. */
export const noteApart = (
  { books, client }: Worker,
  step: Step,
  one: Numbered,
  event: 'begun' | 'done',
): Promise<void> => note(books?.lock.client ?? client, books, step, one, event);

async function note(
  client: Client,
  books: Books | undefined,
  step: Step,
  one: Numbered,
  event: 'begun' | 'done',
): Promise<void> {
  await books?.journal.add(client, {
    event,
    revision: step.revision.name,
    direction: step.direction,
    statement: one.number,
    digest: statementDigest(one.sql),
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
