import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Project } from '../config.ts';
import type { Step } from '../history/revision.ts';
import { loadOptions, openOrm, type MigrationClass, type OrmSession } from '../orm.ts';
import { loadRevision } from './load.ts';
import { runStep, type StepResult } from './step.ts';

export interface WalkOptions {
  record?: (step: Step, durationMs: number | undefined) => Promise<void>;
  /** Runs before a step, with its class. */
  before?: (step: Step, Class: MigrationClass) => Promise<void>;
  onStep?: ((step: Step, at: { number: number; of: number }) => Promise<void> | void) | undefined;
  onDone?: (step: Step, result: StepResult) => Promise<void> | void;
}

/** MikroORM, with the project's own options, on a connection that the caller keeps. */
export const openSession = async (project: Project, client: Client): Promise<OrmSession> =>
  openOrm(await loadOptions(project), client);

/** Runs steps one after the other; the next file is imported while the server works on the current one. */
export async function walk(session: OrmSession, steps: readonly Step[], options: WalkOptions): Promise<void> {
  const load = (at: number) => {
    const step = steps[at];
    return step && loadRevision(step.revision);
  };
  let next = Promise.resolve(load(0));
  for (const [at, step] of steps.entries()) {
    const Class = await next;
    if (!Class) return;
    await options.onStep?.(step, { number: at + 1, of: steps.length });
    await options.before?.(step, Class);
    const { record } = options;
    const running = runStep(session, step, Class, record ? { record: (ms) => record(step, ms) } : {});
    // Importing blocks: the statements have to be on their way first.
    next = nextTurn().then(() => load(at + 1));
    // A file that does not load is reported when its turn comes.
    next.catch(() => undefined);
    const result = await running;
    await options.onDone?.(step, result);
  }
}
