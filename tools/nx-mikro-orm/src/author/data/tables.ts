import type { Client } from '../../catalogue/index.ts';
import { typeOf, type ServerType, type TypedValue } from './types.ts';

export interface TypedTable {
  schema: string;
  name: string;
  /** In their order. */
  columns: { name: string; type: TypedValue }[];
  /** The first column of the primary key, or the first of all. */
  key: string | undefined;
}

interface Row {
  schema: string;
  table: string;
  name: string | null;
  type: number;
  nullable: boolean;
  /** Where the server fills it by itself: 'always', or when nothing is given. */
  filled: 'always' | 'default' | null;
  primary: boolean;
}

const types = `
select t.oid::int, t.typbasetype::int as base,
  (select array_agg(e.enumlabel::text order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid) as labels
from pg_type t where t.typtype in ('d', 'e')`;

const columns = `
select n.nspname::text as schema, c.relname::text as table, a.attname::text as name, a.atttypid::int as type,
  not (a.attnotnull or t.typnotnull) as nullable,
  case when a.attgenerated <> '' or a.attidentity = 'a' then 'always'
    when a.atthasdef or a.attidentity = 'd' or t.typdefault is not null then 'default' end as filled,
  coalesce(a.attnum = i.indkey[0], false) as primary
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_type t on t.oid = a.atttypid
left join pg_index i on i.indrelid = c.oid and i.indisprimary
where c.relkind in ('r', 'p', 'f') and not c.relispartition and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (
    select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
order by n.nspname <> 'public', n.nspname, c.relname, a.attnum`;

/** The tables of a database with the types of their columns in TypeScript, those of `public` first. */
export async function readTables(client: Client): Promise<TypedTable[]> {
  const known = new Map(((await client.query(types)).rows as ServerType[]).map((type) => [type.oid, type]));
  const tables = new Map<string, TypedTable>();
  for (const row of (await client.query(columns)).rows as Row[]) {
    const id = JSON.stringify([row.schema, row.table]);
    const table = tables.get(id) ?? { schema: row.schema, name: row.table, columns: [], key: undefined };
    tables.set(id, table);
    if (row.name === null) continue;
    const type = typeOf(row.type, row.nullable, known);
    const generated = row.filled === 'always' ? 'GeneratedAlways' : 'Generated';
    table.columns.push({ name: row.name, type: row.filled ? { ...type, generated } : type });
    if (row.primary) table.key = row.name;
  }
  for (const table of tables.values()) table.key ??= table.columns[0]?.name;
  return [...tables.values()];
}
