import type { Finding } from './finding.ts';

/** What was judged as one piece, and what was found in it. */
export interface Target {
  file: string;
  /** Null for a file of SQL. */
  revision: string | null;
  findings: Finding[];
}

/** What was judged, and what could not be, with the reason. */
export interface Linted {
  targets: Target[];
  unjudged: string[];
}
