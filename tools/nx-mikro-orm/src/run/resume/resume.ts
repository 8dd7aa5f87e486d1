import { setTimeout as sleep } from 'node:timers/promises';
import { problem } from '../../errors.ts';
import type { Step } from '../../history/revision.ts';
import { withOwnPath } from '../../postgres/connect/own-path.ts';
import type { OpenStatement } from '../../ledger/earlier.ts';
import { evidence } from './evidence/evidence.ts';
import type { Evidence } from './evidence/verdict.ts';
import { stepEvent } from '../events/events.ts';
import { dropInvalid } from './evidence/invalid.ts';
import type { Worker } from '../worker/worker.ts';

/**
 * Finds out whether a statement that an earlier run sent took effect, and puts right what it left half done.
 * `done`: it is not to be sent again. @throws statement-unknown when nothing in the database can tell
 */
export const resolveOpen = (worker: Worker, step: Step, sql: string, open: OpenStatement): Promise<'done' | 'send'> =>
  withOwnPath(worker.client, () => judge(worker, step, sql, open));

async function judge(worker: Worker, step: Step, sql: string, open: OpenStatement): Promise<'done' | 'send'> {
  const seen = await settled(worker, step, sql);
  if (seen.found === 'unfinished-detach') {
    await worker.client.query(seen.finalize);
    return 'done';
  }
  if (seen.found === 'done') return open.outcome === 'unknown' ? 'done' : 'send';
  if (seen.found === 'unknown' && (open.outcome === 'unknown' || open.alone))
    throw problem('statement-unknown', {
      name: step.revision.name,
      statement: open.statement,
      sql,
      why:
        open.outcome === 'failed'
          ? 'it failed outside of a transaction, and may have done a part of its work'
          : seen.why,
      since: open.at,
    });
  await mend(worker, step, seen);
  return 'send';
}

/**
 * Puts right what a statement left that failed by itself, and that the revision says no more: an edit has changed it, or moved
 * it. On the session as the statement had it. @throws statement-unknown
 */
export const settleEdited = (worker: Worker, step: Step, open: OpenStatement): Promise<void> =>
  withOwnPath(worker.client, async () => {
    const seen = await settled(worker, step, open.sql);
    if (seen.found === 'unknown' || seen.found === 'unfinished-detach')
      throw problem('statement-unknown', {
        name: step.revision.name,
        statement: open.statement,
        sql: open.sql,
        why: 'it failed outside of a transaction and was edited since, and may have done a part of its work',
        since: open.at,
      });
    await mend(worker, step, seen);
  });

/** Before a concurrent build: an INVALID index of its name would be kept by `if not exists`, or be in the way. */
export const clearTheWay = (worker: Worker, step: Step, sql: string): Promise<void> =>
  withOwnPath(worker.client, async () => mend(worker, step, await settled(worker, step, sql)));

/** The evidence once nothing works on that statement any more. @throws lock-held */
async function settled(worker: Worker, step: Step, sql: string): Promise<Evidence> {
  for (const began = Date.now(); ; await sleep(250)) {
    const seen = await evidence(worker.client, sql);
    if (seen.found !== 'running') return seen;
    const waitedMs = Date.now() - began;
    const holder = `server process ${seen.pid} is still at a statement of ${step.revision.name}`;
    if (waitedMs > worker.patience.budgetMs) throw problem('lock-held', { holder, waitedMs });
    worker.tell({ type: 'waiting', holder, waitedMs });
  }
}

async function mend(worker: Worker, step: Step, seen: Evidence): Promise<void> {
  const indexes = seen.found === 'invalid-index' ? [seen.index] : seen.found === 'leftover-indexes' ? seen.indexes : [];
  for (const index of indexes) {
    worker.books?.lock.assertHeld();
    // What was left as it is, for the server to judge, must not be told as dropped.
    if (await dropInvalid(worker.client, index)) continue;
    await worker.emit({
      type: 'mended',
      ...stepEvent(step),
      what: `the INVALID index ${index}, left by a build that did not finish, was dropped`,
    });
  }
}
