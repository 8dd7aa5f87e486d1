import type { Migration } from '@mikro-orm/migrations';
import { problem } from '../../errors.ts';
import type { Step } from '../../history/revision.ts';
import type { MigrationClass } from '../../history/class.ts';
import { instantiate, type Context, type OrmSession } from '../../orm.ts';
import { irreversibleReason } from '../../revision/irreversible.ts';
import { around, type Around } from '../../revision/tables.ts';
import { failureOf } from '../worker/failure.ts';

/**
 * Runs a revision that is more than a list of texts: calls `up()` or `down()` and sends what it queues, in the order in
 * which it is written.
 *
 * Stock MikroORM sends what `this.execute()` and the entity manager do before anything that `addSql()` queued earlier in
 * the same method. Here the queue is sent first.
 */
export async function runCode(
  session: OrmSession,
  step: Step,
  Class: MigrationClass,
  options: { context: Context | undefined; onStatement: (sql: string) => void },
): Promise<void> {
  const migration = instantiate(session, Class);
  migration.reset();
  if (options.context) migration.setTransactionContext(options.context);
  await inOrder(session, step, migration, options.onStatement);
}

async function inOrder(
  { client }: OrmSession,
  step: Step,
  migration: Migration,
  onStatement: (sql: string) => void,
): Promise<void> {
  const execute = migration.execute.bind(migration);
  let done = 0;
  const send = (query: unknown): Promise<unknown> => {
    done++;
    if (typeof query !== 'string') return execute(query as never);
    if (query.trim() === '') return Promise.resolve();
    onStatement(query);
    return client.query(query).catch((error: unknown) => {
      throw failureOf(step, error, { sql: query });
    });
  };
  const flush = async () => {
    const queries = migration.getQueries();
    while (done < queries.length) await send(queries[done]);
  };
  migration.execute = async (...args) => {
    await flush();
    if (typeof args[0] === 'string') onStatement(args[0]);
    return execute(...args);
  };
  const refused = new Map<unknown, string>();
  const query: Around = async (sql, send) => {
    await flush();
    onStatement(sql);
    return send().catch((error: unknown) => {
      refused.set(error, sql);
      throw error;
    });
  };
  Object.assign(migration, { [around]: query });
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
    const reason = irreversibleReason(error, step.direction);
    if (reason !== undefined)
      throw problem('irreversible', { name: step.revision.name, direction: step.direction, reason });
    const sql = refused.get(error);
    throw failureOf(step, error, { ...(sql !== undefined && { sql }) });
  }
  await Promise.all(early);
}
