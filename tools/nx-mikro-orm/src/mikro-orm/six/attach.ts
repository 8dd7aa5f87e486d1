import * as postgresql from '@mikro-orm/postgresql';
import { TypeOverrides, type Client } from 'pg';
import array from 'postgres-array';
import type { Attachment } from '../adapter.ts';

/** A query of Knex's, which the dialect puts its answer on. */
interface KnexQuery {
  sql: string;
  bindings?: unknown[];
  response?: unknown;
}

/** The dialect of Knex that MikroORM 6 extends. */
type Dialect = new (config: object) => object;

interface Six {
  knex: (config: object) => object;
  PostgreSqlKnexDialect: Dialect;
}

/** What MikroORM 6 reads as text: dates, times and intervals. */
const asText = [1082, 1114, 1184, 1186];
const asTexts = [1182, 1115, 1185, 1187];

/** A Knex that has no pool: it always asks on the one connection, and never ends it. */
export function attach(client: Client): Attachment {
  const { knex, PostgreSqlKnexDialect } = postgresql as unknown as Six;
  const types = new TypeOverrides();
  for (const oid of asText) types.setTypeParser(oid, (text: string) => text);
  for (const oid of asTexts) types.setTypeParser(oid, (text: string) => array.parse(text));
  let count = 0;
  class OneConnection extends PostgreSqlKnexDialect {
    acquireConnection(): Promise<Client> {
      return Promise.resolve(client);
    }

    releaseConnection(): Promise<void> {
      return Promise.resolve();
    }

    async _query(connection: Client, query: KnexQuery): Promise<KnexQuery> {
      count++;
      try {
        query.response = await connection.query({ text: plain(query.sql), values: query.bindings ?? [], types });
        return query;
      } finally {
        count--;
      }
    }

    destroy(): Promise<void> {
      return Promise.resolve();
    }
  }
  // `driverOptions` may be a ready Knex.
  return { options: { driverOptions: knex({ client: OneConnection }) } as never, unanswered: () => count };
}

/** What begins and ends a transaction, as everything else of this engine writes it. */
const plain = (sql: string): string =>
  /^(BEGIN|COMMIT|ROLLBACK);?$/.test(sql) ? sql.replace(';', '').toLowerCase() : sql;
