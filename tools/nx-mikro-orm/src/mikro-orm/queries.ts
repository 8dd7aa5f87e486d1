import type { CompiledQuery, Kysely, QueryResult } from 'kysely';

/** Where queries of Kysely's can be sent, on the connection and in the transaction of a revision. */
export interface Queryable {
  executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>>;
}

/** The parts of a revision that MikroORM gives to its subclasses only; in version 7, of Kysely's, in version 6, of Knex's. */
export interface Inside {
  readonly driver: { getConnection(): { getClient(): Kysely<unknown> } | { getKnex(): Knex } };
  /** The transaction; undefined outside of one. */
  readonly ctx?: Kysely<unknown> | Knex;
}

interface Knex {
  client: {
    acquireConnection(): Promise<object>;
    releaseConnection(connection: object): Promise<void>;
    _query(connection: object, query: { sql: string; bindings: readonly unknown[] }): Promise<{ response: Response }>;
  };
}

interface Response {
  command: string;
  rowCount: number | null;
  rows: unknown[];
}

/** What a revision runs in, whoever runs it. */
export function queryableOf({ ctx, driver }: Inside): Queryable {
  const found = ctx ?? clientOf(driver.getConnection());
  return 'executeQuery' in found ? (found as Queryable) : throughKnex(found);
}

const clientOf = (connection: ReturnType<Inside['driver']['getConnection']>): Kysely<unknown> | Knex =>
  'getKnex' in connection ? connection.getKnex() : connection.getClient();

const writes = ['INSERT', 'UPDATE', 'DELETE', 'MERGE'];

/** Not through `raw()`, which takes every `?` of a text for the place of a value. */
const throughKnex = ({ client }: Knex): Queryable => ({
  async executeQuery<Row>({ sql, parameters }: CompiledQuery) {
    const connection = await client.acquireConnection();
    try {
      const { response } = await client._query(connection, { sql, bindings: parameters });
      const { command, rowCount, rows } = response;
      return {
        rows: rows as Row[],
        ...(writes.includes(command) && { numAffectedRows: BigInt(rowCount ?? 0) }),
      };
    } finally {
      await client.releaseConnection(connection);
    }
  },
});
