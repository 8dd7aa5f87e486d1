import type { Client } from 'pg';
import { problem } from '../../errors.ts';
import type { Step } from '../../history/revision.ts';
import { statementDigest } from '../../history/digest.ts';
import { kindOf, type Kind } from '../../sql/kind.ts';
import type { Blocker } from './blockers.ts';
import type { Progress } from '../resume/earlier.ts';
import { stepEvent } from '../events/events.ts';
import { StepFailure, failureOf, isCut } from './failure.ts';
import { clearTheWay, settle } from '../resume/resume.ts';
import { withRetries } from './retry.ts';
import { asOurselves, asRevision } from '../connect/session.ts';
import { finishedEntry, recordStep, type Books, type Loaded, type StepResult, type Worker } from './worker.ts';

/**
 * Runs a revision that asks to run outside of a transaction, one statement after the other.
 *
 * A statement that PostgreSQL accepts in a transaction gets one of its own, which its row in the journal shares: whether
 * it is done is never in doubt. The others (concurrent index builds, vacuum, procedures that commit, …) are announced in
 * the journal before they are sent. `progress` is what an earlier run came to: it is continued at the first statement
 * that did not finish.
 * @throws StepFailure, resumed-edited, statement-unknown, lock-lost
 */
export async function runOutside(
  worker: Worker,
  loaded: Loaded,
  progress: Progress | undefined,
  blockers: () => Blocker[] = () => [],
): Promise<StepResult> {
  const started = performance.now();
  const { step, content } = loaded;
  const timings: number[] = [];
  await begin(worker);
  if (content.runsCode[step.direction]) await runCodeOutside(worker, loaded, progress);
  else {
    const statements = content[step.direction] ?? [];
    insistOnSame(step, statements, progress);
    for (const [at, sql] of statements.entries()) {
      const about = { ...stepEvent(step), statement: at + 1, of: statements.length };
      const before = performance.now();
      await worker.emit({ type: 'statement', ...about, sql });
      const skipped = await runOne(worker, step, { number: at + 1, sql }, progress, blockers);
      const durationMs = performance.now() - before;
      timings.push(durationMs);
      await worker.emit({ type: 'answered', ...about, durationMs, skipped });
    }
  }
  await finish(worker, loaded, performance.now() - started, timings);
  return { transactional: false, durationMs: performance.now() - started, timings };
}

interface Numbered {
  /** From 1. */
  number: number;
  sql: string;
}

const begin = ({ client, prelude }: Worker) => Promise.all(prelude.map((sql) => client.query(sql)));

/** What finished once is not sent again, so it must still be what stands in the file. @throws resumed-edited */
function insistOnSame(step: Step, statements: readonly string[], progress: Progress | undefined): void {
  const kept = [...(progress?.done ?? [])];
  if (progress?.open?.outcome === 'unknown') kept.push([progress.open.statement, progress.open.digest]);
  for (const [number, digest] of kept) {
    const sql = statements[number - 1];
    if (sql === undefined || statementDigest(sql) !== digest)
      throw problem('resumed-edited', {
        name: step.revision.name,
        path: step.revision.path,
        statement: number,
        now: sql,
      });
  }
}

/** Sends one statement, or finds that it is done. True when it did not have to be sent. */
async function runOne(
  worker: Worker,
  step: Step,
  one: Numbered,
  progress: Progress | undefined,
  blockers: () => Blocker[],
): Promise<boolean> {
  if (progress?.done.has(one.number)) return true;
  const kind = await kindOf(one.sql);
  if (progress?.open?.statement === one.number) {
    const settled = await settle(worker, step, one.sql, progress.open);
    if (settled === 'done') {
      await noteApart(worker, step, one, 'done');
      return true;
    }
  }
  const send = async (): Promise<'done' | 'refused'> => {
    worker.books?.lock.insist();
    if (kind !== 'concurrent') return (await inItsOwn(worker, step, one, kind)) ? 'done' : 'refused';
    await clearTheWay(worker, step, one.sql);
    await bare(worker, step, one, kind);
    return 'done';
  };
  const sent = await withRetries(worker.patience, send, (pause) =>
    worker.tell({ type: 'retried', ...stepEvent(step), statement: one.number, ...pause, blockers: blockers() }),
  );
  // Never tried again by itself: a procedure that commits may have done half of its work.
  if (sent === 'refused') await bare(worker, step, one, kind);
  return false;
}

