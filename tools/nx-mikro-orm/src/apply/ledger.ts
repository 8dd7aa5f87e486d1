import { userInfo, hostname } from 'node:os';
import { escapeIdentifier, type Client, type DatabaseError } from 'pg';
import type { Project } from '../config.ts';
import { problem } from '../errors.ts';
import type { Applied } from '../history/state.ts';
import type { Linked } from '../history/revision.ts';
import type { Commit } from './commit.ts';

/**
 * The ledger is MikroORM's own table with more columns, all nullable: stock MikroORM reads and writes it, and rows that
 * it wrote count like ours.
 */
const extra = {
  revises: 'text[]',
  hash: 'text',
  applied_by: 'text',
  host: 'text',
  commit: 'text',
  branch: 'text',
  duration_ms: 'int',
} as const;

const quoted = (project: Project): string =>
  `${escapeIdentifier(project.table.schema)}.${escapeIdentifier(project.table.name)}`;

/** Everything the ledger says, oldest first; empty when there is no ledger. Creates nothing. One query. */
export async function readLedger(client: Client, project: Project): Promise<Applied[]> {
  try {
    const { rows } = await client.query<Record<string, unknown>>(`select * from ${quoted(project)} order by id`);
    return rows.map((row) => ({
      // Older MikroORM versions recorded names with their ending.
      name: String(row['name']).replace(/\.[jt]s$/, ''),
      at: row['executed_at'] as Date,
      revises: (row['revises'] as string[] | null) ?? undefined,
      hash: text(row['hash']),
      by: text(row['applied_by']),
      host: text(row['host']),
      commit: text(row['commit']),
      branch: text(row['branch']),
    }));
  } catch (error) {
    // 42P01 undefined_table, 3F000 invalid_schema_name
    if (['42P01', '3F000'].includes((error as DatabaseError).code ?? '')) return [];
    throw error;
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Makes the ledger, or adds the columns that a ledger of stock MikroORM lacks. Only ever under the lock. */
export async function ensureLedger(client: Client, project: Project): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select attname as name from pg_catalog.pg_attribute
     where attrelid = to_regclass($1) and attnum > 0 and not attisdropped`,
    [quoted(project)],
  );
  const present = new Set(rows.map(({ name }) => name));
  if (present.size === 0) {
    if (project.table.schema !== 'public')
      await client.query(`create schema if not exists ${escapeIdentifier(project.table.schema)}`);
    const columns = Object.entries(extra).map(([name, type]) => `, ${escapeIdentifier(name)} ${type} null`);
    await client.query(
      `create table ${quoted(project)} ("id" serial primary key, "name" varchar(255) not null unique,` +
        ` "executed_at" timestamptz not null default current_timestamp${columns.join('')})`,
    );
    return;
  }
  const absent = ['name', 'executed_at', 'id'].filter((name) => !present.has(name));
  if (absent.length > 0)
    throw problem('ledger-foreign', { table: `${project.table.schema}.${project.table.name}`, absent });
  const missing = Object.entries(extra).filter(([name]) => !present.has(name));
  if (missing.length > 0)
    await client.query(
      `alter table ${quoted(project)} ${missing.map(([name, type]) => `add column ${escapeIdentifier(name)} ${type} null`).join(', ')}`,
    );
}

/**
 * Records that a revision was applied; runs inside the revision's own transaction. Without a duration, it is the time since
 * that transaction began, as the server counts it.
 */
export async function recordApplied(
  client: Client,
  project: Project,
  revision: Linked,
  facts: { commit: Commit | undefined; durationMs: number | undefined },
): Promise<void> {
  await client.query(
    `insert into ${quoted(project)} ("name", "revises", "hash", "applied_by", "host", "commit", "branch", "duration_ms")
     values ($1, $2, $3, $4, $5, $6, $7, coalesce($8::int, extract(epoch from clock_timestamp() - now()) * 1000))`,
    [
      revision.name,
      revision.revises,
      revision.hash,
      who(),
      hostname(),
      facts.commit?.id ?? null,
      facts.commit?.branch ?? null,
      facts.durationMs === undefined ? null : Math.round(facts.durationMs),
    ],
  );
}

/** Removes a revision's row; refuses when the row is not there, because then somebody else was at work. */
export async function recordReverted(client: Client, project: Project, name: string): Promise<void> {
  const { rowCount } = await client.query(
    `delete from ${quoted(project)} where "name" in ($1::text, $1 || '.ts', $1 || '.js')`,
    [name],
  );
  if (rowCount === 0) throw problem('ledger-changed', { name });
}

function who(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a user id without an entry in /etc/passwd.
    return String(process.getuid?.() ?? 'unknown');
  }
}
