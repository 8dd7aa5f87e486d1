/** The database that revisions or scripts are traced on: a chain or a schema, with generated rows in every table. */
import { createHash } from 'node:crypto';
import { escapeIdentifier, type Client } from 'pg';
import { problem } from '../errors.ts';
import { fillTables } from '../rehearsal/rows/fill.ts';
import type { Preparation } from '../rehearsal/scratch/database.ts';
import { parseStatements } from '../sql/parse.ts';
import { withoutPsql } from './psql.ts';
import { makeRoles } from './trace/roles.ts';

/** A schema that scripts are judged against, beside or instead of the history. */
export interface BaseSchema {
  file: string;
  text: string;
}

/** Changes where what {@link preparation} does changes: what was kept before is then made again. */
const edition = 3;

export const preparation = (base: BaseSchema | undefined): Preparation => ({
  key: createHash('sha256')
    .update(`review ${edition}\n${base?.text ?? ''}`)
    .digest('hex'),
  work: async (client) => {
    if (base) await load(client, base);
    await fillAll(client);
  },
});

/** @throws base-broken */
async function load(client: Client, { file, text }: BaseSchema): Promise<void> {
  const statements = await parseStatements(withoutPsql(text));
  await makeRoles(client, statements);
  for (const statement of statements)
    try {
      await client.query(statement.text);
    } catch (error) {
      const { message, position } = error as { message: string; position?: string };
      const before = text.slice(0, statement.at + (position === undefined ? 0 : Number(position) - 1));
      throw problem('base-broken', { file, line: before.split('\n').length, detail: message }, error);
    }
  await client.query('reset all');
}

interface Table {
  schema: string;
  name: string;
}

/** Tables that have no more than a few rows: what was loaded into the others is what they hold. */
async function withoutRows(client: Client, tables: readonly Table[]): Promise<Table[]> {
  if (tables.length === 0) return [];
  const counts = tables.map(
    ({ schema, name }) =>
      `(select count(*)::int from (select from ${escapeIdentifier(schema)}.${escapeIdentifier(name)} limit ${enough}) few)`,
  );
  const { rows } = await client.query<{ counts: number[] }>(`select array[${counts.join(', ')}] as counts`);
  return tables.filter((_, at) => (rows[0]?.counts[at] ?? 0) < enough);
}

/** From so many rows on, reading all of them stands out. */
const enough = 5;

/** Rows in every table, of ordinary values, without any null or repeated value where others are to be had. */
async function fillAll(client: Client): Promise<void> {
  const { rows: tables } = await client.query<Table>(
    `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.oid >= 16384 and c.relkind in ('r', 'p') and c.relpersistence = 'p' and not c.relispartition
     order by c.oid`,
  );
  const empty = await withoutRows(client, tables);
  await client.query('begin');
  await fillTables(client, empty, { extremes: false, sparse: false });
  await client.query('commit');
  const { rows: views } = await client.query<Table>(
    `select schemaname as schema, matviewname as name from pg_matviews where ispopulated`,
  );
  for (const { schema, name } of views)
    // What it computes from generated rows may fail: then it stays as it is.
    await client
      .query(`refresh materialized view ${escapeIdentifier(schema)}.${escapeIdentifier(name)}`)
      .catch(() => undefined);
}
