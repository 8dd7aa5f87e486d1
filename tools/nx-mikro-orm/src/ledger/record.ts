import { DatabaseError, escapeIdentifier, type Client } from 'pg';
import type { Project } from '../config.ts';
import { problem } from '../errors.ts';
import type { Linked } from '../history/revision.ts';
import type { Content, LoadedStep } from '../history/content.ts';
import { sqlstate } from '../sql/sqlstate.ts';
import { extra, ledgerTable, named, rowName } from './ledger.ts';
import type { Provenance } from './provenance.ts';

/** What a row says of a revision itself, by column. */
export const valuesOf = (revision: Linked, content: Content): Partial<Record<keyof typeof extra, unknown>> => ({
  revises: revision.revises,
  hash: revision.hash,
  checksum: content.checksum,
  up: content.up,
  down: content.down ?? null,
  code: content.code ?? null,
  transactional: content.transactional,
  replaces: revision.replaces.length ? revision.replaces : null,
});

/** Where statements of ours are sent again and again: under a name, each is read and planned once. */
export type Named = string | undefined;

/** What PostgreSQL calls a type, whatever else is called that in the schemas of a session. */
const ownType = (type: string): string => type.replace(/^text/, 'pg_catalog.text');

/**
 * Records that a revision was applied; runs inside the revision's own transaction. Without a duration, it is the time since
 * that transaction began, as the server counts it. @throws ledger-changed when a row is there already; row-kept-back
 */
export async function recordApplied(
  client: Client,
  project: Project,
  { revision, content }: { revision: Linked; content: Content },
  { by, host, commit, branch, tool }: Provenance,
  {
    durationMs,
    as,
    uniqueNames,
  }: { durationMs?: number | undefined; as?: Named; uniqueNames?: string | undefined } = {},
): Promise<void> {
  const values = {
    name: rowName(revision),
    ...valuesOf(revision, content),
    applied_by: by,
    host,
    commit: commit ?? null,
    branch: branch ?? null,
    tool,
  };
  const names = Object.keys(values);
  const types: Record<string, string> = { name: 'varchar', ...extra };
  // Qualified throughout: it may run on the path of a revision.
  const { name } = revision;
  const stays = !content.transactional;
  // A plan from when there were few rows reads all of them: where the server looks for the name by itself, we need not.
  const absent =
    uniqueNames !== undefined
      ? ''
      : `where not exists (select from ${ledgerTable(project)} where ${named(`$${names.length + 2}`)})`;
  const inserted = client.query<{ name: string }>({
    ...(as !== undefined && { name: `nx applied ${as}` }),
    text: `insert into ${ledgerTable(project)} (${names.map(escapeIdentifier).join(', ')}, "duration_ms")
     select ${names.map((name, at) => `$${at + 1}::${ownType(types[name] ?? '')}`).join(', ')},
       coalesce($${names.length + 1}::int, (extract(epoch from (pg_catalog.clock_timestamp() operator(pg_catalog.-) pg_catalog.now()))
         operator(pg_catalog.*) 1000)::int)
     ${absent}
     returning "name"`,
    values: [
      ...Object.values(values),
      durationMs === undefined ? null : Math.round(durationMs),
      ...(uniqueNames === undefined ? [name] : []),
    ],
  });
  const { rows } = await inserted.catch((error: unknown) => {
    throw isTaken(error, project, uniqueNames) ? problem('ledger-changed', { name, found: 'appeared', stays }) : error;
  });
  // A column of type `char` fills up with blanks.
  if (rows[0]?.name.trimEnd() === values.name) return;
  if (rows.length === 0 && (await isThere(client, project, name)))
    throw problem('ledger-changed', { name, found: 'appeared', stays });
  throw problem('row-kept-back', { table: ledgerTable(project), about: name, stays });
}

/** Whether the ledger has this name already, by the server's word. */
const isTaken = (error: unknown, { table }: Project, uniqueNames: string | undefined): boolean =>
  error instanceof DatabaseError &&
  error.code === sqlstate.uniqueViolation &&
  error.schema === table.schema &&
  error.constraint === uniqueNames;

/** Whether a revision has a row: where one was not written or removed, somebody else was at work, or something in the database. */
async function isThere(client: Client, project: Project, name: string): Promise<boolean> {
  const { rowCount } = await client.query(`select from ${ledgerTable(project)} where ${named('$1')}`, [name]);
  return (rowCount ?? 0) > 0;
}

/** Makes the row of an applied revision say what its file says now. @throws ledger-changed */
export async function recordContent(
  client: Client,
  project: Project,
  { revision, content }: { revision: Linked; content: Content },
): Promise<void> {
  const values = valuesOf(revision, content);
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

/** Removes a revision's row; refuses when the row is not there, because then somebody else was at work. @throws ledger-changed, row-kept-back */
export async function recordReverted(
  client: Client,
  project: Project,
  name: string,
  { as, stays = false }: { as?: Named; stays?: boolean } = {},
): Promise<void> {
  const { rowCount } = await client.query({
    ...(as !== undefined && { name: `nx reverted ${as}` }),
    text: `delete from ${ledgerTable(project)} where ${named('$1')}`,
    values: [name],
  });
  if (rowCount !== 0) return;
  if (await isThere(client, project, name))
    throw problem('row-kept-back', { table: ledgerTable(project), about: name, stays });
  throw problem('ledger-changed', { name, found: 'disappeared', stays });
}

/** Writes a step's row, or takes it out; inside the transaction that the step commits with. @throws ledger-changed, row-kept-back */
export const recordStep = (
  client: Client,
  { project, provenance, uniqueNames }: { project: Project; provenance: Provenance; uniqueNames: string | undefined },
  { step: { revision, direction }, content }: LoadedStep,
  how: { durationMs?: number | undefined; as?: Named } = {},
): Promise<void> =>
  direction === 'up'
    ? recordApplied(client, project, { revision, content }, provenance, { ...how, uniqueNames })
    : recordReverted(client, project, revision.name, { as: how.as, stays: !content.transactional });
