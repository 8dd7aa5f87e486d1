import type { Client } from 'pg';
import type { LoadedStep } from '../history/content.ts';
import type { Skipped } from '../history/late.ts';
import type { Step } from '../history/revision.ts';
import type { State } from '../history/state.ts';
import type { Target } from '../postgres/connect/connect.ts';
import type { OnEvent } from './events/events.ts';
import { planFor, skippedBy, type Request } from './plan.ts';
import type { Standing } from './standing/standing.ts';
import type { StepResult } from './worker/worker.ts';

export interface RunOptions extends Request {
  /** What others that wait are told; by default the direction. */
  doing?: string;
  /** Decides the steps, instead of the request. */
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
  consent?: (plan: Plan) => Promise<void>;
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

/** What is about to run, and where. */
export interface Plan {
  /** For questions; undefined while the database does not exist. */
  client: Client | undefined;
  steps: LoadedStep[];
  target: Target;
}

/** The steps for what was asked, where a database stands. Pure. */
export const stepsFor = (standing: Standing, options: RunOptions): Step[] =>
  options.decide ? options.decide(standing) : planFor(standing, options);

/** Tells what has to be known of a standing, whether anything is run there or not. Returns what is left out. */
export async function remark(standing: Standing, options: RunOptions): Promise<Skipped[]> {
  const revisions = standing.state.duplicated.map(({ name }) => name);
  if (revisions.length > 0) await options.onEvent?.({ type: 'duplicated', revisions });
  const skipped = options.decide ? [] : skippedBy(standing, options);
  if (skipped.length > 0) await options.onEvent?.({ type: 'skipped', revisions: skipped });
  return skipped;
}
