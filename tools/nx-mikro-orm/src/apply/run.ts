import type { Client, DatabaseError } from 'pg';
import type { Project } from '../config.ts';
import { problem } from '../errors.ts';
import { linkHistory, type History } from '../history/graph.ts';
import { readRevisions } from '../history/read.ts';
import type { Step } from '../history/revision.ts';
import { known, stateOf, type State } from '../history/state.ts';
import { planDown, planUp } from '../history/target.ts';
import { currentCommit } from './commit.ts';
import { onInterrupt } from '../interrupt.ts';
import { connectOrCreate, connectToRead, findTarget, open, urlOf, type Target } from './connect.ts';
import { ensureLedger, readLedger, recordApplied, recordReverted } from './ledger.ts';
import { withLock } from './lock.ts';
import type { StepResult } from './step.ts';

export interface RunOptions {
  direction: 'up' | 'down';
  /** What the user typed; undefined means head for up, -1 for down. */
  target?: string | undefined;
  /** How long to wait for another runner, milliseconds. */
  lockWaitMs?: number;
  onStep?: (step: Step, at: { number: number; of: number }) => Promise<void> | void;
  onDone?: (step: Step, result: StepResult) => Promise<void> | void;
  onWaiting?: (holder: string) => void;
}

export interface RunResult {
  target: Target;
  ran: { step: Step; result: StepResult }[];
  state: State;
}

/** Reads the history of the checkout. */
export const readHistory = (project: Project): History => linkHistory(readRevisions(project.revisions));

/** Where the target database stands. Creates nothing: not the database, not the ledger. */
export async function readState(project: Project): Promise<{ target: Target; history: History; state: State }> {
  const history = readHistory(project);
  const target = await findTarget(project);
  const client = await connectToRead(project, target);
  if (!client) return { target, history, state: stateOf(history, []) };
  try {
    return { target, history, state: stateOf(history, await readLedger(client, project)) };
  } finally {
    await client.end();
  }
}

/**
 * Brings the target database up or down. Deciding that there is nothing to do takes no lock and imports no revision;
 * everything else is decided again under the lock.
 */
export async function run(project: Project, options: RunOptions): Promise<RunResult> {
  const history = readHistory(project);
  // A word that names nothing is found out before anybody connects.
  plan(history, [], options, { dry: true });
  const target = await findTarget(project);
  const client = await (options.direction === 'up' && history.order.length > 0
    ? connectOrCreate(project, target)
    : connectToRead(project, target));
  if (!client) return { target, ran: [], state: stateOf(history, []) };
  try {
    const state = stateOf(history, await readLedger(client, project));
    if (planFor(history, state, options).length === 0) return { target, ran: [], state };
    const url = urlOf(target, client);
    return await withLock(
      project,
      {
        url,
        waitMs: options.lockWaitMs ?? 60_000,
        doing: options.direction,
        onWaiting: options.onWaiting ?? (() => undefined),
      },
      async () => {
        // A statement goes on in the server when its client is gone: whoever interrupts wants it to end.
        const forget = onInterrupt(() => terminate(url, client));
        try {
          return await runLocked(project, client, history, target, options);
        } finally {
          forget();
        }
      },
    );
  } catch (error) {
    const { code = '', message } = error as DatabaseError;
    // 42501 insufficient_privilege, 25006 read_only_sql_transaction
    throw ['42501', '25006'].includes(code)
      ? problem('not-allowed', { detail: message, sqlstate: code }, error)
      : error;
  } finally {
    await client.end();
  }
}

/** Ends a session from outside; what it had not committed is rolled back. */
async function terminate(url: string, client: Client): Promise<void> {
  const other = await open(url);
  try {
    // `processID` is not in the types of pg, but is what its own cancellation uses.
    await other.query('select pg_terminate_backend($1)', [(client as unknown as { processID: number }).processID]);
  } finally {
    await other.end();
  }
}

/** What `run` would do now. Takes no lock, creates nothing. */
export async function decideSteps(project: Project, options: RunOptions): Promise<Step[]> {
  const { history, state } = await readState(project);
  return planFor(history, state, options);
}

async function runLocked(
  project: Project,
  client: Client,
  history: History,
  target: Target,
  options: RunOptions,
): Promise<RunResult> {
  const state = stateOf(history, await readLedger(client, project));
  const steps = planFor(history, state, options);
  const ran: RunResult['ran'] = [];
  if (steps.length > 0) {
    // What imports the ORM is imported only now: an idle command must not pay for it.
    const [{ openSession, walk }, commit] = await Promise.all([import('./walk.ts'), currentCommit(project.root)]);
    const session = await openSession(project, client);
    await ensureLedger(client, project);
    const record = (step: Step, durationMs: number | undefined) =>
      step.direction === 'up'
        ? recordApplied(client, project, step.revision, { commit, durationMs })
        : recordReverted(client, project, step.revision.name);
    await walk(session, steps, {
      record,
      onStep: options.onStep,
      onDone: (step, result) => {
        ran.push({ step, result });
        return options.onDone?.(step, result);
      },
    });
  }
  return { target, ran, state: stateOf(history, await readLedger(client, project)) };
}

/** The steps for what was typed; refuses a database that the checkout does not understand. */
function planFor(history: History, state: State, options: RunOptions): Step[] {
  if (state.missing.length > 0)
    throw problem('revision-missing', {
      missing: state.missing.map((row) => ({ name: row.name, known: known(row) })),
    });
  const late = state.late[0];
  if (late && options.direction === 'up')
    throw problem('revision-late', { late: late.revision.name, before: late.before });
  return plan(
    history,
    state.applied.map(({ name }) => name),
    options,
    { dry: false },
  );
}

function plan(history: History, applied: string[], options: RunOptions, { dry }: { dry: boolean }): Step[] {
  // Before connecting, nothing is known of what is applied: only the words are looked at.
  const names = new Set(dry && options.direction === 'down' ? history.byName.keys() : applied);
  return options.direction === 'up' ? planUp(history, names, options.target) : planDown(history, names, options.target);
}
