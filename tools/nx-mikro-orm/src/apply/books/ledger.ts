import { escapeIdentifier, type Client, type DatabaseError } from 'pg';
import type { Project } from '../../config.ts';
import { problem } from '../../errors.ts';
import type { Applied } from '../../history/state.ts';
import type { Linked } from '../../history/revision.ts';
import { ask } from '../connect/own-path.ts';
import type { Content } from '../content/content.ts';
import type { Provenance } from './provenance.ts';

/**
 * The ledger is MikroORM's own table with more columns, all nullable: stock MikroORM reads and writes it, and rows that
 * it wrote count like ours.
 */
const extra = {
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

/** Names under which a row of this revision may stand: older MikroORM versions recorded them with their ending. */
const named = (parameter: string): string =>
  `"name" in (${parameter}::text, ${parameter} || '.ts', ${parameter} || '.js')`;

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
      throw (again as DatabaseError).code === '42703' ? await foreign(client, project) : again;
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

/** Makes the ledger, or adds the columns that a ledger of stock MikroORM lacks. Only ever under the lock. */
export async function ensureLedger(client: Client, project: Project): Promise<void> {
  const present = await columnsOf(client, project);
  if (present.size === 0) {
    if (project.table.schema !== 'public')
      await client.query(`create schema if not exists ${escapeIdentifier(project.table.schema)}`);
    const columns = Object.entries(extra).map(([name, type]) => `, ${escapeIdentifier(name)} ${type} null`);
    await client.query(
      `create table ${ledgerTable(project)} ("id" serial primary key, "name" varchar(255) not null unique,` +
        ` "executed_at" timestamptz not null default current_timestamp${columns.join('')})`,
    );
    return;
  }
  if (['name', 'executed_at', 'id'].some((name) => !present.has(name))) throw await foreign(client, project);
  const missing = Object.entries(extra).filter(([name]) => !present.has(name));
  if (missing.length > 0)
    await client.query(
      `alter table ${ledgerTable(project)} ${missing.map(([name, type]) => `add column ${escapeIdentifier(name)} ${type} null`).join(', ')}`,
    );
}

async function columnsOf(client: Client, project: Project): Promise<Set<string>> {
  const { rows } = await client.query<{ name: string }>(
    `select attname as name from pg_catalog.pg_attribute
     where attrelid = pg_catalog.to_regclass($1) and attnum > 0 and not attisdropped`,
    [ledgerTable(project)],
  );
  return new Set(rows.map(({ name }) => name));
}

async function foreign(client: Client, project: Project) {
  const present = await columnsOf(client, project);
  const absent = ['name', 'executed_at', 'id'].filter((name) => !present.has(name));
  return problem('ledger-foreign', { table: `${project.table.schema}.${project.table.name}`, absent });
}

/**
 * Records that a revision was applied; runs inside the revision's own transaction. Without a duration, it is the time since
 * that transaction began, as the server counts it. @throws ledger-changed when a row is there already
 */
export async function recordApplied(
  client: Client,
  project: Project,
  { revision, content }: { revision: Linked; content: Content },
  { by, host, commit, branch, tool }: Provenance,
  durationMs?: number,
): Promise<void> {
  const values = {
    name: revision.name,
    revises: revision.revises,
    hash: revision.hash,
    checksum: content.checksum,
    up: content.up,
    down: content.down ?? null,
    code: content.code ?? null,
    transactional: content.transactional,
    replaces: revision.replaces.length ? revision.replaces : null,
    applied_by: by,
    host,
    commit: commit ?? null,
    branch: branch ?? null,
    tool,
  };
  const names = Object.keys(values);
  const types: Record<string, string> = { name: 'varchar', ...extra };
  const { rowCount } = await client.query(
    `insert into ${ledgerTable(project)} (${names.map(escapeIdentifier).join(', ')}, "duration_ms")
     select ${names.map((name, at) => `$${at + 1}::${types[name]}`).join(', ')},
       coalesce($${names.length + 1}::int, (extract(epoch from clock_timestamp() - now()) * 1000)::int)
     where not exists (select from ${ledgerTable(project)} where ${named('$1')})`,
    [...Object.values(values), durationMs === undefined ? null : Math.round(durationMs)],
  );
  if (rowCount !== 1) throw problem('ledger-changed', { name: revision.name, found: 'appeared' });
}

/** Makes the row of an applied revision say what its file says now. @throws ledger-changed */
export async function recordContent(
  client: Client,
  project: Project,
  { revision, content }: { revision: Linked; content: Content },
): Promise<void> {
  const values: Partial<Record<keyof typeof extra, unknown>> = {
    revises: revision.revises,
    hash: revision.hash,
    checksum: content.checksum,
    up: content.up,
    down: content.down ?? null,
    code: content.code ?? null,
    transactional: content.transactional,
    replaces: revision.replaces.length ? revision.replaces : null,
  };
  const set = Object.keys(values).map((name, at) => `${escapeIdentifier(name)} = $${at + 2}`);
  const { rowCount } = await client.query(`update ${ledgerTable(project)} set ${set.join(', ')} where ${named('$1')}`, [
    revision.name,
    ...Object.values(values),
  ]);
  if (rowCount === 0) throw problem('ledger-changed', { name: revision.name, found: 'disappeared' });
}

/** Gives a row another name, and its followers the link to it. @throws ledger-changed */
export async function renameRow(client: Client, project: Project, from: string, to: string): Promise<void> {
  const { rowCount } = await client.query(`update ${ledgerTable(project)} set "name" = $2 where ${named('$1')}`, [
    from,
    to,
  ]);
  if (rowCount === 0) throw problem('ledger-changed', { name: from, found: 'disappeared' });
  await client.query(
    `update ${ledgerTable(project)} set "revises" = array_replace("revises", $1, $2) where $1 = any("revises")`,
    [from, to],
  );
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

/** Removes rows by their ids. @throws ledger-changed when one is gone already */
export async function removeRows(
  client: Client,
  project: Project,
  name: string,
  ids: readonly number[],
): Promise<void> {
  const { rowCount } = await client.query(`delete from ${ledgerTable(project)} where "id" = any($1::int[])`, [ids]);
  if (rowCount !== ids.length) throw problem('ledger-changed', { name, found: 'disappeared' });
}

/** Removes a revision's row; refuses when the row is not there, because then somebody else was at work. @throws ledger-changed */
export async function recordReverted(client: Client, project: Project, name: string): Promise<void> {
  const { rowCount } = await client.query(`delete from ${ledgerTable(project)} where ${named('$1')}`, [name]);
  if (rowCount === 0) throw problem('ledger-changed', { name, found: 'disappeared' });
}
