import { ownText, type OwnText } from './own.ts';

/** What answers statements: a connection of pg's, or as little of one as a room was handed. */
interface Connection {
  query(sql: string | OwnText): Promise<unknown>;
}

/**
 * Sends several statements in one message: one round trip, and one implicit transaction where none is open. Returns the rows
 * of each, in order. `isOwn` vouches for all of them, see own.ts.
 */
export async function multi<Row>(
  client: Connection,
  statements: readonly string[],
  { isOwn = false }: { isOwn?: boolean } = {},
): Promise<{ rows: Row[] }[]> {
  const text = statements.join(';\n');
  const results = (await client.query(isOwn ? ownText(text) : text)) as { rows: Row[] } | { rows: Row[] }[];
  // A single statement gives no list.
  return Array.isArray(results) ? results : [results];
}
