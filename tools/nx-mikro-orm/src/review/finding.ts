/** What a review says: of one statement, what is wrong with it, and what to do instead. */
import type { Mode } from './trace/locks.ts';

/** What kind of harm a finding is about; stable, for programs. */
export const classes = {
  table_rewrite: 'all rows of a table are written anew while it is locked',
  full_scan_blocking: 'all rows of a table are read while it is locked',
  index_build_blocking: 'an index is built while its table is locked',
  lock_held_during_work: 'a lock taken earlier in the transaction is held while other work is done',
  illegal_in_tx: 'PostgreSQL does not take the statement in a transaction',
  invalid: 'the statement fails, whatever rows there are',
  data_dependent_failure: 'whether the statement fails depends on rows that only the target has',
  data_loss: 'rows, columns or values are gone',
  client_break: 'statements of the release that runs now fail, or find nothing',
  exclusive_lock_op: 'a strong lock for a moment, where there is a form with a weaker one',
  integrity_loss: 'something is no longer checked',
  unbounded_write: 'one statement writes as many rows as there are',
  tx_control: 'it interferes with the transaction or the session of whoever runs it',
  not_retryable: 'after a failure, running it again does harm, or nothing under a line that says success',
  naming: 'a name is not the one that is written',
  security: 'who may do what changes',
} as const;

export type FindingClass = keyof typeof classes;

/** What takes the longer the more rows there are. Loss, break and failure do not depend on size. */
export const weighed: ReadonlySet<FindingClass> = new Set([
  'table_rewrite',
  'full_scan_blocking',
  'index_build_blocking',
  'lock_held_during_work',
  'unbounded_write',
  'exclusive_lock_op',
]);

export const severities = ['error', 'warning', 'note'] as const;

export type Severity = (typeof severities)[number];

/** What a rule says of a statement; the rule itself says the rest. */
export interface RuleRemark {
  message: string;
  /** The relation that it is about, as it is shown. */
  relation?: string;
  lock?: Mode;
  severity?: Severity;
  instead?: string;
  /** In the statement, from 1, where that is not its beginning. */
  position?: number;
  /** What figures of the target decide it: nulls in a column, or values of columns that are there twice. */
  decidedBy?: { of: 'nulls' | 'repeats'; columns: string[] };
}

/** Line and column, from 1. */
export interface FilePlace {
  line: number;
  column: number;
}

/** For how long somebody is locked out, in seconds: at least, and at most. */
export interface HeldTime {
  from: number;
  to: number;
  /** Where the size of the tables is from. */
  source: string;
}

export interface Finding extends FilePlace {
  /** The rule's name. */
  code: string;
  class: FindingClass;
  severity: Severity;
  /** The text of the statement. */
  statement: string;
  relation: string | null;
  lock: Mode | null;
  /** Null where it does not depend on size, or where the size is not known. */
  held: HeldTime | null;
  message: string;
  instead: string;
}
