import type { Client } from 'pg';
import { problem } from '../errors.ts';
import { ask, ownPath } from './connect/own-path.ts';
import { insistOnOwnSession } from './pooler.ts';

/** The connection that runs revisions, and what it is set to at the beginning of each. */
export interface Session {
  client: Client;
  /** The server's process behind the connection. */
  backend: number;
  /** What to send before each step: nothing of the role's settings, nor of the step before, may reach a revision. */
  prelude: string[];
}

/** What a revision may set for itself that must not reach our bookkeeping; deferred triggers want it back at COMMIT. */
const ofRevision = ['session_authorization', 'role', 'search_path', 'statement_timeout'] as const;

const put = (settings: string[]): string =>
  `select ${settings.map((setting) => `pg_catalog.set_config(${setting}, true)`).join(', ')}`;

/**
 * For what comes next in a transaction, what a revision set for itself is put aside: another role, path or time limit must
 * not reach what we write into ledger and journal.
 */
export const asOurselves =
  `${put(ofRevision.map((name) => `'nx_mikro_orm.${name}', pg_catalog.current_setting('${name}')`))}; ` +
  'set local session authorization default; set local role none; set local search_path = pg_catalog; set local statement_timeout = 0';

/** Before COMMIT, which runs deferred triggers: they are the revision's, and find what {@link asOurselves} put aside. */
export const asRevision = put(
  ofRevision.map((name) => `'${name}', pg_catalog.current_setting('nx_mikro_orm.${name}')`),
);

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
  options: { url: string; shown: string; doing: string },
): Promise<Session> {
  const rows = await ask<{ pid: number; version: number; readonly: string; standby: boolean }>(
    client,
    `select pg_backend_pid() as pid, current_setting('server_version_num')::int as version,
       current_setting('default_transaction_read_only') as readonly, pg_is_in_recovery() as standby`,
  );
  const { pid = 0, version = 0, readonly = 'off', standby = false } = rows[0] ?? {};
  if (standby || readonly === 'on') throw problem('read-only-database', { database: options.shown, standby });
  await insistOnOwnSession(client, pid, options);
  const notices = await client.query('set client_connection_check_interval = 2000').then(
    () => true,
    // 22023 invalid_parameter_value: the server's platform cannot tell.
    () => false,
  );
  const settings = [
    `application_name = ${client.escapeLiteral(`nx-mikro-orm ${options.doing}`)}`,
    'statement_timeout = 0',
    'lock_timeout = 0',
    `idle_in_transaction_session_timeout = ${idleInTransactionMs}`,
    'idle_session_timeout = 0',
    ...(version >= 170000 ? ['transaction_timeout = 0'] : []),
    ...(notices ? ['client_connection_check_interval = 2000'] : []),
  ];
  const prelude = ['discard all', settings.map((one) => `set ${one}`).join('; ')];
  // At once: what is imported before the first step may take longer than the role's idle_session_timeout.
  await Promise.all([...prelude, ownPath({ local: false })].map((sql) => client.query(sql)));
  return { client, backend: pid, prelude };
}
