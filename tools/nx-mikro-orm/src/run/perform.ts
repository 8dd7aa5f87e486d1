import { setTimeout as sleep } from 'node:timers/promises';
import type { Project } from '../config.ts';
import { problem } from '../errors.ts';
import type { Step } from '../history/revision.ts';
import { stateOf } from '../history/state.ts';
import { onInterrupt } from '../interrupt.ts';
import { afterFailure } from './ending/aftermath.ts';
import { ownPath } from '../postgres/connect/own-path.ts';
import { contentOf } from '../history/content.ts';
import { lives } from './ending/cut.ts';
import { together } from './events/events.ts';
import { openBooks } from '../ledger/open.ts';
import { readLedger } from '../ledger/ledger.ts';
import { loader, type Load } from '../ledger/stored.ts';
import type { Lock } from '../postgres/lock.ts';
import { lazyOrmSession } from '../postgres/orm-session.ts';
import { restamp } from '../ledger/restamp.ts';
import { remark, stepsFor, type Place, type RunOptions, type RunResult } from './request.ts';
import type { Session } from '../postgres/session.ts';
import { readStanding, type Standing } from './standing/standing.ts';
import { stopWork } from './ending/stop.ts';
import { tracingOf } from './events/tracing.ts';
import { insistOnRunnable, walk } from './step/walk.ts';
import { telling, type Booked } from './step/worker.ts';

interface Held {
  lock: Lock;
  session: Session;
}

/** Decides under the lock what there is to do, does it, and writes down how it went. */
export async function perform(project: Project, place: Place, held: Held, options: RunOptions): Promise<RunResult> {
  const { client, target, history } = place;
  const standing = await settledStanding(project, place, held.lock, options);
  const steps = stepsFor(standing, options);
  const skipped = await remark(standing, options);
  const replaced = options.direction === 'up' ? standing.state.restamp : [];
  if (steps.length === 0 && replaced.length === 0)
    return { target, ran: [], restamped: [], skipped, state: standing.state };
  const load = loader(project, held.lock.client, options);
  await insistBeforehand(place, held.lock, steps, load, options);
  const onEvent = together(await tracingOf(target, options.doing ?? options.direction), options.onEvent);
  const worker = await workerOf(project, place, held, { ...options, onEvent });
  const ran: RunResult['ran'] = [];
  const started = performance.now();
  let stopping = false;
  const forget = onInterrupt(() => {
    stopping = true;
    return stopWork(project, place.url, worker, { ran: () => ran.length, started });
  });
  try {
    await announce(worker, steps, options);
    for (const one of replaced) await restamp(worker, one, await contentOf(one.revision));
    await walk(worker, steps, {
      load,
      atomic: options.atomic === true,
      progressOf: ({ revision }) => standing.half.find((one) => one.revision === revision.name),
      onDone: (step, result) => void ran.push({ step, result }),
    });
    const end = { event: 'end', durationMs: performance.now() - started } as const;
    // The last step may have left another role behind.
    const clean = [client.query('discard all'), client.query(ownPath({ local: false }))];
    await Promise.all([...clean, worker.books.journal.add(client, end)]);
  } catch (error) {
    // Whoever interrupts it is told by stopWork.
    if (stopping) throw error;
    throw await afterFailure(project, place, worker, { error, next: steps[ran.length], ran: ran.length, started });
  } finally {
    forget();
  }
  await worker.emit({ type: 'ended', ok: true, ran: ran.length, durationMs: performance.now() - started });
  return { target, ran, restamped: replaced, skipped, state: stateOf(history, await readLedger(client, project)) };
}

/**
 * Where the database stands, when nothing of an earlier run is at work in the server any more: the session of a runner
 * that was killed goes on with its statement until the server notices.
 */
async function settledStanding(
  project: Project,
  { client, history }: Place,
  lock: Lock,
  options: RunOptions,
): Promise<Standing> {
  const standing = await readStanding(client, project, history);
  const { earlier, half } = standing;
  if (!earlier) return standing;
  await options.onEvent?.({ type: 'found', earlier, half });
  const { backend, at } = earlier.run;
  if (earlier.outcome !== 'interrupted' || backend === undefined) return standing;
  const began = Date.now();
  const waitMs = options.lockWaitMs ?? 60_000;
  const holder = `the session of that run (server process ${backend}), which is still at work in the server`;
  let told = false;
  while (await lives(lock.client, backend, at)) {
    const waitedMs = Date.now() - began;
    if (waitedMs > waitMs) throw problem('lock-held', { holder, waitedMs });
    if (waitedMs > 500 && !told) await options.onEvent?.({ type: 'waiting', holder, waitedMs });
    told ||= waitedMs > 500;
    await sleep(100);
  }
  return readStanding(client, project, history);
}

/**
 * Refuses before anything has run. Of what goes down, everything is looked at: half of a way back helps nobody. Of what
 * goes up, each file is read when its turn comes, unless somebody has to consent to it, or all of it is to be atomic.
 */
async function insistBeforehand(
  { target }: Place,
  { client }: Lock,
  steps: readonly Step[],
  load: Load,
  { atomic = false, consent }: RunOptions,
): Promise<void> {
  const seen = steps.filter(({ direction }) => consent || atomic || direction === 'down');
  const loaded = [];
  for (const step of seen) loaded.push({ step, content: await load(step) });
  for (const one of loaded) await insistOnRunnable(one, atomic);
  await consent?.({ client, target, steps: loaded });
}

/** Everything that a run needs to work and to write down what it does. */
const workerOf = async (
  project: Project,
  { client }: Place,
  { lock, session }: Held,
  options: RunOptions,
): Promise<Booked> => ({
  client,
  prelude: session.prelude,
  orm: lazyOrmSession(project, client),
  patience: { lockTimeoutMs: options.lockTimeoutMs ?? 2_000, budgetMs: options.retryForMs ?? 60_000 },
  ...telling(options.onEvent),
  books: await openBooks(project, client, lock, session),
});

async function announce(worker: Booked, steps: readonly Step[], options: RunOptions): Promise<void> {
  const { direction } = options;
  const { journal } = worker.books;
  const revisions = steps.map(({ revision }) => revision.name);
  await journal.add(worker.client, { event: 'run', direction, plan: revisions });
  await worker.emit({ type: 'planned', run: journal.run, direction, revisions, atomic: options.atomic === true });
}
