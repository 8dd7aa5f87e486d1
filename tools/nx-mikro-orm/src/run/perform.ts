import { setTimeout as sleep } from 'node:timers/promises';
import { problem } from '../errors.ts';
import { contentOf, forgetContent, type Content, type LoadedStep } from '../history/content.ts';
import type { History } from '../history/graph.ts';
import type { Step } from '../history/revision.ts';
import { stateOf, type State } from '../history/state.ts';
import { onInterrupt } from '../interrupt.ts';
import { openBooks, type Books } from '../ledger/bookkeeping.ts';
import { readLedger } from '../ledger/ledger.ts';
import { sessionOf, type Progress } from '../ledger/earlier.ts';
import { recordApplied, recordReverted } from '../ledger/record.ts';
import { loader, type Load } from '../ledger/stored.ts';
import { holdBack, inTransaction, sendAll } from '../postgres/connect/transaction.ts';
import { lazyOrmSession } from '../postgres/orm-session.ts';
import type { Runner } from '../postgres/runner.ts';
import { watchPulse } from '../postgres/pulse.ts';
import { lives, ofBooks } from '../postgres/session.ts';
import { afterFailure } from './ending/aftermath.ts';
import { stopWork } from './ending/stop.ts';
import { together } from './events/events.ts';
import { tracingOf } from './events/tracing.ts';
import { remark, stepsFor, type RunOptions, type RunResult } from './request.ts';
import { readStanding, type Standing } from './standing/standing.ts';
import { assertContinuable } from './step/continuable.ts';
import { assertNothingCarried, assertRunnable } from './step/runnable.ts';
import { walk } from './step/walk.ts';
import { hearNotices } from './worker/notices.ts';
import { telling, type Worker } from './worker/worker.ts';

/** Decides under the lock what there is to do, does it, and writes down how it went. */
export async function perform(runner: Runner, history: History, options: RunOptions): Promise<RunResult> {
  const { project, client, target } = runner;
  const standing = await settledStanding(runner, history, options);
  const steps = stepsFor(standing, options);
  const skipped = await remark(standing, options);
  const replaced = options.direction === 'up' ? standing.state.restamp : [];
  if (steps.length === 0 && replaced.length === 0)
    return { target, ran: [], restamped: [], skipped, state: standing.state };
  const load = loader(project, runner.lock.client, options);
  await assertBeforehand(runner, steps, load, { ...options, standing });
  const onEvent = together(await tracingOf(target, options.doing ?? options.direction), options.onEvent);
  const books = await openBooks(runner);
  const worker = workerOf(books, { ...options, onEvent });
  const pulse = watchPulse({ lock: runner.lock.client, worker: client }, books.backend);
  const ran: RunResult['ran'] = [];
  const started = performance.now();
  let stopping = false;
  const forget = onInterrupt((why) => {
    stopping = true;
    // What is at work goes on in this process until it ends, and must not commit meanwhile.
    holdBack(client);
    return stopWork(worker, books, { ran: () => ran.length, started, why });
  });
  try {
    await announce(worker, books, steps, { ...options, half: standing.half });
    for (const one of replaced) await restamp(worker, books, one, await contentOf(one.revision));
    await walk(worker, steps, {
      load,
      atomic: options.atomic === true,
      progressOf: (step) => progressOf(standing, step),
      onDone: (step, result) => void ran.push({ step, result }),
    });
    const end = { event: 'end', durationMs: performance.now() - started } as const;
    // The last step may have left another role behind.
    const clean = sendAll(client, ['discard all', ...ofBooks]);
    await Promise.all([...clean, books.journal.add(client, end)]);
  } catch (error) {
    // Whoever interrupts it is told by stopWork.
    if (stopping) throw error;
    throw await afterFailure(worker, books, { error, next: steps[ran.length], ran: ran.length, started });
  } finally {
    forget();
    worker.notices?.stop();
    pulse.stop();
  }
  await worker.emit({ type: 'ended', ok: true, ran: ran.length, durationMs: performance.now() - started });
  return { target, ran, restamped: replaced, skipped, state: stateOf(history, await readLedger(client, project)) };
}

/**
 * Where the database stands, when nothing of an earlier run is at work in the server any more: the session of a runner
 * that was killed goes on with its statement until the server notices.
 */
