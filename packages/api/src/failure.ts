import { DriverException } from '@mikro-orm/core';

/** What a failure of the database means for whoever asked. */
export type Failure =
  /** The connection is gone, or there is none: another attempt may well succeed. */
  | 'lost'
  /** Rolled back in favour of somebody else: another attempt will succeed. */
  | 'conflict'
  /** Cancelled, or no connection became free in time. */
  | 'busy'
  /** A table or column is missing: the database does not stand at this build's history. */
  | 'schema'
  | 'unique'
  | 'reference'
  | 'other';

const kinds: [Exclude<Failure, 'other'>, RegExp][] = [
  // Network failures, and PostgreSQL's classes 08 (connection), 57P (shutting down), 3D (no database).
  ['lost', /^(E[A-Z]{3,}|08...|57P..|3D...)$/],
  ['conflict', /^40...$/],
  // query_canceled, lock_not_available, and class 53 (no resources).
  ['busy', /^(57014|55P03|53...)$/],
  ['schema', /^(42P01|42703|3F000)$/],
  ['unique', /^(23505|23P01)$/],
  ['reference', /^(23503|23001)$/],
];

/** Without a code: what `pg` says when a connection breaks, and when none becomes free. */
const lostWords = /^(Connection terminated|Client has encountered a connection error|Client was closed)/;
const busyWords = /^timeout exceeded when trying to connect/;

/** What a query rejected with, and what it means. Made only where the database is spoken to: a caller's connection breaks too. */
export class DatabaseFailure extends Error {
  declare readonly cause: Error & { constraint?: string };
  readonly failure: Failure;

  constructor(failure: Failure, cause: Error) {
    super(cause.message, { cause });
    this.failure = failure;
  }
}

/** Classifies what a query rejected with; undefined when it does not come from the database. */
export function failureOf(error: unknown): Failure | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { code?: unknown };
  // MikroORM puts the statement before what the driver said.
  const said = error.message.split(' - ').at(-1) ?? '';
  if (lostWords.test(said)) return 'lost';
  if (busyWords.test(said)) return 'busy';
  if (typeof code !== 'string' || code.startsWith('ERR_'))
    return error instanceof DriverException ? 'other' : undefined;
  const [kind] = kinds.find(([, pattern]) => pattern.test(code)) ?? [];
  return kind ?? (error instanceof DriverException ? 'other' : undefined);
}
