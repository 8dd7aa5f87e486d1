import type { Client } from 'pg';

/** Another session that a statement of ours waits for. */
export interface Blocker {
  /** The server's process. */
  pid: number;
  user: string;
  application: string;
  /** `active`, `idle in transaction`, …; empty when the role may not see it. */
  state: string;
  /** Since its transaction began, or its statement. Seconds. */
  age: number;
  /** What it runs, or ran last; shortened. */
  query: string;
}

/** Ends a session that blocks: cancelling is enough while it runs a statement, one that is idle has to be ended. */
export const endingOf = ({ pid, state }: Blocker): string =>
  state === 'active' ? `select pg_cancel_backend(${pid})` : `select pg_terminate_backend(${pid})`;

/** One line about a blocker, for a message. */
export const blockerLine = ({ pid, user, application, state, age, query }: Blocker): string =>
  `process ${pid}, ${[state, `for ${age} s`].filter(Boolean).join(' ')}, ${user}${application && ` (${application})`}: ${query || 'its statement is not shown to this role'}`;

/** Who keeps `backend` waiting right now. */
export async function blockersOf(client: Client, backend: number): Promise<Blocker[]> {
  const { rows } = await client.query<Blocker>(
    `select a.pid, coalesce(a.usename, '') as user, coalesce(a.application_name, '') as application,
       coalesce(a.state, '') as state,
       coalesce(extract(epoch from clock_timestamp() - coalesce(a.xact_start, a.query_start, a.backend_start))::int, 0) as age,
       coalesce(left(regexp_replace(a.query, '\\s+', ' ', 'g'), 200), '') as query
     from (select distinct unnest(pg_blocking_pids($1)) as pid) b join pg_stat_activity a using (pid)
     where a.pid <> $1 order by age desc`,
    [backend],
  );
  return rows;
}

/** How often to look while a statement runs. Milliseconds. */
const every = 250;

/** Looks every quarter of a second who blocks `backend`, until `stop` is called. Who was seen last is kept. */
export function watchBlockers(
  client: Client,
  backend: number,
  onBlocked: (blockers: Blocker[], waitedMs: number) => void,
): { last: () => Blocker[]; stop: () => void } {
  let last: Blocker[] = [];
  let since: number | undefined;
  let asking = false;
  const timer = setInterval(() => {
    if (asking) return;
    asking = true;
    blockersOf(client, backend)
      .then((found) => {
        if (found.length === 0) return void (since = undefined);
        last = found;
        since ??= performance.now() - every;
        onBlocked(found, Math.round(performance.now() - since));
      })
      // The connection of the lock is gone: the step will find out by itself.
      .catch(() => undefined)
      .finally(() => (asking = false));
  }, every);
  timer.unref();
  return { last: () => last, stop: () => clearInterval(timer) };
}