async function settledStanding(
  { project, client, lock }: Runner,
  history: History,
  options: RunOptions,
): Promise<Standing> {
  const standing = await readStanding(client, project, history);
  const { earlier, half } = standing;
  if (!earlier) return standing;
  await options.onEvent?.({ type: 'found', earlier, half });
  const session = sessionOf(earlier.run);
  if (earlier.outcome !== 'interrupted' || !session) return standing;
  const began = Date.now();
  const waitMs = options.lockWaitMs ?? 60_000;
  const holder = `the session of that run (server process ${session.backend}), which is still at work in the server`;
  let told = false;
  while (await lives(lock.client, session)) {
    const waitedMs = Date.now() - began;
    if (waitedMs > waitMs) throw problem('lock-held', { holder, waitedMs });
    if (waitedMs > 500 && !told) await options.onEvent?.({ type: 'waiting', holder, waitedMs });
    told ||= waitedMs > 500;
    await sleep(100);
  }
  return readStanding(client, project, history);
}

/** Of the files that were looked at, as many bytes of statements are kept; what is beyond is read again when its turn comes. */
const kept = 32_000_000;

/**
 * Refuses before anything has run. Every file is looked at: what cannot be read, sent or continued is no reason to stop
 * half-way.
 */
async function assertBeforehand(
  { target, lock: { client } }: Runner,
  steps: readonly Step[],
  load: Load,
  { standing, atomic = false, consent }: Pick<RunOptions, 'atomic' | 'consent'> & { standing: Standing },
): Promise<void> {
  const loaded: LoadedStep[] = [];
  let size = 0;
  for (const [at, step] of steps.entries()) {
    const one = { step, content: await load(step) };
    await assertRunnable(one, atomic);
    await assertNothingCarried(one, steps[at + 1]);
    await assertContinuable(one, progressOf(standing, step));
    if (consent) loaded.push(one);
    else if ((size += sizeOf(one)) > kept) forgetContent(step.revision);
  }
  await consent?.({ client, target, steps: loaded });
}

const sizeOf = ({ step, content }: LoadedStep): number =>
  (content[step.direction] ?? []).reduce((sum, { length }) => sum + length, 0);

const progressOf = ({ half }: Standing, { revision }: Step): Progress | undefined =>
  half.find((one) => one.revision === revision.name);

/** Everything that a run needs to work and to write down what it does. */
function workerOf(books: Books, options: RunOptions): Worker {
  const tells = telling(options.onEvent);
  return {
    client: books.client,
    prelude: books.prelude,
    orm: lazyOrmSession(books.project, books.client),
    patience: { lockTimeoutMs: options.lockTimeoutMs ?? 2_000, budgetMs: options.retryForMs ?? 60_000 },
    ...tells,
    books,
    left: { nothing: false, discards: 0 },
    notices: hearNotices(books.client, tells.tell),
  };
}

async function announce(
  worker: Worker,
  { journal }: Books,
  steps: readonly Step[],
  options: RunOptions & Pick<Standing, 'half'>,
): Promise<void> {
  const { direction, half } = options;
  const openRows = half.flatMap(({ rows }) => rows).sort((left, right) => (left < right ? -1 : 1));
  const revisions = steps.map(({ revision }) => revision.name);
  await journal.add(worker.client, { event: 'run', direction, plan: revisions, openRows });
  await worker.emit({ type: 'planned', run: journal.run, direction, revisions, atomic: options.atomic === true });
}

/**
 * Puts a revision that replaces others in their place, on a database that has applied all of them: their rows go, its
 * row comes, in one transaction. Nothing of it is run.
 */
async function restamp(
  { client, emit }: Worker,
  { project, provenance, journal }: Books,
  { revision, replaced }: State['restamp'][number],
  content: Content,
): Promise<void> {
  const names = replaced.map(({ name }) => name);
  await inTransaction(client, async () => {
    for (const name of names) await recordReverted(client, project, name);
    await recordApplied(client, project, { revision, content }, provenance, { durationMs: 0 });
    await journal.add(client, { event: 'replaced', revision: revision.name, plan: names });
  });
  await emit({ type: 'restamped', revision: revision.name, replaced: names });
}
