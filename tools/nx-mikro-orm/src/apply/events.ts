import type { Step } from '../history/revision.ts';
import type { Blocker } from './blockers.ts';
import type { Earlier, Progress } from './earlier.ts';

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
  /** The statement waits for locks that others hold. */
  | ({ type: 'blocked'; waitedMs: number; blockers: Blocker[] } & StepEvent)
  /** All of the step was rolled back, and is tried again after a pause. */
  | ({
      type: 'retried';
      attempt: number;
      sqlstate: string;
      pauseMs: number;
      spentMs: number;
      budgetMs: number;
      blockers: Blocker[];
    } & StepEvent)
  /** Something that an earlier run left behind was put right. */
  | ({ type: 'mended'; what: string } & StepEvent)
  /** The step and its record are committed. */
  | ({ type: 'finished'; durationMs: number; timings: number[]; transactional: boolean } & StepEvent)
  /** The step went wrong; nothing after it is run. */
  | ({ type: 'failed'; sqlstate: string | undefined; message: string } & StepEvent)
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