/**
 * Sends a statement in a transaction of its own, with its row in the journal. False when PostgreSQL does not accept it
 * there: 25001 active_sql_transaction (vacuum, create database, …), 2D000 invalid_transaction_termination (a procedure
 * that commits).
 */
async function inItsOwn({ client, patience, books }: Worker, step: Step, one: Numbered, kind: Kind): Promise<boolean> {
  const limit = kind === 'validate' ? 0 : patience.lockTimeoutMs;
  const answers = await Promise.allSettled([
    client.query(`begin; set local lock_timeout = ${limit}`),
    client.query(one.sql),
    books ? client.query(`select ${books.lock.held} as held`) : undefined,
  ]);
  const failed = answers.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined;
  if (failed) {
    await client.query('rollback').catch(() => undefined);
    if (['25001', '2D000'].includes((failed.reason as { code?: string }).code ?? '')) return false;
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
async function bare(worker: Worker, step: Step, one: Numbered, kind: Kind): Promise<void> {
  const { client, patience, books } = worker;
  await insistOnLock(client, books);
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

async function insistOnLock(client: Client, books: Books | undefined): Promise<void> {
  if (!books) return;
  const { rows } = await client.query<{ held: boolean }>(`select ${books.lock.held} as held`);
  if (!rows[0]?.held) throw problem('lock-lost', {});
}

/** On the lock's connection: what the revision set for its session does not reach it. */
const noteApart = ({ books, client }: Worker, step: Step, one: Numbered, event: 'begun' | 'done'): Promise<void> =>
  note(books?.lock.client ?? client, books, step, one, event);

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

/** Code outside of a transaction is one piece: nobody can tell how far it got, so only a person can say go on. */
async function runCodeOutside(
  worker: Worker,
  { step, content }: Loaded,
  progress: Progress | undefined,
): Promise<void> {
  const one = { number: 1, sql: `(the code of ${step.revision.name})` };
  if (progress?.done.has(1)) return;
  if (progress?.open?.outcome === 'unknown')
    throw problem('statement-unknown', {
      name: step.revision.name,
      statement: 1,
      sql: one.sql,
      why: 'it is code, and how far it got cannot be told',
      since: progress.open.at,
    });
  if (!content.Class)
    throw problem('revision-broken', {
      name: step.revision.name,
      place: step.revision.path,
      detail: 'its code is not at hand.',
    });
  await noteApart(worker, step, one, 'begun');
  try {
    const { runCode } = await import('./code.ts');
    await runCode(await worker.orm(), step, content.Class, {
      context: undefined,
      onStatement: (sql) => worker.tell({ type: 'statement', ...stepEvent(step), statement: 1, of: undefined, sql }),
    });
  } catch (error) {
    throw failureOf(step, error, { statement: 1, sql: one.sql });
  }
  await noteApart(worker, step, one, 'done');
}

/** Records the step itself, once all of its statements are done. */
async function finish({ client, books }: Worker, loaded: Loaded, durationMs: number, timings: number[]) {
  if (!books) return;
  const { step } = loaded;
  await client.query('begin');
  try {
    await client.query(asOurselves);
    await insistOnLock(client, books);
    await recordStep(client, books, loaded, durationMs);
    await books.journal.add(client, finishedEntry(step, { durationMs, timings }));
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw failureOf(step, error, { committing: true });
  }
}
