/** Reads how large and how busy the tables of a database are. */
import type { Client } from 'pg';
import { ownPath } from '../../postgres/connect/own-path.ts';
import type { ColumnStats, Stats, TableStats } from './stats.ts';

const isOurs = `c.relkind in ('r', 'm') and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`;

/** Counters go back to their last reset, or to when the server began: what is longer ago makes a second busier than it is. */
const tables = `select n.nspname || '.' || c.relname as name,
    greatest(case when c.relpages > 0 then c.reltuples / c.relpages * pg_relation_size(c.oid) / current_setting('block_size')::int
      else greatest(c.reltuples, s.n_live_tup) end, 0)::float8 as rows,
    pg_relation_size(c.oid)::float8 as "heapBytes", pg_indexes_size(c.oid)::float8 as "indexBytes",
    case when c.reltoastrelid = 0 then 0 else pg_total_relation_size(c.reltoastrelid) end::float8 as "toastBytes",
    (coalesce(s.seq_scan, 0) + coalesce(s.idx_scan, 0)) / p.seconds as "readsPerSecond",
    (coalesce(s.n_tup_ins, 0) + coalesce(s.n_tup_upd, 0) + coalesce(s.n_tup_del, 0)) / p.seconds as "writesPerSecond"
  from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_stat_all_tables s on s.relid = c.oid
  cross join (select greatest(extract(epoch from now() - coalesce(stats_reset, pg_postmaster_start_time())), 1)::float8 as seconds
    from pg_stat_database where datname = current_database()) p
  where ${isOurs}`;

const columns = `select schemaname || '.' || tablename as table, attname as name, null_frac::float8 as "nullFraction",
    n_distinct::float8 as distinct, avg_width::float8 as width
  from pg_stats where not inherited and schemaname !~ '^pg_' and schemaname <> 'information_schema'`;

const whole = `select current_setting('server_version_num')::int / 10000 as server,
    (select coalesce(extract(epoch from max(now() - xact_start)), 0)::float8 from pg_stat_activity
      where pid <> pg_backend_pid() and backend_type = 'client backend') as "longestTransaction"`;

type Row<T> = T & { name: string };

/** In one transaction that cannot write, of which no statement lasts a second. */
export async function takeStats(client: Client, now: Date): Promise<Stats> {
  await client.query('begin transaction isolation level repeatable read read only');
  try {
    await client.query(`${ownPath({ local: true })}; set local statement_timeout = '1s'`);
    const { rows: found } = await client.query<Row<Omit<TableStats, 'columns'>>>(tables);
    const { rows: values } = await client.query<Row<ColumnStats> & { table: string }>(columns);
    const { rows: about } = await client.query<Pick<Stats, 'server' | 'longestTransaction'>>(whole);
    const { server = 0, longestTransaction = 0 } = about[0] ?? {};
    return {
      server,
      taken: now.toISOString().slice(0, 10),
      longestTransaction: rounded(longestTransaction),
      tables: Object.fromEntries(found.map((table) => [table.name, statsOf(table, values)])),
    };
  } finally {
    await client.query('rollback');
  }
}

function statsOf(
  { name, rows, readsPerSecond, writesPerSecond, ...bytes }: Row<Omit<TableStats, 'columns'>>,
  values: readonly (Row<ColumnStats> & { table: string })[],
): TableStats {
  const mine = values.filter(({ table }) => table === name);
  return {
    rows: Math.round(rows),
    ...bytes,
    readsPerSecond: rounded(readsPerSecond),
    writesPerSecond: rounded(writesPerSecond),
    columns: Object.fromEntries(
      mine.map(({ name: column, nullFraction, distinct, width }) => [
        column,
        // A negative number is a share of the rows.
        {
          nullFraction: rounded(nullFraction),
          distinct: Math.round(distinct < 0 ? -distinct * rows : distinct),
          width,
        },
      ]),
    ),
  };
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;
