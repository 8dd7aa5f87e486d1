import type { EntityManager, Kysely, MikroORM } from '@mikro-orm/postgresql';
import type { FastifyBaseLogger } from 'fastify';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseFailure, failureOf } from './failure.ts';
import { Refusal } from './problem.ts';
import type { Tables } from './tables.ts';

/** Between two attempts, in milliseconds. */
const pause = 100;

/**
 * The way of routes to the database. Each piece of work is done again from the beginning when the connection was lost
 * before it took effect: a request that was accepted outlives a restart of the database.
 */
export class Database {
  readonly #orm: MikroORM;
  readonly #patience: number;
  readonly #log: FastifyBaseLogger;

  /** `patience`: how long to go on trying, in milliseconds. */
  constructor(orm: MikroORM, { patience, log }: { patience: number; log: FastifyBaseLogger }) {
    this.#orm = orm;
    this.#patience = patience;
    this.#log = log;
  }

  /**
   * Reads. `work` may run several times. By MikroORM's Kysely, whose rows are shown as they come: an answer needs neither
   * entities nor an identity map, which take four times as long.
   */
  async read<T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
    const connection = this.#orm.em.getConnection();
    return this.#trying(async () => {
      await connection.ensureConnection();
      return work(connection.getClient<Tables>());
    });
  }

  /**
   * Writes entities, in one transaction and by an entity manager of its own: nothing loaded for one request is seen by
   * another. `work` may run several times, but takes effect once.
   */
  write<T>(work: (em: EntityManager) => Promise<T>): Promise<T> {
    return this.#trying(async (deadline) => {
      let done: { result: T; transaction: string } | undefined;
      try {
        await this.#transaction(async (em) => {
          const result = await work(em);
          await em.flush();
          const [row] = await em.execute<[{ id: string }]>('select pg_current_xact_id()::text as id');
          done = { result, transaction: row.id };
        });
      } catch (error) {
        const inDoubt = done && failureOf(error) === 'lost';
        if (!done || !inDoubt || !(await this.#committed(done.transaction, deadline))) throw error;
      }
      return done!.result;
    });
  }

  /** How many connections there are, how many of them do nothing, and how many requests wait for one. */
  async connections(): Promise<{ total: number; idle: number; waiting: number }> {
    const pool = await this.#orm.driver.getConnection().getNativeClient();
    return { total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount };
  }

  close(): Promise<void> {
    return this.#orm.close();
  }

  /**
   * Kysely's transaction rather than MikroORM's: that one keeps a connection for ever whose ROLLBACK fails because the
   * server is gone (https://github.com/kysely-org/kysely/issues/1990), until the pool has none left.
   */
  async #transaction(work: (em: EntityManager) => Promise<void>): Promise<void> {
    const connection = this.#orm.em.getConnection();
    await connection.ensureConnection();
    await connection
      .getClient()
      .transaction()
      .execute(async (transaction) => {
        const em = this.#orm.em.fork();
        em.setTransactionContext(transaction);
        await work(em);
      });
  }

  async #trying<T>(work: (deadline: number) => Promise<T>): Promise<T> {
    const deadline = performance.now() + this.#patience;
    for (;;) {
      try {
        return await work(deadline);
      } catch (error) {
        const failure = failureOf(error);
        if (!failure) throw error;
        if ((failure !== 'lost' && failure !== 'conflict') || performance.now() + pause > deadline)
          throw new DatabaseFailure(failure, error as Error);
        this.#log.warn(error, 'trying again');
      }
      await sleep(pause);
    }
  }

  /** Nobody heard what became of a COMMIT: the server remembers. Throws `outcome-unknown` when it cannot be asked in time. */
  async #committed(transaction: string, deadline: number): Promise<boolean> {
    for (; performance.now() < deadline; await sleep(pause)) {
      try {
        const sql = `select pg_xact_status('${transaction}'::xid8) as status`;
        const [row] = await this.#orm.em.getConnection().execute<{ status: string | null }[]>(sql);
        if (row?.status === 'committed') return true;
        if (row?.status === 'aborted') return false;
      } catch (error) {
        if (failureOf(error) !== 'lost') throw error;
      }
    }
    throw new Refusal('outcome-unknown', 'Look whether it was done before you try again.');
  }
}
