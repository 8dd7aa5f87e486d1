import type { Skipped } from '../../history/late.ts';
import type { Step } from '../../history/revision.ts';
import type { Blocker } from '../../postgres/blockers.ts';
import type { Earlier, Progress } from '../../ledger/earlier.ts';

/** What every event says of the step that it is about. */
export interface StepEvent {
  revision: string;
  path: string;
  direction: Step['direction'];
}

/**
 * Everything that a run can tell while it goes on. One closed union: the terminal, `--json-lines`, `migrator.on('…')`,
 * trace spans and the tests all read it, and nothing else.
 */
export type RunEvent =
  /** Another runner is at work. */
  | { type: 'waiting'; holder: string; waitedMs: number }
  /** An earlier run did not end well: what is left of it. */
  | { type: 'found'; earlier: Earlier; half: Progress[] }
  /** The ledger has more than one row of them: runners of stock MikroORM may have run them twice. */
  | { type: 'duplicated'; revisions: string[] }
  /** What `--late skip` leaves out, and why. */
  | { type: 'skipped'; revisions: Skipped[] }
  /** What will run, decided under the lock. */
  | { type: 'planned'; run: string; direction: Step['direction']; revisions: string[]; atomic: boolean }
  /** A revision was recorded in place of those that it replaces; nothing was run. */
  | { type: 'restamped'; revision: string; replaced: string[] }
  /** A step begins; `attempt` counts from 1. */
  | ({ type: 'started'; number: number; of: number; attempt: number; transactional: boolean } & StepEvent)
  /** The server is at this statement now; counted from 1. How many there are is not known of code. */
  | ({ type: 'statement'; statement: number; of: number | undefined; sql: string } & StepEvent)
  /** The server has finished it, or an earlier run had. */
  | ({ type: 'answered'; statement: number; of: number; durationMs: number; skipped: boolean } & StepEvent)
  /** The server says something beside its answer: `raise notice`, `raise warning`, or a warning of its own. */
  | ({ type: 'notice'; severity: string; code: string | undefined; message: string } & StepEvent)
  /** The statement waits for locks that others hold. */
  | ({ type: 'blocked'; waitedMs: number; blockers: Blocker[] } & StepEvent)
  /** The step was rolled back, or its statement where each is tried by itself; it is tried again after a pause. */
  | ({
      type: 'retried';
      /** The attempt that did not succeed, from 1. */
      attempt: number;
      /** Outside of a transaction: which one it is, from 1. */
      statement?: number;
      sqlstate: string;
      pauseMs: number;
      spentMs: number;
      budgetMs: number;
      blockers: Blocker[];
      /** The step of the same transaction that it was rolled back with. */
      because?: string;
    } & StepEvent)
  /** Something that an earlier run left behind was put right. */
  | ({ type: 'mended'; what: string } & StepEvent)
  /** The step and its record are committed. */
  | ({ type: 'finished'; durationMs: number; timings: number[]; transactional: boolean } & StepEvent)
  /**
   * The step went wrong, or was rolled back `because` of another one of the same transaction; nothing after it is run.
   * Every `started` is followed by one of `finished`, `failed` and, without `statement`, `retried`.
   */
  | ({ type: 'failed'; sqlstate: string | undefined; message: string; because?: string } & StepEvent)
  /** The run is over. */
  | { type: 'ended'; ok: boolean; ran: number; durationMs: number };

/** Takes events as they happen. What `started` and `finished` return is waited for. */
export type OnEvent = (event: RunEvent) => Promise<void> | void;

/** The fields that name a step. */
export const stepEvent = ({ revision, direction }: Step): StepEvent => ({
  revision: revision.name,
  path: revision.path,
  direction,
});

/** Listens with several ears, one after the other. */
export const together =
  (...ears: (OnEvent | undefined)[]): OnEvent =>
  async (event) => {
    for (const ear of ears) await ear?.(event);
  };

/** Keeps the steps that were started and have not ended, in order. */
export function openSteps(): { steps: Map<string, StepEvent>; onEvent: OnEvent } {
  const steps = new Map<string, StepEvent>();
  return {
    steps,
    onEvent: (event) => {
      if (event.type === 'started') {
        const { revision, path, direction } = event;
        steps.set(revision, { revision, path, direction });
      }
      const ends =
        event.type === 'retried' ? event.statement === undefined : event.type === 'finished' || event.type === 'failed';
      if (ends) steps.delete((event as StepEvent).revision);
    },
  };
}
