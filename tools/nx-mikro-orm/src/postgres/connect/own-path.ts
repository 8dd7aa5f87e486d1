import type { Client, QueryConfig } from 'pg';
import { multi } from '../../sql/multi.ts';
import { silence } from './silence.ts';
import { rolledBack } from './transaction.ts';

/**
 * Puts pg_catalog in front of the session's own search_path, for the rest of the transaction or of the session: a role's
 * path may begin with a schema in which somebody has planted functions, operators or tables of the catalogue's names.
 * Other names go on meaning what they mean to the role. Dates are answered as the driver reads them, whatever the role has
 * set; and where a policy would hide rows, the server says so instead.
 */
export const ownPath = ({ local }: { local: boolean }): string =>
  `select pg_catalog.set_config('search_path', pg_catalog.concat('pg_catalog', pg_catalog.regexp_replace(` +
  `pg_catalog.current_setting('search_path'), '^(?=.)', ', ')), ${local}), ` +
  `pg_catalog.set_config('datestyle', 'ISO', ${local}), pg_catalog.set_config('row_security', 'off', ${local})`;

/** What {@link ownPath} sets. */
const ours = ['search_path', 'datestyle', 'row_security'];

/**
 * The rows of a question of our own. It leaves no trace in the session, which may be one that a pooler lends to others as
 * well.
 */
export async function askOnOwnPath<Row>(client: Client, sql: string): Promise<Row[]> {
  return ask<Row>(client, [ownPath({ local: true }), patience, sql]);
}

/** Whoever locks what only we read keeps a question waiting this long, and not for ever. */
const patience = `select pg_catalog.set_config('lock_timeout', '10s', true)`;

/** The same as the role that has logged in, where another one is set for it: about its sessions, only that is told all. */
export async function askAsLogin<Row>(client: Client, sql: string): Promise<Row[]> {
  const login = `select pg_catalog.set_config('role', 'none', true)`;
  return ask<Row>(client, [login, ownPath({ local: true }), sql]);
}

/** The rows of the last of some statements; none of them takes long, so that an answer which does not come never will. */
async function ask<Row>(client: Client, statements: readonly string[]): Promise<Row[]> {
  const inTime = { query: (text: string) => client.query({ text, query_timeout: silence } as QueryConfig) };
  return (await multi<Row>(inTime, statements)).at(-1)?.rows ?? [];
}

/** Runs `work` with pg_catalog in front of the path that a revision has set for itself, and gives that back. */
export async function withOwnPath<T>(client: Client, work: () => Promise<T>): Promise<T> {
  const { rows } = await client.query<{ values: string[] }>(
    `select array[${ours.map((name) => `pg_catalog.current_setting('${name}')`).join(', ')}] as values`,
  );
  await client.query(ownPath({ local: false }));
  try {
    return await work();
  } finally {
    const back = ours.map((name, at) => `pg_catalog.set_config('${name}', $${at + 1}, false)`);
    await client.query(`select ${back.join(', ')}`, rows[0]?.values).catch(() => undefined);
  }
}

/** Runs questions of our own in one transaction that reads only, also through a pooler. */
export const reading = <T>(client: Client, work: () => Promise<T>): Promise<T> =>
  rolledBack(client, `begin read only; ${ownPath({ local: true })}`, work);
