import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Migration } from '@mikro-orm/migrations';
import type { Client } from 'pg';
import { problem } from '../../errors.ts';
import type { Step } from '../../history/revision.ts';
import type { MigrationClass } from '../../history/class.ts';
import { instantiate, type Context, type OrmSession } from '../../orm.ts';
import { asForeign } from '../../foreign.ts';
import { mikroOrm } from '../../mikro-orm/mikro-orm.ts';
import { irreversibleReason } from '../../revision/irreversible.ts';
import { around, type Around } from '../../revision/tables.ts';
import { sendAll } from '../../postgres/connect/transaction.ts';
import { resetsAll } from '../../sql/resets.ts';
import { unsendable } from '../../sql/sendable.ts';
import { failureOf } from '../worker/failure.ts';

/**
 * Runs a revision that is more than a list of texts: calls `up()` or `down()` and sends what it queues, in the order in
 * which it is written.
 *
 * Stock MikroORM sends what `this.execute()` and the entity manager do before anything that `addSql()` queued earlier in
 * the same method. Here the queue is sent first, but for a file that stock wrote: it was tried with stock's order.
 */
export async function runCode(
  session: OrmSession,
  step: Step,
  Class: MigrationClass,
  options: CodeOptions & { context: Context | undefined },
): Promise<void> {
  const migration = instantiate(session, Class);
  migration.reset();
  if (options.context) migration.setTransactionContext(options.context);
  await inOrder(session, step, migration, options);
}

interface CodeOptions {
  onStatement: (sql: string) => void;
  /** What is sent behind a text that resets all settings. */
  settings: readonly string[];
}

async function inOrder(
  { client, unanswered }: OrmSession,
  step: Step,
  migration: Migration,
  { onStatement, settings }: CodeOptions,
): Promise<void> {
  const execute = migration.execute.bind(migration);
  let done = 0;
  const setAgain = async (sql: string) => {
    if (await resetsAll(sql)) await Promise.all(sendAll(client, settings));
  };
  const send = async (query: unknown): Promise<unknown> => {
    done++;
    if (typeof query !== 'string') return execute(query as never);
    if (query.trim() === '') return undefined;
    onStatement(query);
    try {
      await assertSendable(query);
      const answer = await client.query(query);
      await setAgain(query);
      return answer;
    } catch (error) {
      throw failureOf(step, error, { sql: query });
    }
  };
  const isStock = step.revision.link === undefined;
  const flush = async () => {
    const queries = migration.getQueries();
    while (done < queries.length) await send(queries[done]);
  };
  const flushBefore = () => (isStock ? undefined : flush());
  let open = 0;
  let over = false;
  const counted = async <T>(work: () => Promise<T>): Promise<T> => {
    if (over) throw new Error(`${step.revision.name} has ended, and asks the database for something still`);
    open++;
    try {
      return await work();
    } finally {
      open--;
    }
  };
  migration.execute = (...args) =>
    counted(async () => {
      await flushBefore();
      const [query] = args;
      const sql = typeof query === 'string' ? query : mikroOrm.textOf(query);
      if (sql !== undefined) {
        onStatement(sql);
        await assertSendable(sql);
      }
      const answer = await execute(...args);
      if (sql !== undefined) await setAgain(sql);
      return answer;
    });
  const refused = new Map<unknown, string>();
  const query: Around = (sql, send) =>
    counted(async () => {
      await flushBefore();
      onStatement(sql);
      await assertSendable(sql);
      return send().catch((error: unknown) => {
        refused.set(error, sql);
        throw error;
      });
    });
  Object.assign(migration, { [around]: query });
  const early: Promise<unknown>[] = [];
  const flushAtOnce = () => {
    const queries = isStock ? [] : migration.getQueries();
    while (done < queries.length) {
      const sending = send(queries[done]);
      sending.catch(() => undefined);
      early.push(sending);
    }
  };
  // They answer at once, so the queue is put on the connection at once; the connection keeps the order.
  handOut(migration, flushAtOnce);
  /** What was begun without being awaited would end in the next transaction, or in none. */
  const assertAwaited = async () => {
    await nextTurn();
    if (open + unanswered() === 0) return;
    while (open + unanswered() > 0) await nextTurn();
    throw new Error(
      `it was still at work in the database when its ${step.direction}() had ended: an \`await\` is missing`,
    );
  };
  const { lost, forget } = whenLost(client);
  try {
    await Promise.race([asForeign(step.revision.name, () => migration[step.direction]()), lost]);
    await flush();
    await assertAwaited();
  } catch (error) {
    await Promise.all(early);
    const reason = irreversibleReason(error, step.direction);
    if (reason !== undefined)
      throw problem('irreversible', { name: step.revision.name, direction: step.direction, reason });
    const sql = refused.get(error);
    throw failureOf(step, error, { ...(sql !== undefined && { sql }) });
  } finally {
    over = true;
    forget();
  }
  await Promise.all(early);
}

/** Has what a revision asks the database through, without awaiting us, do something first. */
function handOut(migration: Migration, first: () => void): void {
  const methods = migration as unknown as Record<string, () => unknown>;
  for (const name of mikroOrm.handles) {
    const give = methods[name]?.bind(migration);
    methods[name] = () => {
      first();
      return give?.();
    };
  }
}

/** Only when it runs is it known what code sends. */
async function assertSendable(sql: string): Promise<void> {
  const why = await unsendable(sql);
  if (why !== undefined) throw new Error(`it sends what cannot be sent: ${why}`);
}

/** Rejects when the connection is gone: code that waits for something else would never hear of it. */
function whenLost(client: Client): { lost: Promise<never>; forget: () => void } {
  let why: unknown;
  const { promise: lost, reject } = Promise.withResolvers<never>();
  const onError = (error: unknown) => void (why ??= error);
  const onEnd = () => reject(why ?? new Error('Connection terminated unexpectedly'));
  client.on('error', onError).on('end', onEnd);
  // Nobody listens any more once the code has ended.
  lost.catch(() => undefined);
  return { lost, forget: () => void client.off('error', onError).off('end', onEnd) };
}
