import type { RuleRemark, FindingClass, Severity } from './finding.ts';
import type { Seen } from './seen.ts';

/** An example for a rule: statements on the schema of examples.sql. */
export interface Example {
  sql: string;
  /** Each statement commits by itself. */
  autocommit?: true;
}

/** What is looked for in every statement. */
export interface Rule {
  /** Its name, which `-- allow` names; it is stable. */
  code: string;
  class: FindingClass;
  severity: Severity;
  /** What goes wrong, for the page of the rule: a sentence. */
  danger: string;
  /** What to write instead: a sentence. */
  instead: string;
  bad: (string | Example)[];
  good: (string | Example)[];
  check: (seen: Seen) => RuleRemark[];
}

export const defineRule = (definition: Rule): Rule => definition;
