import { escapeIdentifier, type Client } from 'pg';
import { rolledBack } from '../../postgres/connect/transaction.ts';
import { isState, sqlstate } from '../../sql/sqlstate.ts';
import type { Damage } from './damage.ts';

/** What statements would destroy. */
export interface Loss {
  /** Each table that goes or is emptied, and each column that goes from one that stays; also those without any rows. */
  items: {
    what: 'table' | 'column';
    /** As the server shows it, quoted where it has to be: `schema.table`, `table.column`; today's name. */
    name: string;
    /** Rows of a table, with those of its partitions; values of a column that are not null. */
    rows: number;
  }[];
  /** What changes or deletes in a way that only shows when it runs; nothing that works on a table without rows. */
  uncounted: { statement: string; why: string }[];
}

/** A lost table or column, counted over the tables that store it: itself, or its partitions. */
interface Row {
  /** As the server shows it. */
  name: string;
  column: string | null;
  /** `schema.name`, quoted, of each table to read. */
  stored: string[];
  root: number;
}

/** Also where a policy would hide rows; a query is cancelled by a time limit of the role. */
const uncountable = [sqlstate.insufficientPrivilege, sqlstate.lockNotAvailable, sqlstate.queryCanceled] as const;

/** Counts what is lost. A table whose rows this role may not all see, or not in time, is not guessed. */
export async function countLosses(
  client: Client,
  damage: Damage,
): Promise<{ items: Loss['items']; refused: Loss['uncounted'] }> {
  const items: Loss['items'] = [];
  const refused: Loss['uncounted'] = [];
  const rows = [...(await lostTables(client, damage)), ...(await lostColumns(client, damage))];
  for (const { name, column, stored, root } of rows) {
    try {
      const counted = stored.length === 0 ? 0 : await count(client, stored, column);
      items.push({ what: column === null ? 'table' : 'column', name, rows: counted });
    } catch (error) {
      if (!isState(error, ...uncountable)) throw error;
      const statement = damage.emptied.get(root) ?? damage.columns.find(({ table }) => table === root)?.statement;
      refused.push({ statement: statement ?? name, why: (error as Error).message });
    }
  }
  return { items, refused };
}

function count(client: Client, stored: string[], column: string | null): Promise<number> {
  const what = column === null ? '*' : escapeIdentifier(column);
  const parts = stored.map((table) => `select count(${what}) as n from only ${table}`);
  return seeingAll(client, `select sum(n)::float8 as answer from (${parts.join(' union all ')}) counted`);
}

/** The one value that a query gives. Policies must not hide rows from it: the server then refuses instead. */
const seeingAll = <T>(client: Client, sql: string): Promise<T> =>
  rolledBack(
    client,
    'begin read only; set local row_security = off',
    async () => (await client.query<{ answer: T }>(sql)).rows[0]!.answer,
  );

/** What cannot be counted, without what works on a table that has no rows. */
export async function withRows(client: Client, { uncounted }: Damage): Promise<Loss['uncounted']> {
  const kept: Loss['uncounted'] = [];
  for (const { statement, why, relation } of uncounted)
    if (relation === undefined || (await hasRows(client, relation))) kept.push({ statement, why });
  return kept;
}

async function hasRows(client: Client, relation: number): Promise<boolean> {
  const { rows } = await client.query<{ name: string }>(
    `select format('%I.%I', nspname, relname) as name from pg_class c join pg_namespace n on n.oid = relnamespace
     where c.oid = $1`,
    [relation],
  );
  // Where it cannot be seen, it counts as if there were some.
  return seeingAll<boolean>(client, `select exists (select from ${rows[0]!.name}) as answer`).catch(() => true);
}

/** A partition counts for the topmost table that is lost with it; one that was detached before, for itself. */
const grouped = `
  roots as (
    select oid, col, oid as root, oid as at, 0 as depth from lost
    union all
    select r.oid, r.col, l.oid, l.oid, r.depth + 1
    from roots r join pg_class c on c.oid = r.at and c.relispartition
    join pg_inherits i on i.inhrelid = c.oid
      and (i.inhrelid, i.inhparent) not in (select * from unnest($1::oid[], $2::oid[]))
    join lost l on l.oid = i.inhparent and l.col is not distinct from r.col
  ), topmost as (select distinct on (oid, col) oid, col, root from roots order by oid, col, depth desc)
  select root::regclass::text || coalesce('.' || quote_ident(col), '') as name, col as column, root,
    coalesce(array_agg(format('%I.%I', n.nspname, c.relname) order by c.oid) filter (where c.relkind = 'r'), '{}') as stored
  from topmost join pg_class c on c.oid = topmost.oid join pg_namespace n on n.oid = c.relnamespace
  group by root, col order by root, col`;

async function lostTables(client: Client, { emptied, detached }: Damage): Promise<Row[]> {
  const { rows } = await client.query<Row>(
    `with recursive lost as (
       select oid, null::name as col from pg_class where oid = any($3::oid[]) and relkind in ('r', 'p')), ${grouped}`,
    [detached.map(({ child }) => child), detached.map(({ parent }) => parent), [...emptied.keys()]],
  );
  return rows;
}

/** A column goes from partitions and children too, unless they have it of their own or from another parent. */
async function lostColumns(client: Client, { columns, emptied, detached }: Damage): Promise<Row[]> {
  const { rows } = await client.query<Row>(
    `with recursive dropped(oid, col, alone) as (
       select * from unnest($3::oid[], $4::name[], $6::boolean[])
       union
       select i.inhrelid, d.col, false from dropped d join pg_inherits i on i.inhparent = d.oid and not d.alone
       join pg_attribute a on a.attrelid = i.inhrelid and a.attname = d.col and not a.attislocal and a.attinhcount = 1
       where (i.inhrelid, i.inhparent) not in (select * from unnest($1::oid[], $2::oid[]))
     ), lost as (
       select distinct d.oid, d.col from dropped d
       join pg_class c on c.oid = d.oid and c.relkind in ('r', 'p')
       join pg_attribute a on a.attrelid = d.oid and a.attname = d.col and not a.attisdropped and a.attgenerated = ''
       where d.oid <> all($5::oid[])), ${grouped}`,
    [
      detached.map(({ child }) => child),
      detached.map(({ parent }) => parent),
      columns.map(({ table }) => table),
      columns.map(({ column }) => column),
      [...emptied.keys()],
      columns.map(({ only }) => only),
    ],
  );
  return rows;
}
