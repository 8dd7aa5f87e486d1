import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Step } from '../../history/revision.ts';
import { watchBlockers } from '../../postgres/blockers.ts';
import { contentOf, forgetContent, type LoadedStep } from '../../history/content.ts';
import type { Progress } from '../../ledger/earlier.ts';
import { stepEvent } from '../events/events.ts';
import { stepOf } from '../worker/failure.ts';
import { withRetries } from '../worker/retry.ts';
import { failedStep } from './failed.ts';
import { assertRunnable } from './runnable.ts';
import { commitTogether } from './transaction.ts';
import type { StepResult, Worker } from '../worker/worker.ts';

export interface WalkOptions {
  /** What a step does; by default, what its file says. */
  load?: ((step: Step) => Promise<LoadedStep['content']>) | undefined;
  /** All steps in one transaction, or none of them. */
  atomic?: boolean;
  /** How far an earlier run came with a step that runs outside of a transaction. */
  progressOf?: (step: Step) => Progress | undefined;
  /** Runs before a step, with what it does. */
  before?: (loaded: LoadedStep) => Promise<void>;
  onDone?: (step: Step, result: StepResult) => Promise<void> | void;
}

/** Runs steps one after the other; the next file is read while the server works on the current one. */
export async function walk(worker: Worker, steps: readonly Step[], options: WalkOptions = {}): Promise<void> {
  const load = async (step: Step | undefined): Promise<LoadedStep | undefined> => {
    if (!step) return undefined;
    const loaded = { step, content: await (options.load?.(step) ?? contentOf(step.revision)) };
    // For real, all was looked at before the first one began.
    if (!worker.books) await assertRunnable(loaded, options.atomic === true);
    return loaded;
  };
  if (options.atomic) {
    const all = await Promise.all(steps.map(load));
    await runTogether(
      worker,
      all.filter((loaded) => loaded !== undefined),
      { first: 1, of: steps.length },
      options,
    );
    return;
  }
  let next = load(steps[0]);
  for (const [at] of steps.entries()) {
    const loaded = await next;
    if (!loaded) return;
    await options.before?.(loaded);
    const running = runTogether(worker, [loaded], { first: at + 1, of: steps.length }, options);
    // Reading blocks: the statements have to be on their way first.
    next = nextTurn().then(() => load(steps[at + 1]));
    // A file that cannot be read is reported when its turn comes.
    next.catch(() => undefined);
    await running;
  }
}

/** Runs steps that commit together: one, or all of an atomic run. Tries again what could not get its locks. */
async function runTogether(
  worker: Worker,
  batch: readonly LoadedStep[],
  { first, of }: { first: number; of: number },
  options: WalkOptions,
): Promise<void> {
  const [head] = batch;
  if (!head) return;
  const started = performance.now();
  const progress = options.progressOf?.(head.step);
  if (progress) await (await import('./outside.ts')).settleLeft(worker, head, progress);
  const watch =
    worker.books &&
    watchBlockers(worker.books.lock.client, worker.books.backend, (blockers, waitedMs) => {
      worker.tell({ type: 'blocked', ...stepEvent(head.step), waitedMs, blockers });
    });
  const attempt = async (number: number): Promise<StepResult[]> => {
    for (const [at, { step, content }] of batch.entries())
      await worker.emit({
        type: 'started',
        ...stepEvent(step),
        number: first + at,
        of,
        attempt: number,
        transactional: content.transactional,
      });
    return head.content.transactional
      ? commitTogether(worker, batch, number)
      : [await (await import('./outside.ts')).runOutside(worker, head, progress, () => watch?.last() ?? [])];
  };
  try {
    // Outside of a transaction, each statement is tried again by itself.
    const patience = head.content.transactional ? worker.patience : { ...worker.patience, budgetMs: 0 };
    const results = await withRetries(patience, attempt, (pause, error) => {
      const culprit = stepOf(error)?.revision.name ?? head.step.revision.name;
      for (const { step } of batch) {
        const because = step.revision.name === culprit ? {} : { because: culprit };
        worker.tell({ type: 'retried', ...stepEvent(step), ...pause, blockers: watch?.last() ?? [], ...because });
      }
    });
    for (const [at, { step, content }] of batch.entries()) {
      const result = results[at];
      if (!result) continue;
      // It is done, whatever a listener makes of it.
      await options.onDone?.(step, result);
      await worker.emit({ type: 'finished', ...stepEvent(step), ...result, transactional: content.transactional });
      forgetContent(step.revision);
    }
  } catch (error) {
    const spentMs = Math.round(performance.now() - started);
    throw await failedStep(worker, batch, { error, blockers: watch?.last() ?? [], spentMs });
  } finally {
    watch?.stop();
  }
}
