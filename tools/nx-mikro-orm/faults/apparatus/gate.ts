/** A session that holds what a statement needs, so that the statement waits in the server for as long as a case wants. */
import type { Client } from 'pg';
import type { Database } from './database.ts';
import { until } from './patience.ts';

export interface Gate {
  client: Client;
  /** The server process that holds it. */
  pid: number;
  /** Lets the waiting statement go on: rolls back, or commits. */
  open(how?: 'rollback' | 'commit'): Promise<void>;
}

/** Begins a transaction that runs `sql` and stays open. */
export async function closeGate(
  database: Database,
  sql: string,
  { application = 'gate', role }: { application?: string; role?: string } = {},
): Promise<Gate> {
  const client = await database.connect(application, role);
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  await client.query('begin');
  await client.query(sql);
  return {
    client,
    pid: rows[0]?.pid ?? 0,
    // A killed server has opened it already.
    open: async (how = 'rollback') => void (await client.query(how).catch(() => undefined)),
  };
}

const session = `select pid from pg_stat_activity
  where datname = current_database() and state = 'active' and position($1 in query) > 0 and pid <> pg_backend_pid()`;

/** Returns when some session waits for a lock in a statement that contains `text`, with that session's process id. */
export const waitsFor = (database: Database, text: string): Promise<number> =>
  until(`a session waits for a lock in: ${text}`, () =>
    database.value(`${session} and wait_event_type = 'Lock'`, [text]),
  ) as Promise<number>;

/** Returns when a session runs a statement that contains `text`, waiting or not, with that session's process id. */
export const runs = (database: Database, text: string): Promise<number> =>
  until(`a session runs: ${text}`, () => database.value(session, [text])) as Promise<number>;

/** Returns when no session of a runner is left on this database. */
export const nobodyIsLeft = (database: Database, seconds = 20): Promise<unknown> =>
  until(
    'no session of a runner is left',
    () =>
      database.value(
        `select count(*) = 0 from pg_stat_activity
         where datname = current_database() and usename <> current_user and backend_type = 'client backend'`,
      ),
    seconds,
  );
