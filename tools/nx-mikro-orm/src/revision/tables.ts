import type { Migration } from '@mikro-orm/migrations';
import {
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type ColumnType,
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
} from 'kysely';
import { queryableOf, type Inside } from '../mikro-orm/queries.ts';

export type { ColumnType, Kysely } from 'kysely';

/** A column that the server fills where nothing is given: by a default, or as an identity. */
export type Generated<Type> = [Type] extends [ColumnType<infer Select, infer Insert, infer Update>]
  ? ColumnType<Select, Insert | undefined, Update>
  : ColumnType<Type, Type | undefined, Type>;

/** A column that only the server fills. */
export type GeneratedAlways<Type> = [Type] extends [ColumnType<infer Select, unknown, unknown>]
  ? ColumnType<Select, never, never>
  : ColumnType<Type, never, never>;

/** Any JSON. It is written as text, because the driver takes an array for one of PostgreSQL's: `JSON.stringify(value)`. */
export type Json<Null = never> = ColumnType<unknown, string | Null, string | Null>;

/** An int8 or a numeric as text, because a number does not hold every one; a number may be written. */
export type Big<Null = never> = ColumnType<
  string | Null,
  string | number | bigint | Null,
  string | number | bigint | Null
>;

/** A date or time as the server prints it, to the last digit; a `Date` may be written. */
export type Time<Null = never> = ColumnType<string | Null, string | Date | Null, string | Date | Null>;

/**
 * Typed queries on exactly the connection, and in the transaction, that a revision runs in:
 * `const db = tables<Tables>(this)`. What `addSql()` queued before a query is sent before it, whoever runs the revision.
 */
export function tables<Tables>(revision: Migration): Kysely<Tables> {
  const runner = revision as unknown as Runner;
  // Where there is no database, as when a revision is only read, this is where that shows.
  const database = () => queryableOf(runner);
  database();
  const connection: DatabaseConnection = {
    executeQuery: async <Row>(query: CompiledQuery): Promise<QueryResult<Row>> => {
      const send = () => database().executeQuery<Row>(query);
      if (runner[around]) return runner[around](query.sql, send);
      for (const queued of revision.getQueries().splice(0)) await revision.execute(queued);
      return send();
    },
    streamQuery: () => {
      throw new Error('A revision cannot stream(): read a part of the rows at a time, with where() and limit().');
    },
  };
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => driverOf(connection),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
}

/** What a runner does around each query of a revision, in its order with what `addSql()` queued. */
export type Around = <Result>(sql: string, send: () => Promise<Result>) => Promise<Result>;

/** Where it is kept on the revision that runs. */
export const around = Symbol.for('nx-mikro-orm.around');

interface Runner extends Inside {
  readonly [around]?: Around;
}

/** A driver of the one connection. When a transaction begins and ends is the runner's affair. */
function driverOf(connection: DatabaseConnection): Driver {
  const none = async () => undefined;
  const refuse = () =>
    Promise.reject(new Error('A revision runs in the transaction of its runner: it cannot begin one of its own.'));
  return {
    init: none,
    acquireConnection: () => Promise.resolve(connection),
    beginTransaction: refuse,
    commitTransaction: refuse,
    rollbackTransaction: refuse,
    releaseConnection: none,
    destroy: none,
  };
}
