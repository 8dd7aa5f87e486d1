/** Rows put into tables of a database of one's own, and what is found there. */
import type { Client } from 'pg';
import { withDatabase } from './database.ts';
import { fillTables, type FillOptions } from '../src/rehearsal/rows/fill.ts';

/** Fills tables of `public` after `setup`, in a transaction that is rolled back. */
export async function filling(
  setup: string,
  tables: string[],
  work: (found: {
    client: Client;
    filled: Record<string, number>;
    empty: Record<string, string>;
    one: <T>(sql: string) => Promise<T>;
  }) => Promise<void>,
  options?: FillOptions,
): Promise<void> {
  await withDatabase(async (client) => {
    await client.query(setup);
    await client.query('begin');
    const found = await fillTables(
      client,
      tables.map((name) => ({ schema: 'public', name })),
      options,
    );
    await work({
      client,
      filled: Object.fromEntries(found.filled.map(({ table, rows }) => [table.name, rows])),
      empty: Object.fromEntries(found.empty.map(({ table, reason }) => [table.name, reason])),
      one: async <T>(sql: string) => (await client.query<T[]>({ text: sql, rowMode: 'array' })).rows[0]?.[0] as T,
    });
    await client.query('rollback');
  });
}
