import { escapeIdentifier, type Client, type DatabaseError } from 'pg';
import type { Project } from '../config.ts';
import type { Applied } from '../history/state.ts';
import { ask } from '../postgres/connect/own-path.ts';
import { foreignTable, ledgerTable, light, named } from './ledger-table.ts';

/** Everything the ledger says, oldest first; empty when there is no ledger. Creates nothing. One query. */
export async function readLedger(client: Client, project: Project): Promise<Applied[]> {
  const from = `from ${ledgerTable(project)} order by "id"`;
  try {
    const columns = light.map(escapeIdentifier).join(', ');
    const rows = await ask<Record<string, unknown>>(client, `select "id", "name", "executed_at", ${columns} ${from}`);
    return rows.map(appliedOf);
  } catch (error) {
    const { code = '' } = error as DatabaseError;
    // 42P01 undefined_table, 3F000 invalid_schema_name
    if (['42P01', '3F000'].includes(code)) return [];
    // 42703 undefined_column: the table of stock MikroORM, or of an older version of ours.
    if (code !== '42703') throw error;
    try {
      return (await ask<Record<string, unknown>>(client, `select * ${from}`)).map(appliedOf);
    } catch (again) {
      throw (again as DatabaseError).code === '42703' ? await foreignTable(client, project) : again;
    }
  }
}

function appliedOf(row: Record<string, unknown>): Applied {
  const text = (name: string) => (typeof row[name] === 'string' ? row[name] : undefined);
  return {
    name: String(row['name']).replace(/\.[jt]s$/, ''),
    at: row['executed_at'] as Date,
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

/** The statements of an applied revision, as they were when it was applied. */
export interface Stored {
  /** Undefined in rows that stock MikroORM wrote. */
  up: string[] | undefined;
  down: string[] | undefined;
  code: string | undefined;
  transactional: boolean;
}

/** What the ledger keeps of one revision's content. */
export async function readStored(client: Client, project: Project, name: string): Promise<Stored> {
  const { rows } = await client.query<Record<string, unknown>>(
    `select * from ${ledgerTable(project)} where ${named('$1')} order by "id" desc limit 1`,
    [name],
  );
  const row = rows[0] ?? {};
  return {
    up: (row['up'] as string[] | null) ?? undefined,
    down: (row['down'] as string[] | null) ?? undefined,
    code: (row['code'] as string | null) ?? undefined,
    transactional: (row['transactional'] as boolean | null) ?? true,
  };
}

/** The way back of a revision whose row is about to go, as text: all that will be left of it is in the journal. */
export async function keptDown(client: Client, project: Project, name: string): Promise<string | undefined> {
  const { down } = await readStored(client, project, name);
  return down && `its down was: ${down.join('; ') || '(nothing)'}`;
}

/** The rows of a revision, oldest first; more than one where stock MikroORM has made the table. */
export async function rowsOf(
  client: Client,
  project: Project,
  name: string,
): Promise<{ id: number; name: string; at: Date }[]> {
  const { rows } = await client.query<{ id: number; name: string; at: Date }>(
    `select "id", "name", "executed_at" as at from ${ledgerTable(project)} where ${named('$1')} order by "id"`,
    [name],
  );
  return rows;
}
