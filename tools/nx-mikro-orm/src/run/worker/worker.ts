import type { Client } from 'pg';
import type { OrmSession } from '../../orm.ts';
import { openSteps, together, type OnEvent, type RunEvent, type StepEvent } from '../events/events.ts';
import type { Books } from '../../ledger/bookkeeping.ts';
import type { Notices } from './notices.ts';
import type { Patience } from './retry.ts';

/** What runs steps: a connection, and how each step is begun there. On scratch, nothing more than that. */
export interface Worker {
  client: Client;
  /** Sent before each step; see session.ts. */
  prelude: string[];
  /** MikroORM on the same connection, opened when a revision runs code. */
  orm: () => Promise<OrmSession>;
  patience: Patience;
  /** What is left in the session; undefined on scratch, where each step has it discarded. */
  left?: Left | undefined;
  /** Tells an event and waits for who listens; what a listener throws stops the run. */
  emit: (event: RunEvent) => Promise<void>;
  /** Tells an event in passing. */
  tell: (event: RunEvent) => void;
  /** The steps that were started and have not ended. */
  open: ReadonlyMap<string, StepEvent>;
  /** What goes with a step on a database that counts; undefined on scratch. */
  books?: Books | undefined;
  /** What the server says beside its answers; nobody listens on scratch. */
  notices?: Notices | undefined;
  /** The scratch database that it works on, for messages. */
  scratch?: string | undefined;
}

/** What steps have left in the session of a run. */
interface Left {
  /** Nothing since it was discarded last, which is then not done again. */
  nothing: boolean;
  /** How often it was discarded: what had been prepared in it is gone each time. */
  discards: number;
}

/** How a step came out. */
export interface StepResult {
  transactional: boolean;
  durationMs: number;
  /** Milliseconds of each statement; those that code sent by itself are not among them. */
  timings: number[];
}

/** The two ways to tell an event, and what they have told. */
export function telling(listener: OnEvent | undefined): Pick<Worker, 'emit' | 'tell' | 'open'> {
  const { steps, onEvent } = openSteps();
  const tellAll = together(onEvent, listener);
  return {
    open: steps,
    emit: async (event) => tellAll(event),
    tell: (event) => {
      // A listener that fails in passing must not be taken for a statement that failed.
      void (async () => tellAll(event))().catch(() => undefined);
    },
  };
}
