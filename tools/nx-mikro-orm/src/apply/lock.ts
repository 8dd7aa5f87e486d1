import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Project } from '../config.ts';
import { problem } from '../errors.ts';
import { open } from './connect.ts';

export interface LockOptions {
  url: string;
  /** How long to wait for another runner, in milliseconds. */
  waitMs: number;
  /** What this runner is about to do; others that wait for it are told. */
  doing: string;
  onWaiting: (holder: string) => void;
}

/**
 * Runs `work` as the only runner on this database.
 *
 * The lock is a session-level advisory lock on an idle connection of its own, so it dies with its owner. It is asked for
 * again and again, never waited for inside the server: a blocked `pg_advisory_lock` holds a snapshot, and
 * `create index concurrently` would wait for it (PostgreSQL then kills one of the two as a deadlock).
 * @throws lock-held when `waitMs` passed
 */
export async function withLock<T>(project: Project, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const client = await open(options.url);
  try {
    await client.query("select set_config('application_name', $1, false)", [
      `nx-mikro-orm ${options.doing} from ${hostname()} pid ${process.pid}`.slice(0, 63),
    ]);
    await acquire(client, lockKey(project), options);
    return await work();
  } finally {
    await client.end();
  }
}

async function acquire(client: Client, key: string, options: LockOptions): Promise<void> {
  const started = Date.now();
  let told = 0;
  for (let pause = 20; ; pause = Math.min(pause * 1.5, 500)) {
    const { rows } = await client.query<{ got: boolean }>('select pg_try_advisory_lock($1) as got', [key]);
    if (rows[0]?.got) return;
    const waited = Date.now() - started;
    if (waited > options.waitMs) throw problem('lock-held', { holder: await holder(client, key), waitedMs: waited });
    if (waited > 500 && Date.now() - told > 10_000) {
      told = Date.now();
      options.onWaiting(await holder(client, key));
    }
    await sleep(pause * (0.75 + Math.random() / 2));
  }
}

/** Advisory locks are per database; the key tells apart the ledgers that live in one. */
function lockKey(project: Project): string {
  const name = `nx-mikro-orm ${project.table.schema}.${project.table.name}`;
  return createHash('sha256').update(name).digest().readBigInt64BE().toString();
}

async function holder(client: Client, key: string): Promise<string> {
  const { rows } = await client.query<{ application_name: string; pid: number; since: Date }>(
    `select a.application_name, a.pid, a.backend_start as since
     from pg_locks l join pg_stat_activity a using (pid)
     where l.locktype = 'advisory' and l.granted and l.objsubid = 1
       and l.database = (select oid from pg_database where datname = current_database())
       and (l.classid::bigint << 32 | l.objid::bigint) = $1::bigint`,
    [key],
  );
  const found = rows[0];
  return found
    ? `${found.application_name} (server process ${found.pid}) since ${found.since.toISOString()}`
    : 'a runner that has just finished';
}
