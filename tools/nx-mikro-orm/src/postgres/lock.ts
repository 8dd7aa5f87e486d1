import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, QueryConfig } from 'pg';
import type { Project } from '../config.ts';
import { problem } from '../errors.ts';
import { connectionProblem, open } from './connect/connect.ts';
import { sendAll } from './connect/transaction.ts';
import { ofBooks } from './session.ts';
import { silence } from './connect/silence.ts';
import { askOnOwnPath } from './connect/own-path.ts';

export interface LockOptions {
  url: string;
  /** `host:port/database`, for messages. */
  shown: string;
  /** How long to wait for another runner, in milliseconds. */
  waitMs: number;
  /** What this runner is about to do; others that wait for it are told. */
  doing: string;
  onWaiting: (holder: string, waitedMs: number) => void;
}

/** The lock, held. */
export interface Lock {
  /** Its connection: idle, and free for short questions about other sessions. */
  client: Client;
  /** Throws when the lock's connection is known to be gone. Asks nobody. @throws lock-lost */
  assertHeld: () => void;
  /** An expression that is true while the lock is held; for any session of this database to evaluate. */
  held: string;
}

/**
 * Runs `work` as the only runner on this database.
 *
 * The lock is a session-level advisory lock on an idle connection of its own, so it dies with its owner. It is asked for
 * again and again, never waited for inside the server: a blocked `pg_advisory_lock` holds a snapshot, and
 * `create index concurrently` would wait for it (PostgreSQL then kills one of the two as a deadlock).
 * @throws lock-held when `waitMs` passed
 */
export async function withLock<T>(
  project: Project,
  options: LockOptions,
  work: (lock: Lock) => Promise<T>,
): Promise<T> {
  const client = await open(options.url).catch((error: unknown) => {
    throw connectionProblem(error, { shown: options.shown, embedded: false });
  });
  let lost = false;
  client.on('end', () => (lost = true));
  client.on('error', () => (lost = true));
  try {
    await client.query(
      `select pg_catalog.set_config('application_name', $1, false), pg_catalog.set_config('idle_session_timeout', '0', false),
         pg_catalog.set_config('statement_timeout', '0', false)`,
      [nameOf(options.doing)],
    );
    await Promise.all(sendAll(client, ofBooks));
    const key = lockKey(project);
    const own = randomBytes(8).readBigInt64BE().toString();
    await acquire(client, { key, own }, options);
    return await work({
      client,
      assertHeld: () => {
        if (lost) throw problem('lock-lost', {});
      },
      // Nothing here ever unlocks: while its session holds the one of its own, it holds the other. No statistics are asked, which
      // stand still within a transaction.
      held: `not pg_catalog.pg_try_advisory_xact_lock_shared('${own}'::pg_catalog.int8)`,
    });
  } finally {
    // The lock goes with the connection, also when that was cut.
    await client.end().catch(() => undefined);
  }
}

/** `application_name` holds 63 bytes: of a long host name, the beginning. */
function nameOf(doing: string): string {
  const [front, end] = [`nx-mikro-orm ${doing} from `, ` pid ${process.pid}`];
  return front + hostname().slice(0, 63 - front.length - end.length) + end;
}

/** `key` is everybody's, `own` of this runner alone: whoever cannot have that knows that the runner lives. */
async function acquire(
  client: Client,
  { key, own }: { key: string; own: string },
  options: LockOptions,
): Promise<void> {
  const started = Date.now();
  let told = 0;
  for (let pause = 20; ; pause = Math.min(pause * 1.5, 500)) {
    const { rows } = await client.query<{ got: boolean }>({
      text: 'select pg_catalog.pg_try_advisory_lock($1) and pg_catalog.pg_try_advisory_lock($2) as got',
      values: [key, own],
      query_timeout: silence,
    } as QueryConfig);
    if (rows[0]?.got) return;
    const waited = Date.now() - started;
    if (waited >= options.waitMs) throw problem('lock-held', { holder: await holder(client, key), waitedMs: waited });
    if (waited > 500 && Date.now() - told > 10_000) {
      told = Date.now();
      options.onWaiting(await holder(client, key), waited);
    }
    await sleep(Math.min(pause * (0.75 + Math.random() / 2), Math.max(1, options.waitMs - waited)));
  }
}

/** Advisory locks are per database; the key tells apart the ledgers that live in one. */
export function lockKey(project: Project): string {
  const name = `nx-mikro-orm ${project.table.schema}.${project.table.name}`;
  return createHash('sha256').update(name).digest().readBigInt64BE().toString();
}

/** Picks the granted advisory lock out of `pg_locks l`: a bigint key is shown in two halves, with objsubid 1. */
const isLock = (key: string): string =>
  `l.locktype = 'advisory' and l.granted and l.objsubid = 1
   and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
   and (l.classid::bigint << 32 | l.objid::bigint) = ${key}::bigint`;

/** The runner that is at work. */
export interface Holder {
  /** Its lock's connection: `nx-mikro-orm up from <host> pid <pid>`. */
  name: string;
  /** The server's process of that connection. */
  pid: number;
  /** Undefined when this role may not see it. */
  since: Date | undefined;
  /** The statement that it is at, shortened, and for how long. */
  doing: { query: string; seconds: number } | undefined;
}

/** Who holds the lock at this moment; undefined when nobody does. Takes no lock. */
export const holderNow = (client: Client, project: Project): Promise<Holder | undefined> =>
  holderOf(client, lockKey(project));

async function holderOf(client: Client, key: string): Promise<Holder | undefined> {
  const rows = await askOnOwnPath<{
    name: string | null;
    pid: number;
    since: Date | null;
    query: string | null;
    seconds: number;
  }>(
    client,
    `select a.application_name as name, l.pid, a.backend_start as since, w.query, w.seconds
     from pg_locks l left join pg_stat_activity a using (pid)
     left join lateral (
       select left(regexp_replace(query, '\\s+', ' ', 'g'), 100) as query,
         extract(epoch from clock_timestamp() - query_start)::int as seconds
       from pg_stat_activity
       where application_name like 'nx-mikro-orm %' and state <> 'idle' and datname = current_database()
         and pid not in (l.pid, pg_backend_pid()) and query_start is not null
       order by query_start limit 1
     ) w on true
     where ${isLock(key)}`,
  );
  const found = rows[0];
  return (
    found && {
      name: found.name || 'a runner',
      pid: found.pid,
      since: found.since ?? undefined,
      doing: found.query === null ? undefined : { query: found.query, seconds: found.seconds },
    }
  );
}

/** Who holds the lock, since when, and which statement its runner is at. */
export function holderLine({ name, pid, since, doing }: Holder): string {
  const at = doing ? `, for ${doing.seconds} s at: ${doing.query}` : '';
  return `${name} (server process ${pid})${since ? ` since ${since.toISOString()}` : ''}${at}`;
}

async function holder(client: Client, key: string): Promise<string> {
  const found = await holderOf(client, key);
  return found ? holderLine(found) : 'a runner that has just finished';
}

/** Asks, on another connection, whether the lock is held still. @throws lock-lost */
export async function assertLock(client: Client, lock: Lock): Promise<void> {
  const { rows } = await client.query<{ held: boolean }>(`select ${lock.held} as held`);
  if (!rows[0]?.held) throw problem('lock-lost', {});
}
