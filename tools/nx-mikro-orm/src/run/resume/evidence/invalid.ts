import type { Client } from 'pg';

/** An index that a concurrent build left behind: it costs every write, and no query uses it. */
export interface InvalidIndex {
  /** `schema.name`, quoted where it has to be. */
  index: string;
  /** `schema.name` of its table; for an index on a TOAST table, of the table that this belongs to. */
  table: string;
  /** The statement that makes it, as the server prints it. */
  definition: string;
  bytes: number;
  /** The constraint that it backs: then only `reindex index concurrently` mends it, a drop is refused. */
  constraint: string | undefined;
  /** Left by `reindex concurrently`, as PostgreSQL's names with _ccnew and _ccold tell: dropping it is all it takes. */
  leftover: boolean;
}

interface Row extends Omit<InvalidIndex, 'constraint'> {
  constraint: string | null;
  valid: boolean;
  building: number | null;
}

/** An index of a partitioned table is only a frame, and rightly invalid while a partition lacks its own. */
const found = `
  select format('%I.%I', n.nspname, x.relname) as index, format('%I.%I', tn.nspname, t.relname) as table,
    pg_get_indexdef(x.oid) as definition, pg_relation_size(x.oid)::float8 as bytes, i.indisvalid as valid,
    (select conname from pg_constraint where conindid = x.oid and contype in ('p', 'u', 'x')) as constraint,
    x.relname ~ '_cc(new|old)\\d*$' as leftover, building.pid as building
  from pg_index i
  join pg_class x on x.oid = i.indexrelid and x.relkind = 'i'
  join pg_namespace n on n.oid = x.relnamespace
  join pg_class own on own.oid = i.indrelid
  left join pg_class main on main.reltoastrelid = own.oid
  join pg_class t on t.oid = coalesce(main.oid, own.oid)
  join pg_namespace tn on tn.oid = t.relnamespace
  -- Of another role's build, only the process is shown, not the table.
  left join lateral (
    select pid from pg_stat_progress_create_index
    where datname = current_database()
      and (relid is null or index_relid = x.oid or relid in (own.oid, t.oid) and command like 'REINDEX%')
    limit 1) building on true`;

/** Every INVALID index that nobody is building, of the whole database or of some tables (`schema.name`, quoted). */
export async function invalidIndexes(client: Client, tables?: readonly string[]): Promise<InvalidIndex[]> {
  const { rows } = await client.query<Row>(
    `${found}
     where not i.indisvalid and building.pid is null
       and ($1::text[] is null or t.oid in (select to_regclass(name) from unnest($1::text[]) name))
     order by x.oid`,
    [tables ?? null],
  );
  return rows.map(({ index, table, definition, bytes, constraint, leftover }) => ({
    index,
    table,
    definition,
    bytes,
    constraint: constraint ?? undefined,
    leftover,
  }));
}

/** Why an index was left as it is. */
export type Kept =
  { why: 'gone' } | { why: 'valid' } | { why: 'building'; pid: number } | { why: 'constraint'; constraint: string };

/**
 * Drops an index (`schema.name`, quoted) beside the traffic, if it still is INVALID, unused and nobody's work. Not in a
 * transaction. Returns nothing when it was dropped.
 */
export async function dropInvalid(client: Client, index: string): Promise<Kept | undefined> {
  const { rows } = await client.query<Row>(`${found} where x.oid = to_regclass($1)`, [index]);
  const row = rows[0];
  if (!row) return { why: 'gone' };
  if (row.valid) return { why: 'valid' };
  if (row.building !== null) return { why: 'building', pid: row.building };
  if (row.constraint !== null) return { why: 'constraint', constraint: row.constraint };
  await client.query(`drop index concurrently if exists ${row.index}`);
  return undefined;
}
