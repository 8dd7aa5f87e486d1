import { escapeIdentifier, type Client } from 'pg';
import type { Project } from '../config.ts';
import { problem } from '../errors.ts';
import type { Applied } from '../history/state.ts';
import { askOnOwnPath } from '../postgres/connect/own-path.ts';
import { isState, sqlstate } from '../sql/sqlstate.ts';

/**
 * The ledger is MikroORM's own table with more columns, all nullable: stock MikroORM reads and writes it, and rows that
 * it wrote count like ours.
 */
export const extra = {
  revises: 'text[]',
  hash: 'text',
  checksum: 'text',
  up: 'text[]',
  down: 'text[]',
  code: 'text',
  transactional: 'boolean',
  replaces: 'text[]',
  applied_by: 'text',
  host: 'text',
  commit: 'text',
  branch: 'text',
  tool: 'text',
  duration_ms: 'int',
} as const;

/** What every look at the ledger reads: not the statements, which may be megabytes. */
const light = Object.keys(extra).filter((name) => !['up', 'down', 'code'].includes(name));

/** The ledger's name, for SQL. */
export const ledgerTable = (project: Project): string =>
  `${escapeIdentifier(project.table.schema)}.${escapeIdentifier(project.table.name)}`;

/** The name that stock MikroORM records for a file: it only leaves `.ts` and `.js` out. */
export const rowName = ({ name, path }: { name: string; path: string }): string =>
  path.endsWith('.cjs') ? `${name}.cjs` : name;

/** Names under which a row of this revision may stand: older MikroORM versions recorded them with their ending. */
export const named = (parameter: string): string =>
  `"name" operator(pg_catalog.=) any (array[${parameter}::pg_catalog.text, ${['ts', 'js', 'cjs'].map((ending) => `pg_catalog.concat(${parameter}::pg_catalog.text, '.${ending}')`).join(', ')}])`;

/** The statements that make the ledger, and that add to it what it lacks of these columns. */
export const ledgerStatements = (
  project: Project,
  missing: readonly string[] = Object.keys(extra),
): Record<'make' | 'extend', string> => {
  const columns = Object.entries(extra).map(
    ([name, type]) => [name, `${escapeIdentifier(name)} ${type} null`] as const,
  );
  return {
    make:
      `create table ${ledgerTable(project)} ("id" serial primary key, "name" varchar(255) not null unique,` +
      ` "executed_at" timestamptz not null default current_timestamp${columns.map(([, text]) => `, ${text}`).join('')})`,
    extend: `alter table ${ledgerTable(project)} ${columns
      .filter(([name]) => missing.includes(name))
      .map(([, text]) => `add column if not exists ${text}`)
      .join(', ')}`,
  };
};

/**
 * Makes the ledger, or adds the columns that a ledger of stock MikroORM lacks. Only ever under the lock. Returns the name
 * of the index by which the server takes a name only once; there is none in a table that stock MikroORM has made.
 */
export async function ensureLedger(client: Client, project: Project): Promise<string | undefined> {
  const present = await ledgerColumns(client, ledgerTable(project));
  if (present.size === 0) {
    await ensureSchema(client, project.table.schema);
    await client.query(ledgerStatements(project).make);
    return indexOfNames(client, project);
  }
  if (['name', 'executed_at', 'id'].some((name) => !present.has(name))) throw await foreignTable(client, project);
  const missing = Object.keys(extra).filter((name) => !present.has(name));
  if (missing.length > 0) await client.query(ledgerStatements(project, missing).extend);
  return indexOfNames(client, project);
}

async function indexOfNames(client: Client, project: Project): Promise<string | undefined> {
  const { rows } = await client.query<{ name: string }>(
    `select c.relname as name from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
       join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
     where i.indrelid = pg_catalog.to_regclass($1) and a.attname = 'name' and i.indnkeyatts = 1
       and i.indisunique and i.indimmediate and i.indisvalid and i.indpred is null`,
    [ledgerTable(project)],
  );
  return rows[0]?.name;
}

/** Makes the schema where it is absent: even `if not exists` wants the right to make one. */
async function ensureSchema(client: Client, schema: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_catalog.pg_namespace where nspname = $1', [schema]);
  if (rowCount === 0) await client.query(`create schema if not exists ${escapeIdentifier(schema)}`);
}

/** The columns that a table of ours has; none when there is no such table. `table` is its name, for SQL. */
export async function ledgerColumns(client: Client, table: string): Promise<Set<string>> {
  const { rows } = await client.query<{ name: string }>(
    `select attname as name from pg_catalog.pg_attribute
     where attrelid = pg_catalog.to_regclass($1) and attnum > 0 and not attisdropped`,
    [table],
  );
  return new Set(rows.map(({ name }) => name));
}

/** The problem of a table that only bears the ledger's name. */
async function foreignTable(client: Client, project: Project) {
  const present = await ledgerColumns(client, ledgerTable(project));
  const absent = ['name', 'executed_at', 'id'].filter((name) => !present.has(name));
  return problem('ledger-foreign', { table: `${project.table.schema}.${project.table.name}`, absent });
}

/** Everything the ledger says, oldest first; empty when there is no ledger. Creates nothing. One query. */
export async function readLedger(client: Client, project: Project): Promise<Applied[]> {
  const from = `from ${ledgerTable(project)} order by "id"`;
  try {
    const columns = light.map(escapeIdentifier).join(', ');
    const rows = await askOnOwnPath<Record<string, unknown>>(
      client,
      `select "id", "name", "executed_at", ${columns} ${from}`,
    );
    return rows.map(appliedOf);
  } catch (error) {
    if (isState(error, sqlstate.undefinedTable, sqlstate.invalidSchemaName)) return [];
    // The table of stock MikroORM, or of an older version of ours, lacks columns.
    if (!isState(error, sqlstate.undefinedColumn)) throw error;
    try {
      return (await askOnOwnPath<Record<string, unknown>>(client, `select * ${from}`)).map(appliedOf);
    } catch (again) {
      throw isState(again, sqlstate.undefinedColumn) ? await foreignTable(client, project) : again;
    }
  }
}

/** What the server has for a moment. `infinity` is one, too, which the driver gives as a number: the last or first that there is. */
export const momentOf = (value: unknown): Date =>
  value instanceof Date ? value : new Date(value === -Infinity ? -8.64e15 : 8.64e15);

function appliedOf(row: Record<string, unknown>): Applied {
  const text = (name: string) => (typeof row[name] === 'string' ? row[name] : undefined);
  return {
    name: String(row['name']).replace(/\.c?[jt]s$/, ''),
    at: momentOf(row['executed_at']),
    revises: (row['revises'] as string[] | null) ?? undefined,
    hash: text('hash'),
    checksum: text('checksum'),
    transactional: (row['transactional'] as boolean | null) ?? undefined,
    replaces: (row['replaces'] as string[] | null) ?? undefined,
    by: text('applied_by'),
    host: text('host'),
    commit: text('commit'),
    branch: text('branch'),
    tool: text('tool'),
    durationMs: (row['duration_ms'] as number | null) ?? undefined,
  };
}

/** The rows of a revision, oldest first; more than one where stock MikroORM has made the table. */
export async function ledgerRows(
  client: Client,
  project: Project,
  name: string,
): Promise<{ id: number; name: string; at: Date }[]> {
  const { rows } = await client.query<{ id: number; name: string; at: Date }>(
    `select "id", "name", "executed_at" as at from ${ledgerTable(project)} where ${named('$1')} order by "id"`,
    [name],
  );
  return rows.map((row) => ({ ...row, at: momentOf(row.at) }));
}
