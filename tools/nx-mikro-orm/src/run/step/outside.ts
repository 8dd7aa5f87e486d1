import { problem } from '../../errors.ts';
import type { Step } from '../../history/revision.ts';
import { statementDigest } from '../../history/digest.ts';
import { separate } from '../../sql/separate.ts';
import { kindOf } from '../../sql/kind.ts';
import type { Blocker } from '../../postgres/blockers.ts';
import type { Progress } from '../../ledger/earlier.ts';
import { stepEvent } from '../events/events.ts';
import { bare, inItsOwn, noteApart, type Numbered, type SessionWatch } from './alone.ts';
import { assertContinuable, codeDigest, codeStatement } from './continuable.ts';
import { failureOf } from '../worker/failure.ts';
import { clearTheWay, resolveOpen, settleEdited } from '../resume/resume.ts';
import { withRetries } from '../worker/retry.ts';
import { questionFor, restoreState, type Held } from '../../postgres/session-state.ts';
import { asOurselves } from '../../postgres/session.ts';
import type { LoadedStep } from '../../history/content.ts';
import { finishedEntry } from '../../ledger/journal.ts';
import { recordStep } from '../../ledger/record.ts';
import { inTransaction, sendAll } from '../../postgres/connect/transaction.ts';
import { assertLock } from '../../postgres/lock.ts';
import type { StepResult, Worker } from '../worker/worker.ts';

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
  loaded: LoadedStep,
  progress: Progress | undefined,
  blockers: () => Blocker[] = () => [],
): Promise<StepResult> {
  const started = performance.now();
  const { step, content } = loaded;
  const timings: number[] = [];
  await assertContinuable(loaded, progress);
  worker.notices?.begin(step);
  const statements = await separate(content[step.direction] ?? []);
  const watch = await beginSession(worker, statements);
  if (content.runsCode[step.direction]) await runCodeOutside(worker, loaded, progress);
  else {
    // What is left relies on what those before have set.
    if (progress?.session && progress.done.size < statements.length)
      await restoreState(worker.client, (watch.recorded = progress.session), step.revision);
    for (const [at, sql] of statements.entries()) {
      const about = { ...stepEvent(step), statement: at + 1, of: statements.length };
      const before = performance.now();
      await worker.emit({ type: 'statement', ...about, sql });
      const skipped = await runOne({ worker, step, progress, watch, blockers }, { number: at + 1, sql });
      const durationMs = performance.now() - before;
      timings.push(durationMs);
      await worker.emit({ type: 'answered', ...about, durationMs, skipped });
    }
  }
  await finish(worker, loaded, performance.now() - started, timings);
  return { transactional: false, durationMs: performance.now() - started, timings };
}

/** Before a step that an earlier run began: what that left of a statement which the revision does not say there any more. */
export async function settleLeft(worker: Worker, { step, content }: LoadedStep, progress: Progress): Promise<void> {
  const open = progress.open;
  if (!open?.alone || open.outcome !== 'failed' || progress.code) return;
  const statements = await separate(content[step.direction] ?? []);
  const same = statementDigest(statements[open.statement - 1] ?? '') === open.digest;
  if (same && !content.transactional) return;
  await Promise.all(sendAll(worker.client, worker.prelude));
  if (progress.session) await restoreState(worker.client, progress.session, step.revision);
  await settleEdited(worker, step, open);
}

/** A fresh session, and what it holds now. On scratch nobody follows that. */
async function beginSession({ client, prelude, books }: Worker, statements: readonly string[]): Promise<SessionWatch> {
  await Promise.all(sendAll(client, prelude));
  const question = books ? await questionFor(client, statements) : '';
  const found = books && (await client.query<Held>(question));
  return { question, before: found?.rows[0] ?? { settings: null, login: '', role: '', made: [] }, recorded: undefined };
}

/** What a single statement is run with. */
interface Surroundings {
  worker: Worker;
  step: Step;
  progress: Progress | undefined;
  watch: SessionWatch;
  blockers: () => Blocker[];
}

/** Sends one statement, or finds that it is done. True when it did not have to be sent. */
async function runOne({ worker, step, progress, watch, blockers }: Surroundings, one: Numbered): Promise<boolean> {
  if (progress?.done.has(one.number)) return true;
  const kind = await kindOf(one.sql);
  const open = progress?.open;
  if (open?.statement === one.number && open.digest === statementDigest(one.sql)) {
    const settled = await resolveOpen(worker, step, one.sql, open);
    if (settled === 'done') {
      await noteApart(worker, step, one, { event: 'done', session: watch.recorded });
      return true;
    }
  }
  const send = async (): Promise<'done' | 'refused'> => {
    worker.books?.lock.assertHeld();
    if (kind !== 'concurrent') return (await inItsOwn(worker, step, one, kind, watch)) ? 'done' : 'refused';
    await clearTheWay(worker, step, one.sql);
    await bare(worker, step, one, kind, watch);
    return 'done';
  };
  const sent = await withRetries(worker.patience, send, (pause) =>
    worker.tell({ type: 'retried', ...stepEvent(step), statement: one.number, ...pause, blockers: blockers() }),
  );
  // Never tried again by itself: a procedure that commits may have done half of its work.
  if (sent === 'refused') await bare(worker, step, one, kind, watch);
  return false;
}

/** Code outside of a transaction is one piece: nobody can tell how far it got, so only a person can say go on. */
async function runCodeOutside(
  worker: Worker,
  { step, content }: LoadedStep,
  progress: Progress | undefined,
): Promise<void> {
  const one = { number: 1, sql: codeStatement(step), digest: codeDigest(content) };
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
  await noteApart(worker, step, one, { event: 'begun' });
  try {
    const { runCode } = await import('./code.ts');
    await runCode(await worker.orm(), step, content.Class, {
      context: undefined,
      settings: worker.prelude.slice(1),
      onStatement: (sql) => worker.tell({ type: 'statement', ...stepEvent(step), statement: 1, of: undefined, sql }),
    });
  } catch (error) {
    throw failureOf(step, error, { statement: 1, sql: one.sql });
  }
  await noteApart(worker, step, one, { event: 'done' });
}

/** Records the step itself, once all of its statements are done. */
async function finish({ client, books, notices }: Worker, loaded: LoadedStep, durationMs: number, timings: number[]) {
  if (!books) return;
  const { step } = loaded;
  const record = async () => {
    await client.query(asOurselves);
    await assertLock(client, books.lock);
    await recordStep(client, books, loaded, durationMs);
    await books.journal.add(
      client,
      finishedEntry(step, { durationMs, timings, notices: notices?.of(step.revision.name) }),
    );
  };
  await inTransaction(client, record).catch((error: unknown) => {
    throw failureOf(step, error, { committing: true });
  });
}
