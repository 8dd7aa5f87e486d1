import type { Client } from 'pg';
import type { Project } from '../../config.ts';
import type { Step } from '../../history/revision.ts';
import type { OrmSession } from '../../orm.ts';
import type { Content } from '../../history/content.ts';
import { openSteps, together, type OnEvent, type RunEvent, type StepEvent } from '../events/events.ts';
import type { Entry, Journal } from '../../ledger/journal.ts';
import { recordApplied, recordReverted } from '../../ledger/record.ts';
import type { Lock } from '../../postgres/lock.ts';
import type { Provenance } from '../../ledger/provenance.ts';
import type { Patience } from './retry.ts';

/** A step, and what its revision does. */
export interface Loaded {
  step: Step;
  content: Content;
}

/** What runs steps: a connection, and how each step is begun there. On scratch, nothing more than that. */
export interface Worker {
  client: Client;
  /** Sent before each step; see session.ts. */
  prelude: string[];
  /** MikroORM on the same connection, opened when a revision runs code. */
  orm: () => Promise<OrmSession>;
  patience: Patience;
  /** Tells an event and waits for who listens; what a listener throws stops the run. */
  emit: (event: RunEvent) => Promise<void>;
  /** Tells an event in passing. */
  tell: (event: RunEvent) => void;
  /** The steps that were started and have not ended. */
  open: ReadonlyMap<string, StepEvent>;
  /** What goes with a step on a database that counts; undefined on scratch. */
  books?: Books;
}

/** Where a run is recorded, and what makes sure that nobody else is at work. */
export interface Books {
  project: Project;
  lock: Lock;
  journal: Journal;
  provenance: Provenance;
  /** The server's process behind the worker's connection. */
  backend: number;
}

/** A worker whose steps are recorded. */
export type Booked = Worker & { books: Books };

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

/** Writes a step's row into the ledger, or takes it out; inside the transaction that the step commits with. */
export const recordStep = (
  client: Client,
  { project, provenance }: Books,
  { step: { revision, direction }, content }: Loaded,
  durationMs?: number,
): Promise<void> =>
  direction === 'up'
    ? recordApplied(client, project, { revision, content }, provenance, durationMs)
    : recordReverted(client, project, revision.name);

/** The journal's row of a finished step. */
export const finishedEntry = (
  { revision, direction }: Step,
  result: Pick<Entry, 'attempt' | 'durationMs' | 'timings'>,
): Entry => ({ ...result, event: direction === 'up' ? 'applied' : 'reverted', revision: revision.name, direction });
