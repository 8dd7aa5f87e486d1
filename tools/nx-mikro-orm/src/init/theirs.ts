/** What another tool has applied to a database, as its own table says; the database is only read. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { escapeIdentifier, type Client } from 'pg';
import { problem } from '../errors.ts';
import { tools, type Tool, type ToolRow } from './tools.ts';

export interface TheirHistory {
  tool: string;
  /** `schema.name`. */
  table: string;
  /** What of theirs is left alone, as patterns of `ignore`. */
  ignore: string[];
  applied: string[];
  /** Their files, from the top of the project; undefined where none were found, so that nobody knows what is pending. */
  folder: string | undefined;
}

export interface TheirsOptions {
  tool: string;
  /** Their table, where it has not its usual name. */
  table?: string | undefined;
  /** Their files, where they are not in a usual place. */
  folder?: string | undefined;
}

/** @throws init-from-unknown */
export function toolNamed(name: string): Tool {
  const tool = Object.hasOwn(tools, name) ? tools[name] : undefined;
  if (!tool) throw problem('init-from-unknown', { asked: name, known: Object.keys(tools) });
  return tool;
}

/**
 * Reads their table, and holds their files against it.
 * @throws init-from-unknown, init-from-missing, init-from-unfinished, init-from-pending
 */
export async function readTheirs(
  client: Client,
  roots: readonly string[],
  database: string,
  { tool: name, table, folder }: TheirsOptions,
): Promise<TheirHistory> {
  const tool = toolNamed(name);
  const found = await findTable(client, name, tool, database, table);
  const rows = await rowsOf(client, found);
  const beside = await besideOf(client, found, tool);
  const besideRows = (await Promise.all(beside.map((one) => rowsOf(client, one)))).flat();
  const shown = `${found.schema}.${found.name}`;
  const facts = { tool: name, table: shown, database };
  const unfinished = tool.unfinished?.(rows, besideRows) ?? [];
  if (unfinished.length > 0) throw problem('init-from-unfinished', { ...facts, unfinished });
  const files = filesOf(roots, name, tool, rows, folder);
  if (files && files.pending.length > 0)
    throw problem('init-from-pending', { ...facts, folder: files.folder, pending: files.pending });
  return {
    tool: name,
    table: shown,
    ignore: await patternsOf(client, [found, ...beside]),
    applied: tool.applied(rows),
    folder: files?.folder,
  };
}

interface Table {
  schema: string;
  name: string;
}

async function findTable(client: Client, tool: string, { table, columns }: Tool, database: string, asked?: string) {
  const named = (asked ?? table).split('.');
  const { rows } = await client.query<Table>(
    `select n.nspname as schema, c.relname as name
     from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and c.relname = $1 and ($2::text is null or n.nspname = $2)
       and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
       and $3::text[] <@ array(select a.attname::text from pg_catalog.pg_attribute a
                               where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)
     order by 1`,
    [named.at(-1), named.length > 1 ? named[0] : null, columns],
  );
  const [found, another] = rows;
  if (!found || another)
    throw problem('init-from-missing', {
      tool,
      database,
      table: asked ?? table,
      columns,
      found: rows.map(({ schema, name }) => `${schema}.${name}`),
    });
  return found;
}

const shownIn = ({ schema, name }: Table): string => `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;

/** In the order in which they were put in, as far as the table says. */
async function rowsOf(client: Client, table: Table): Promise<ToolRow[]> {
  const { rows } = await client.query<ToolRow>(`select * from ${shownIn(table)}`);
  const at = (row: ToolRow) => row['installed_rank'] ?? row['started_at'] ?? row['id'] ?? 0;
  return rows.toSorted((a, b) => Number(at(a)) - Number(at(b)));
}

async function besideOf(client: Client, { schema, name }: Table, { beside }: Tool): Promise<Table[]> {
  const { rows } = await client.query<{ name: string }>(
    `select c.relname as name from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relname = any ($2) and c.relkind in ('r', 'p')`,
    [schema, beside?.(name) ?? []],
  );
  return rows.map((row) => ({ schema, name: row.name }));
}

/** A schema that has nothing else in it is theirs as a whole. */
async function patternsOf(client: Client, tables: readonly Table[]): Promise<string[]> {
  const [{ schema } = { schema: 'public' }] = tables;
  const { rows } = await client.query<{ others: number }>(
    `select (select count(*) from pg_catalog.pg_class c where c.relnamespace = n.oid and c.relkind in ('r', 'p', 'v', 'm', 'f')
               and c.relname <> all ($2))::int
          + (select count(*) from pg_catalog.pg_proc p where p.pronamespace = n.oid)::int
          + (select count(*) from pg_catalog.pg_type t where t.typnamespace = n.oid and t.typtype in ('e', 'd'))::int as others
     from pg_catalog.pg_namespace n where n.nspname = $1`,
    [schema, tables.map(({ name }) => name)],
  );
  if (schema !== 'public' && rows[0]?.others === 0) return [`${schema}.*`];
  return tables.map(({ name }) => `${schema}.${name}`);
}

function filesOf(roots: readonly string[], name: string, tool: Tool, rows: readonly ToolRow[], asked?: string) {
  const folders =
    asked === undefined ? roots.flatMap((root) => tool.folders.map((one) => join(root, one))) : [resolve(asked)];
  for (const folder of folders.filter((one) => existsSync(one))) {
    const pending = tool.pending(rows, folder);
    if (pending !== undefined) return { folder, pending };
  }
  if (asked !== undefined) throw problem('init-from-folder', { tool: name, folder: asked });
  return undefined;
}
