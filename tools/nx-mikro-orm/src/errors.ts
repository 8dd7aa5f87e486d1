/**
 * Every refusal and failure this engine can utter: its code, its exit code, what was found (and not done), and the next
 * command to type. A section each in errors/. Throw with {@link problem}; only report.ts turns one into text.
 */
import { commandline } from './errors/commandline.ts';
import { connection } from './errors/connection.ts';
import { destroying } from './errors/destroying.ts';
import { embedded } from './errors/embedded.ts';
import { fileSystem } from './errors/file-system.ts';
import { historyErrors } from './errors/history.ts';
import { ledger } from './errors/ledger.ts';
import { models } from './errors/models.ts';
import { running } from './errors/running.ts';
import { whole } from './errors/whole.ts';
import type { ErrorEntry, Exit } from './errors/entry.ts';

export { exits, typed, type Exit } from './errors/entry.ts';
export { plural } from './text/count.ts';
export { firstLine } from './text/line.ts';

export const problems = {
  ...commandline,
  ...historyErrors,
  ...ledger,
  ...connection,
  ...running,
  ...destroying,
  ...models,
  ...whole,
  ...embedded,
  ...fileSystem,
} as const;

export type ProblemCode = keyof typeof problems;
export type FactsOf<Code extends ProblemCode> = Parameters<(typeof problems)[Code]['say']>[0];

/** An expected failure: it carries its facts, and is shown as a sentence and next commands, never as a stack trace. */
export class Problem<Code extends ProblemCode = ProblemCode> extends Error {
  readonly code: Code;
  readonly facts: FactsOf<Code>;

  constructor(code: Code, facts: FactsOf<Code>, options?: ErrorOptions) {
    const found = problems[code] as unknown as ErrorEntry<FactsOf<Code>>;
    super(found.say(facts), options);
    this.name = 'Problem';
    this.code = code;
    this.facts = facts;
  }

  get exit(): Exit {
    return problems[this.code].exit;
  }

  get next(): string[] {
    return (problems[this.code] as unknown as ErrorEntry<FactsOf<Code>>).next(this.facts);
  }
}

/** Makes the error for a code of the table; `cause` keeps the original for `--debug`. */
export const problem = <Code extends ProblemCode>(code: Code, facts: FactsOf<Code>, cause?: unknown): Problem<Code> =>
  new Problem(code, facts, cause === undefined ? undefined : { cause });

/** Unlike `instanceof` alone, it keeps the type of the code and the facts. */
export const isProblem = (error: unknown): error is Problem => error instanceof Problem;
