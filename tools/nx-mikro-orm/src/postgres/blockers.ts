import { escapeLiteral, type Client } from 'pg';

/** Another session that a statement of ours waits for, or a prepared transaction, which has none. */
export interface Blocker {
  /** The server's process; 0 for a prepared transaction. */
  pid: number;
  user: string;
  application: string;
  /** `active`, `idle in transaction`, …, `prepared`, `standby`; empty when the role may not see it. */
  state: string;
  /** Since its transaction began, or its statement, in seconds; null when the role may not see it. */
  age: number | null;
  /** What it runs, or ran last, shortened; of a prepared transaction, its name. Empty when the role may not see it. */
  query: string;
}

/** Ends what blocks: cancelling is enough while a session runs a statement, one that is idle has to be ended. */
export function endingOf({ pid, state, query }: Blocker): string {
  if (state === 'prepared') return `rollback prepared ${escapeLiteral(query)}`;
  if (state === 'standby') return `select application_name, state, sync_state from pg_stat_replication`;
  return `select ${state === 'active' ? 'pg_cancel_backend' : 'pg_terminate_backend'}(${pid})`;
}

/** One line about a blocker, for a message. */
export function blockerLine({ pid, user, application, state, age, query }: Blocker): string {
  const since = age === null ? '' : ` for ${age} s`;
  if (state === 'prepared') return `prepared transaction ${escapeLiteral(query)},${since}, of ${user}`;
  if (state === 'standby')
    return `a synchronous standby that does not confirm${since} (${query}); the commit itself is done`;
  const who = user + (application && ` (${application})`);
  return `process ${pid}, ${[state + since, who].filter(Boolean).join(', ')}: ${query || 'what it does is not shown to this role'}`;
}

/** Who keeps `backend` waiting right now, the longest at work first. */
async function blockersOf(client: Client, backend: number): Promise<Blocker[]> {
  const { rows } = await client.query<Blocker>(
    `with blocking as (select distinct pid from unnest(pg_blocking_pids($1)) as found (pid) where pid <> $1)
     select a.pid, coalesce(a.usename, '') as user, coalesce(a.application_name, '') as application,
       coalesce(a.state, '') as state,
       extract(epoch from clock_timestamp() - coalesce(a.xact_start, a.query_start, a.backend_start))::int as age,
       case when a.state is null then '' else left(regexp_replace(a.query, '\\s+', ' ', 'g'), 200) end as query
     from blocking join pg_stat_activity a using (pid)
     union all
     select 0, p.owner, '', 'prepared', extract(epoch from clock_timestamp() - p.prepared)::int, p.gid
     from pg_prepared_xacts p
     where exists (select from blocking where pid = 0) and p.database = current_database() and exists (
       select from pg_locks held join pg_locks waiting using (locktype, database, relation)
       where held.transactionid is null and held.pid is null and held.granted and waiting.pid = $1 and not waiting.granted)
     union all
     select 0, '', '', 'standby', extract(epoch from clock_timestamp() - query_start)::int,
       current_setting('synchronous_standby_names')
     from pg_stat_activity where pid = $1 and wait_event = 'SyncRep'
     order by age desc nulls last`,
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
