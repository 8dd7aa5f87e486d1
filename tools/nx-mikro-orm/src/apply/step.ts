import type { Migration } from '@mikro-orm/migrations';
import type { Client, DatabaseError } from 'pg';
import { problem } from '../errors.ts';
import type { Step } from '../history/revision.ts';
import { plainStatements } from './statements.ts';
import { inTransaction, instantiate, type Context, type MigrationClass, type OrmSession } from '../orm.ts';

export interface StepOptions {
  /** Writes to the ledger; runs in the revision's own transaction. */
  record?: (durationMs: number | undefined) => Promise<void>;
  /** The transaction to run inside of, when a rehearsal is going on. */
  within?: Context | undefined;
  onStatement?: (sql: string) => void;
}

/** What happened in one step. */
export interface StepResult {
  /** What was sent, in order; statements that code sent by itself are not among them. */
  statements: string[];
  transactional: boolean;
  durationMs: number;
}

/** How long a statement of a transactional revision may wait for a lock before it gives up. Milliseconds. */
const lockTimeoutMs = 5000;

/** Runs one revision in one direction: all of it and its record, or nothing of it. */
export async function runStep(
  session: OrmSession,
  step: Step,
  Class: MigrationClass,
  options: StepOptions = {},
): Promise<StepResult> {
  const migration = instantiate(session, Class);
  if (migration.isTransactional() && !options.within) {
    const statements = await plainStatements(Class, step.direction);
    if (statements) return runPlain(session.client, step, statements, options);
  }
  migration.reset();
  const started = performance.now();
  const sent: string[] = [];
  const work = async (context?: Context) => {
    if (context) migration.setTransactionContext(context);
    await runInOrder(session, step, migration, (sql) => {
      sent.push(sql);
      options.onStatement?.(sql);
    });
  };
  const record = async () => options.record?.(performance.now() - started);
  const transactional = migration.isTransactional();
  if (!transactional && options.within) throw new NotTransactional(step.revision.name);
  if (transactional) {
    await inTransaction(session, { within: options.within, keep: true }, async (context) => {
      if (!options.within) await session.client.query(`set local lock_timeout = ${lockTimeoutMs}`);
      await work(context);
      await record();
    });
  } else {
    await work();
    await record();
  }
  return { statements: sent, transactional, durationMs: performance.now() - started };
}

/**
 * Sends all statements of a transaction without waiting for each answer: on a pipelined connection, one round trip, and
 * one more for the commit, which is only asked for when everything before it was answered well.
 */
async function runPlain(client: Client, step: Step, statements: string[], options: StepOptions): Promise<StepResult> {
  const started = performance.now();
  const begun = [client.query('begin'), client.query(`set local lock_timeout = ${lockTimeoutMs}`)];
  const sent = statements.map((sql) => {
    options.onStatement?.(sql);
    return client.query(sql);
  });
  const results = await Promise.allSettled([...begun, ...sent, options.record?.(undefined)]);
  const at = results.findIndex(({ status }) => status === 'rejected');
  try {
    if (at >= 0) throw (results[at] as PromiseRejectedResult).reason;
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw failed(step, error, statements[at - begun.length]);
  }
  return { statements, transactional: true, durationMs: performance.now() - started };
}

/** Thrown when a revision that refuses a transaction is rehearsed in one: the rehearsal needs a clone instead. */
export class NotTransactional extends Error {}

/**
 * Calls `up()` or `down()` and sends what it queues, in the order in which it is written.
 *
 * Stock MikroORM sends what `this.execute()` and the entity manager do before anything that `addSql()` queued earlier in
 * the same method. Here the queue is sent first.
 */
async function runInOrder(
  session: OrmSession,
  step: Step,
  migration: Migration,
  onStatement: (sql: string) => void,
): Promise<void> {
  const { client } = session;
  const execute = migration.execute.bind(migration);
  let done = 0;
  const send = (query: unknown): Promise<unknown> => {
    done++;
    if (typeof query !== 'string') return execute(query as never);
    if (query.trim() === '') return Promise.resolve();
    onStatement(query);
    return client.query(query).catch((error: unknown) => {
      throw failed(step, error, query);
    });
  };
  const flush = async () => {
    const queries = migration.getQueries();
    while (done < queries.length) await send(queries[done]);
  };
  migration.execute = async (...args) => {
    await flush();
    return execute(...args);
  };
  const entityManager = migration.getEntityManager.bind(migration);
  const early: Promise<unknown>[] = [];
  migration.getEntityManager = () => {
    // It answers at once, so the queue is put on the connection at once; the connection keeps the order.
    const queries = migration.getQueries();
    while (done < queries.length) {
      const sending = send(queries[done]);
      sending.catch(() => undefined);
      early.push(sending);
    }
    return entityManager();
  };
  try {
    await migration[step.direction]();
    await flush();
  } catch (error) {
    await Promise.all(early);
    throw step.direction === 'down' && /cannot be reverted/.test((error as Error).message)
      ? problem('irreversible', { name: step.revision.name, reason: '' })
      : failed(step, error);
  }
  await Promise.all(early);
}

/** Names the revision, the statement and the server's words for what went wrong. */
function failed(step: Step, error: unknown, sql?: string) {
  const { code, message, detail, hint, position } = error as DatabaseError;
  if (error instanceof Error && error.name === 'Problem') return error;
  const before = sql?.slice(0, Number(position ?? 1) - 1);
  return problem(
    code === '55P03' ? 'lock-timeout' : 'step-failed',
    {
      name: step.revision.name,
      path: step.revision.path,
      direction: step.direction,
      sqlstate: code,
      message: [message, detail, hint].filter(Boolean).join(' '),
      statement: sql === undefined ? undefined : shortened(sql, before?.split('\n').length ?? 1),
    },
    error,
  );
}

/** The line of the statement that the server points at, with a little around it. */
function shortened(sql: string, line: number): string {
  const lines = sql.split('\n').slice(Math.max(0, line - 2), line + 2);
  return lines.map((text) => (text.length > 200 ? `${text.slice(0, 200)}…` : text)).join('\n');
}
