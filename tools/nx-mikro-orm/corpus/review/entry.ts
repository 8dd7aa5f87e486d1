/** Statements with what they do to a database in use, as the server shows it; against base.sql. */
import type { FindingClass } from '../../src/review/finding.ts';

export interface ReviewEntry {
  sql: string;
  /** What it has to be found by; null for what nothing may be said of. */
  class: FindingClass | null;
  /** Each statement commits by itself. */
  autocommit: boolean;
  /** The oldest major that takes it. */
  since?: number;
}

export const bad = (name: FindingClass, ...statements: string[]): ReviewEntry[] =>
  statements.map((sql) => ({ sql, class: name, autocommit: false }));

export const badApart = (name: FindingClass, ...statements: string[]): ReviewEntry[] =>
  statements.map((sql) => ({ sql, class: name, autocommit: true }));

export const good = (...statements: string[]): ReviewEntry[] =>
  statements.map((sql) => ({ sql, class: null, autocommit: false }));

export const goodApart = (...statements: string[]): ReviewEntry[] =>
  statements.map((sql) => ({ sql, class: null, autocommit: true }));

export const since = (major: number, entries: ReviewEntry[]): ReviewEntry[] =>
  entries.map((entry) => ({ ...entry, since: major }));
