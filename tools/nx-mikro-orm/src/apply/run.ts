import type { Client, DatabaseError } from 'pg';
import type { Project } from '../config.ts';
import { problem } from '../errors.ts';
import type { History } from '../history/graph.ts';
import type { Skipped } from '../history/late.ts';
import type { Step } from '../history/revision.ts';
import { stateOf, type State } from '../history/state.ts';
import { connectOrCreate, connectToRead, findTarget, urlOf, type Target } from './connect/connect.ts';
import type { OnEvent } from './events/events.ts';
import { withLock } from './lock.ts';
import { insistOnWords, missingProblem, planFor, skippedBy, type Wish } from './plan.ts';
import { openSession } from './connect/session.ts';
import { emptyStanding, readHistory, readStanding, readState, type Standing } from './standing/standing.ts';
import { telling, type Loaded, type StepResult } from './step/worker.ts';

export { readHistory, readState };

export interface RunOptions extends Wish {
  /** What others that wait are told; by default the direction. */
  doing?: string;
  /** Decides the steps, instead of the wish. */
  decide?: (standing: Standing) => Step[];
  /** All in one transaction, when every revision allows it. */
  atomic?: boolean;
  /** How long to wait for another runner, milliseconds. Default 60 s. */
  lockWaitMs?: number;
  /** How long a statement may wait for a lock, milliseconds. Default 2 s. */
  lockTimeoutMs?: number;
  /** How long to go on trying a step that does not get its locks, milliseconds. Default 60 s. */
  retryForMs?: number;
  /** Called under the lock with what is about to run; throws to refuse. Nothing has been run yet. */
  consent?: (about: About) => Promise<void>;
  onEvent?: OnEvent;
}

export interface RunResult {
  target: Target;
  ran: { step: Step; result: StepResult }[];
  /** What was recorded in the place of others, without being run. */
  restamped: State['restamp'];
  /** What was left out because it is late. */
  skipped: Skipped[];
  /** Where the database stands now. */
  state: State;
}

/** Where a run takes place. */
export interface Place {
  client: Client;
  target: Target;
  history: History;
  url: string;
}

/**
 * Brings the target database up or down. Deciding that there is nothing to do takes no lock and imports no revision;
 * everything else is decided again under the lock.
 */
export async function run(project: Project, options: RunOptions): Promise<RunResult> {
  const history = readHistory(project);
  insistOnWords(history, options);
  const target = await findTarget(project);
  const client = await (options.direction === 'up' && history.order.length > 0
    ? connectOrCreate(project, target)
    : connectToRead(project, target));
  if (!client) return { target, ran: [], restamped: [], skipped: [], state: stateOf(history, []) };
  try {
    const standing = await readStanding(client, project, history);
    await insistOnFiles(client, project, standing, options);
    if (isIdle(standing, options)) {
      const skipped = await remark(standing, options);
      return { target, ran: [], restamped: [], skipped, state: standing.state };
    }
    return await underLock(project, { client, target, history, url: urlOf(target, client) }, options);
  } catch (error) {
    throw allowed(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** What is about to run, and where. */
export interface About {
  /** For questions; undefined while the database does not exist. */
  client: Client | undefined;
  steps: Loaded[];
  target: Target;
}

/** Hands over what `run` would do now. Takes no lock, creates nothing. @throws what `run` would refuse */
export async function lookAhead<T>(
  project: Project,
  options: RunOptions,
  work: (about: About, standing: Standing) => Promise<T>,
): Promise<T> {
  const history = readHistory(project);
  insistOnWords(history, options);
  const target = await findTarget(project);
  const client = await connectToRead(project, target);
  try {
    const standing = client ? await readStanding(client, project, history) : emptyStanding(history);
    if (client) await insistOnFiles(client, project, standing, options);
    const planned = stepsFor(standing, options);
    await remark(standing, options);
    const { loader } = await import('./content/loader.ts');
    const load = loader(project, client, options);
    const steps: Loaded[] = [];
    for (const step of planned) steps.push({ step, content: await load(step) });
    return await work({ client, steps, target }, standing);
  } finally {
    await client?.end();
  }
}

/**
 * Refuses with the evidence that only a look into files and ledger gives: what was edited, what was renamed. What is left is
 * decided by values alone. @throws revision-edited, revision-missing, database-ahead
 */
async function insistOnFiles(client: Client, project: Project, standing: Standing, { stored, decide }: RunOptions) {
  if (stored) return;
  const { edited, state } = standing;
  if (state.missing.length > 0 && !decide)
    throw missingProblem(standing, await (await import('./content/renamed.ts')).renamedIn(state));
  if (edited.length > 0) throw await (await import('./content/edited.ts')).editedProblem(client, project, edited);
}

export const stepsFor = (standing: Standing, options: RunOptions): Step[] =>
  options.decide ? options.decide(standing) : planFor(standing, options);

/** What another runner may just be finishing is decided under the lock. */
function isIdle(standing: Standing, options: RunOptions): boolean {
  if (standing.half.length > 0 || standing.state.restamp.length > 0) return false;
  return stepsFor(standing, options).length === 0;
}

/** Tells what has to be known of a standing, whether anything is run there or not. Returns what is left out. */
export async function remark(standing: Standing, options: RunOptions): Promise<Skipped[]> {
  const revisions = standing.state.duplicated.map(({ name }) => name);
  if (revisions.length > 0) await options.onEvent?.({ type: 'duplicated', revisions });
  const skipped = options.decide ? [] : skippedBy(standing, options);
  if (skipped.length > 0) await options.onEvent?.({ type: 'skipped', revisions: skipped });
  return skipped;
}

async function underLock(project: Project, place: Place, options: RunOptions): Promise<RunResult> {
  const { client, target, url } = place;
  const doing = options.doing ?? options.direction;
  const session = await openSession(client, { url, shown: target.shown, doing });
  const waitMs = options.lockWaitMs ?? 60_000;
  const { tell } = telling(options.onEvent);
  const onWaiting = (holder: string, waitedMs: number) => tell({ type: 'waiting', holder, waitedMs });
  return withLock(project, { url, shown: target.shown, waitMs, doing, onWaiting }, async (lock) => {
    const { perform } = await import('./perform.ts');
    return perform(project, place, { lock, session }, options);
  });
}

/** 42501 insufficient_privilege, 25006 read_only_sql_transaction: said by the server about the bookkeeping itself. */
export function allowed(error: unknown): unknown {
  const { code = '', message } = error as DatabaseError;
  return ['42501', '25006'].includes(code) ? problem('not-allowed', { detail: message, sqlstate: code }, error) : error;
}
