import type { Client } from 'pg';
import { problem } from '../errors.ts';
import { open } from './connect/connect.ts';
import { plainSettings, withoutUserSchema } from './plain-settings.ts';
import { askAsLogin, ownPath } from './connect/own-path.ts';
import { sendAll } from './connect/transaction.ts';

/** What is known of the session that runs revisions, and what it is set to at the beginning of each. */
export interface Session {
  /** The server's process behind the connection. */
  backend: number;
  /** When that began. */
  backendStart: Date;
  /** What to send before each step: nothing of the role's settings, nor of the step before, may reach a revision. */
  prelude: string[];
}

/** What a revision may set for itself that must not reach our bookkeeping; deferred triggers want it back at COMMIT. */
const ofRevision = ['session_authorization', 'role', 'search_path', 'statement_timeout', 'row_security'] as const;

const put = (settings: string[]): string =>
  `select ${settings.map((setting) => `pg_catalog.set_config(${setting}, true)`).join(', ')}`;

/**
 * For what comes next in a transaction, what a revision set for itself is put aside: another role, path or time limit must
 * not reach what we write into ledger and journal.
 */
export const asOurselves =
  `${put(ofRevision.map((name) => `'nx_mikro_orm.${name}', pg_catalog.current_setting('${name}')`))}; ` +
  'set local session authorization default; set local role to default; set local search_path = pg_catalog; ' +
  'set local statement_timeout = 0; set local row_security = off';

/** Before COMMIT, which runs deferred triggers: they are the revision's, and find what {@link asOurselves} put aside. */
export const asRevision = put(
  ofRevision.map((name) => `'${name}', pg_catalog.current_setting('nx_mikro_orm.${name}')`),
);

/** What a session is set to that writes ledger and journal outside of a step: a standby that is away keeps only revisions waiting. */
export const ofBooks = [ownPath({ local: false }), 'set synchronous_commit = local'];

/** How long the runner may stay idle inside a transaction before the server ends it, with its locks. Milliseconds. */
const idleInTransactionMs = 300_000;

/**
 * Prepares a connection for running revisions.
 *
 * `discard all` gives every step the session as the server opens it: search_path, role, temporary tables and settings
 * of the step before are gone. Of the role's own settings, those that would end or delay a revision by accident are
 * lifted: `statement_timeout`, `transaction_timeout`, `lock_timeout` (set again for each transaction). While it is idle
 * in a transaction the server waits five minutes for it, not for ever. `client_connection_check_interval` makes the
 * server notice within two seconds that a killed runner is gone, also in mid statement (PostgreSQL 14, Linux and macOS).
 * @throws read-only-database, transaction-pooler
 */
export async function openSession(
  client: Client,
  options: { url: string; shown: string; doing: string; userSchema: boolean },
): Promise<Session> {
  const rows = await askAsLogin<{ pid: number; start: Date; version: number; readonly: string; standby: boolean }>(
    client,
    `select pid, backend_start as start, current_setting('server_version_num')::int as version,
       current_setting('default_transaction_read_only') as readonly, pg_is_in_recovery() as standby
     from pg_stat_get_activity(pg_backend_pid())`,
  );
  const { pid = 0, start = new Date(0), version = 0, readonly = 'off', standby = false } = rows[0] ?? {};
  if (standby || readonly === 'on') throw problem('read-only-database', { database: options.shown, standby });
  await assertOwnSession(client, pid, options);
  const notices = await client.query('set client_connection_check_interval = 2000').then(
    () => true,
    // The server's platform cannot tell.
    () => false,
  );
  const settings = [
    `application_name = ${client.escapeLiteral(`nx-mikro-orm ${options.doing}`)}`,
    'statement_timeout = 0',
    'lock_timeout = 0',
    `idle_in_transaction_session_timeout = ${idleInTransactionMs}`,
    'idle_session_timeout = 0',
    // Where a policy would hide rows from a revision, the server says so.
    'row_security = off',
    ...(version >= 170000 ? ['transaction_timeout = 0'] : []),
    ...(notices ? ['client_connection_check_interval = 2000'] : []),
  ];
  const path = options.userSchema ? [] : [withoutUserSchema];
  const prelude = ['discard all', plainSettings, ...path, settings.map((one) => `set ${one}`).join('; ')];
  // At once: what is imported before the first step may take longer than the role's idle_session_timeout.
  await Promise.all(sendAll(client, [...prelude, ...ofBooks]));
  return { backend: pid, backendStart: start, prelude };
}

/**
 * Refuses a connection pooler that hands out another server session for each transaction: a lock that belongs to a
 * session protects nothing there, and settings end up in the sessions of others.
 *
 * A pooler shows by the process number that it gave at log-in, which is not the server's. Whether the session is ours
 * until we leave is tried out: behind a transaction pooler, a second connection that begins a transaction is given the
 * very session that ours just used, or ours is given another one meanwhile.
 * @throws transaction-pooler
 */
async function assertOwnSession(
  client: Client,
  backend: number,
  options: { url: string; shown: string },
): Promise<void> {
  // `processID` is not in the types of pg, but is what its own cancellation uses.
  if ((client as unknown as { processID: number }).processID === backend) return;
  const refusal = () => problem('transaction-pooler', { database: options.shown });
  const other = await open(options.url);
  try {
    // A statement pooler refuses to begin.
    await other.query('begin').catch((error: unknown) => {
      throw problem('transaction-pooler', { database: options.shown }, error);
    });
    const [theirs, ours] = [await pidOf(other), await pidOf(client)];
    await other.query('commit');
    if (theirs === backend || ours !== backend || (await pidOf(client)) !== backend) throw refusal();
  } finally {
    await other.end();
  }
}

async function pidOf(client: Client): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>('select pg_catalog.pg_backend_pid() as pid');
  return rows[0]?.pid;
}

/** A session of the server's, by what tells it from every other one: its process, and when that began. */
export interface SessionId {
  backend: number;
  /** Undefined in journals that an older version wrote: then, a moment at which it lived. */
  backendStart: Date | undefined;
  at: Date;
}

/**
 * That session, among those of this database: a copy of it on the same server has the same journal. To a role that may not see
 * when a session began, the number of the process has to do. A JavaScript date has milliseconds.
 */
function whereSession({ backend, backendStart, at }: SessionId): string {
  const began = backendStart
    ? `abs(extract(epoch from backend_start - timestamptz '${backendStart.toISOString()}')) < 0.002`
    : `backend_start <= timestamptz '${at.toISOString()}' and application_name like 'nx-mikro-orm%'`;
  return `pid = ${backend} and datname = current_database() and coalesce(${began}, true)`;
}

/** Whether a session still works in the server. */
export async function lives(client: Client, session: SessionId): Promise<boolean> {
  const rows = await askAsLogin(client, `select pid from pg_stat_activity where ${whereSession(session)}`);
  return rows.length > 0;
}

/** Ends a session, and no other one that has come by its number. */
export const endSession = (client: Client, session: SessionId): Promise<unknown> =>
  askAsLogin(client, `select pg_terminate_backend(pid) from pg_stat_activity where ${whereSession(session)}`);
