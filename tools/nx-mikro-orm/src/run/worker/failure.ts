import type { DatabaseError } from 'pg';
import { isProblem, problem, type Problem } from '../../errors.ts';
import type { Step } from '../../history/revision.ts';
import { blockerLine, endingOf, type Blocker } from '../../postgres/blockers.ts';
import { codeOf, isOfClass, isSqlstate, isState, sqlstate } from '../../sql/sqlstate.ts';
import { passingState } from './retry.ts';
import { shortened } from '../../text/line.ts';
import { lineInStack } from '../../text/stack.ts';

/** What went wrong in a step, where. The cause is what the server or the connection said. */
export class StepFailure extends Error {
  readonly step: Step;
  readonly sql: string | undefined;
  /** Which statement, from 1. */
  readonly statement: number | undefined;
  /** The commit was asked for, so that only the server knows. */
  readonly committing: boolean;
  /** Its statements are done, and its row in ledger or journal could not be written. */
  readonly books: boolean;

  constructor(
    step: Step,
    cause: unknown,
    where: { sql?: string; statement?: number; committing?: boolean; books?: boolean } = {},
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'StepFailure';
    this.step = step;
    this.sql = where.sql;
    this.statement = where.statement;
    this.committing = where.committing ?? false;
    this.books = where.books ?? false;
  }

  /** PostgreSQL's code of what went wrong; undefined when it was not the server that said so. */
  get sqlstate(): string | undefined {
    const code = codeOf(this.cause);
    return isSqlstate(code) ? code : undefined;
  }
}

/** Names the step for an error; what already does is left as it is. */
export const failureOf = (
  step: Step,
  error: unknown,
  where: ConstructorParameters<typeof StepFailure>[2] = {},
): Error => (error instanceof StepFailure || isProblem(error) ? error : new StepFailure(step, error, where));

/** The step that an error is about, where it says so. */
export function stepOf(error: unknown): Step | undefined {
  if (error instanceof StepFailure) return error.step;
  return error instanceof Error && error.cause !== undefined ? stepOf(error.cause) : undefined;
}

/** Errors of the server's after which the connection is gone; all of SQLSTATE class 08 are besides. */
const ends = [
  sqlstate.adminShutdown,
  sqlstate.crashShutdown,
  sqlstate.cannotConnectNow,
  sqlstate.idleInTransactionSessionTimeout,
] as const;

/** The socket's errors, and pg's own words for an end without a reason. */
const socketErrors = ['ECONNRESET', 'EPIPE', 'ECONNREFUSED', 'ETIMEDOUT', 'ECONNABORTED'];
const words = /connection terminated|client has encountered a connection error|connection ended|not queryable/i;

/** Whether an error, or what caused it, means that the connection is gone. */
export function isCut(error: unknown): boolean {
  if (error === undefined || error === null) return false;
  const { message, cause } = error as { message?: unknown; cause?: unknown };
  const code = codeOf(error);
  if (isOfStatement(error)) return false;
  if (isOfClass(error, 'connectionException') || isState(error, ...ends) || socketErrors.includes(code)) return true;
  return words.test(typeof message === 'string' ? message : '') || isCut(cause);
}

/**
 * Whether an error, or what caused it, is that of a statement, behind which the server goes on. Its code and words say nothing
 * of the connection: a statement may raise any, and one that asks another server passes on what came of that.
 */
function isOfStatement(error: unknown): boolean {
  const { severity, routine, cause } = (error ?? {}) as Record<string, unknown>;
  // The severity is in the language of the server; what is raised in PL/pgSQL is known by its place.
  return severity === 'ERROR' || routine === 'exec_stmt_raise' || (cause !== undefined && isOfStatement(cause));
}

/** The problem that a person is told: the revision, the statement, the server's words, and who was in the way. */
export function problemOf(
  failure: StepFailure,
  seen: {
    blockers: Blocker[];
    spentMs: number;
    kept: string | undefined;
    of: number | undefined;
    atomic: boolean;
    scratch: string | undefined;
  },
): Problem {
  const { step, sql, cause } = failure;
  const { code, message, detail, hint, position, where } = cause as DatabaseError;
  const before = sql?.slice(0, Number(position ?? 1) - 1);
  const facts = {
    name: step.revision.name,
    path: step.revision.path,
    line: sql === undefined ? lineInStack(cause, step.revision.path) : undefined,
    direction: step.direction,
    sqlstate: failure.sqlstate ?? (typeof code === 'string' ? code : undefined),
    message: shortened([message, detail, hint].filter(Boolean).join(' '), longest),
    number: seen.of === undefined ? undefined : failure.statement,
    of: seen.of,
    where: where && shortened(where, longest),
    atomic: seen.atomic,
    scratch: seen.scratch,
    statement: sql === undefined ? undefined : around(sql, before?.split('\n').length ?? 1),
    ...(seen.kept !== undefined && { kept: seen.kept }),
  };
  if (passingState(cause) === undefined) return problem('step-failed', facts, failure);
  const blockers = seen.blockers.map((blocker) => ({ line: blockerLine(blocker), ending: endingOf(blocker) }));
  return problem('lock-timeout', { ...facts, blockers, spentMs: seen.spentMs }, failure);
}

/** Of what the server says of an error; it may quote a value of any length. Characters. */
const longest = 4_000;

/** The line of the statement that the server points at, with a little around it. */
function around(sql: string, line: number): string {
  const lines = sql.split('\n').slice(Math.max(0, line - 2), line + 2);
  return lines.map((text) => shortened(text, 200)).join('\n');
}

/** What the caller should report of an error: the SQLSTATE and the sentence. */
export const said = (error: unknown): { sqlstate: string | undefined; message: string } => {
  const facts = isProblem(error) ? (error.facts as { sqlstate?: string }) : undefined;
  const own = error instanceof StepFailure ? error.sqlstate : undefined;
  return { sqlstate: facts?.sqlstate ?? own, message: error instanceof Error ? error.message : String(error) };
};
