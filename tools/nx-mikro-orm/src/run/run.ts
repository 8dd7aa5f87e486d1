import type { Client } from 'pg';
import type { Project } from '../config.ts';
import type { History } from '../history/graph.ts';
import { stateOf } from '../history/state.ts';
import { assertFiles } from './ahead.ts';
import { booksProblem, connectOrCreate, connectToRead, findTarget, type Target } from '../postgres/connect/connect.ts';
import { asOnlyRunner } from '../postgres/runner.ts';
import { assertWords } from './plan.ts';
import { remark, stepsFor, type RunOptions, type RunResult } from './request.ts';
import { assertSettingsAgree } from './settings.ts';
import { readHistory, readStanding, type Standing } from './standing/standing.ts';
import { telling } from './worker/worker.ts';

/**
 * Brings the target database up or down. Deciding that there is nothing to do takes no lock and imports no revision;
 * everything else is decided again under the lock.
 */
export async function run(project: Project, options: RunOptions): Promise<RunResult> {
  const history = readHistory(project);
  assertWords(history, options);
  const target = await findTarget(project);
  const client = await (options.direction === 'up' && history.order.length > 0
    ? connectOrCreate(project, target)
    : connectToRead(project, target));
  if (!client) return { target, ran: [], restamped: [], skipped: [], state: stateOf(history, []) };
  try {
    const standing = await readStanding(client, project, history);
    await assertFiles(client, project, standing, options);
    if (isIdle(standing, options)) {
      const skipped = await remark(standing, options);
      return { target, ran: [], restamped: [], skipped, state: standing.state };
    }
    if (options.direction === 'up' && isFirst(standing)) await assertSettingsAgree(project);
    return await underLock(project, { client, target }, history, options);
  } catch (error) {
    throw booksProblem(error, target);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Whether this engine has applied nothing here yet; stock MikroORM may have. */
const isFirst = ({ state }: Standing): boolean => state.applied.every(({ tool }) => tool === undefined);

/** What another runner may just be finishing is decided under the lock. */
function isIdle(standing: Standing, options: RunOptions): boolean {
  if (standing.half.length > 0 || standing.state.restamp.length > 0) return false;
  return stepsFor(standing, options).length === 0;
}

const underLock = (
  project: Project,
  connected: { client: Client; target: Target },
  history: History,
  options: RunOptions,
): Promise<RunResult> => {
  const { tell } = telling(options.onEvent);
  const asked = {
    doing: options.doing ?? options.direction,
    waitMs: options.lockWaitMs,
    onWaiting: (holder: string, waitedMs: number) => tell({ type: 'waiting', holder, waitedMs }),
  };
  return asOnlyRunner(project, connected, asked, async (runner) => {
    const { perform } = await import('./perform.ts');
    return perform(runner, history, options);
  });
};
