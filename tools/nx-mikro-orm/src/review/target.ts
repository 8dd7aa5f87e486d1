import type { Loss } from '../rehearsal/loss.ts';
import type { Finding, HeldTime } from './finding.ts';
import type { Mode } from './trace/locks.ts';

/** What was judged as one piece, and what was found in it. */
export interface JudgedTarget {
  file: string;
  /** Null for a file of SQL. */
  revision: string | null;
  findings: Finding[];
}

/** What was judged, and what could not be, with the reason. */
export interface Linted {
  targets: JudgedTarget[];
  unjudged: string[];
}

/** A table that is locked while others use it. */
export interface TableLock {
  relation: string;
  lock: Mode;
  /** Null where the size is not known. */
  held: HeldTime | null;
}

export interface PlannedStep {
  name: string;
  file: string;
  transactional: boolean;
  runsCode: boolean;
  /** As they are sent, in order; of code, none. */
  statements: string[];
  /** Why there is no way back; null where there is one. */
  irreversible: string | null;
  locks: TableLock[];
  rewritten: string[];
  findings: Finding[];
}

export interface ReviewedPlan {
  database: string;
  steps: PlannedStep[];
  /** Rows and values that are gone afterwards, counted in the database; null where it was not there. */
  loss: Loss | null;
  unjudged: string[];
}
