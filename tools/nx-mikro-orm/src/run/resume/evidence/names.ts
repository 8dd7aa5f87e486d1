import { escapeIdentifier, type Client } from 'pg';
import type { Name } from '../../../sql/names.ts';

/** A relation or type, as the server resolves its name in the session's search_path. */
export interface Found {
  oid: number;
  schema: string;
  /** The name could not have meant another one before: it has a schema, or stands in the first one that is searched. */
  certain: boolean;
}

export const quotedName = ({ schema, name }: Name): string =>
  [schema, name].flatMap((part) => (part === undefined ? [] : [escapeIdentifier(part)])).join('.');

/** The first schema that is searched; pg_catalog may have been put in front of it, and nobody makes anything there. */
const first = `(select schema from unnest(current_schemas(false)) with ordinality as searched (schema, place)
  where schema <> 'pg_catalog' order by place limit 1)`;

const queries = {
  relation: `select c.oid, n.nspname as schema, n.nspname = ${first} as first
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = to_regclass($1)`,
  type: `select t.oid, n.nspname as schema, n.nspname = ${first} as first
    from pg_type t join pg_namespace n on n.oid = t.typnamespace where t.oid = to_regtype($1)`,
};

/** Finds what an existing thing's name means. */
export async function find(client: Client, kind: keyof typeof queries, name: Name): Promise<Found | undefined> {
  const { rows } = await client.query<{ oid: number; schema: string; first: boolean | null }>(queries[kind], [
    quotedName(name),
  ]);
  return rows[0] && { ...rows[0], certain: name.schema !== undefined || rows[0].first === true };
}

/** Finds what a statement would have made under this name: without a schema, that is the first one that is searched. */
export async function findMade(client: Client, name: Name, temporary: boolean): Promise<Found | undefined> {
  if (temporary) return find(client, 'relation', { ...name, schema: 'pg_temp' });
  if (name.schema !== undefined) return find(client, 'relation', name);
  const { rows } = await client.query<{ schema: string | null }>(`select ${first} as schema`);
  const schema = rows[0]?.schema;
  return schema == null ? undefined : find(client, 'relation', { ...name, schema });
}

/** True when the query has a row. */
export const relationExists = async (client: Client, sql: string, values: unknown[]): Promise<boolean> =>
  (await client.query(sql, values)).rows.length > 0;
