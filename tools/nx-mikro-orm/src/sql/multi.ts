/** What answers statements: a connection of pg's, or as little of one as a room was handed. */
interface Connection {
  query(sql: string): Promise<unknown>;
}

/**
 * Sends several statements in one message: one round trip, and one implicit transaction where none is open. Returns the rows
 * of each, in order.
 */
export async function multi<Row>(client: Connection, statements: readonly string[]): Promise<{ rows: Row[] }[]> {
  const results = (await client.query(statements.join(';\n'))) as { rows: Row[] } | { rows: Row[] }[];
  // A single statement gives no list.
  return Array.isArray(results) ? results : [results];
}
