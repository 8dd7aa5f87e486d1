/** What tables hold now, in a form that can be compared after they were changed. */
import { escapeIdentifier, escapeLiteral } from 'pg';
import { askPlainly, type Client } from '../../catalogue/index.ts';
import type { TableName } from './table.ts';

/** A table with its rows, in the order in which they are stored. */
export interface HeldRows extends TableName {
  columns: HeldColumn[];
  /** For each row, the values of the columns as texts that no setting of the session changes. */
  rows: (string | null)[][];
}

export interface HeldColumn {
  name: string;
  /** As it is printed, with its modifiers. */
  type: string;
  notNull: boolean;
  /** The enum that values are of, or are made of, with its labels in their order. */
  values: { schema: string; name: string; labels: string[]; within?: boolean } | null;
  /** Names and types of the attributes that its values have, where it is, or is made of, composite types. */
  attributes: string | null;
  /** How the server computes it. */
  generated: string | null;
  /** It is in the primary key. */
  inKey: boolean;
}

export type Reading = HeldRows[];

export interface ReadingOptions {
  /** The most rows of a table that are read. */
  most?: number;
}

/**
 * Reads all rows of these tables, without those of tables that inherit from them; those that are not there are left out,
 * as are columns that are computed whenever they are read: they hold nothing.
 */
export async function readRows(
  client: Client,
  tables: readonly TableName[],
  { most }: ReadingOptions = {},
): Promise<Reading> {
  if (tables.length === 0) return [];
  const [found] = await askPlainly(client, [columnsOf(tables)]);
  const all = found as (Omit<HeldRows, 'rows'> & { kind: string })[];
  if (all.length === 0) return [];
  const [values] = await askPlainly(client, [
    `${all.map((one, at) => `select ${at} as at, (${rowsOf(one, most)}) as rows`).join('\nunion all ')}\norder by at`,
  ]);
  return all.map(({ schema, name, columns }, at) => ({
    schema,
    name,
    columns,
    rows: (values?.[at] as { rows: HeldRows['rows'] }).rows,
  }));
}

const columnsOf = (tables: readonly TableName[]): string => `
select n.nspname as schema, c.relname as name, c.relkind as kind, (
  select coalesce(json_agg(x), '[]') from (
    select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as "notNull",
      case when a.attgenerated <> '' then pg_get_expr(d.adbin, d.adrelid) end as generated,
      coalesce(a.attnum = any (i.indkey), false) as "inKey", (
        with recursive below (id) as (
          select a.atttypid union select part.id from below join pg_type ty on ty.oid = below.id, lateral (
            select ty.typbasetype as id where ty.typtype = 'd'
            union all select ty.typelem where ty.typcategory = 'A' and ty.typelem <> 0
            union all select f.atttypid from pg_attribute f
              where ty.typtype = 'c' and f.attrelid = ty.typrelid and f.attnum > 0 and not f.attisdropped) part
        ) select string_agg(concat_ws(' ', ty.typname, f.attname, format_type(f.atttypid, f.atttypmod)), ', '
            order by ty.typname, f.attnum)
          from below join pg_type ty on ty.oid = below.id and ty.typtype = 'c'
            join pg_attribute f on f.attrelid = ty.typrelid and f.attnum > 0 and not f.attisdropped) as attributes, (
        with recursive below (id, within) as (
          select a.atttypid, false
          union select part.id, below.within or part.within from below join pg_type ty on ty.oid = below.id, lateral (
            select ty.typbasetype as id, false as within where ty.typtype = 'd'
            union all select ty.typelem, false where ty.typcategory = 'A' and ty.typelem <> 0
            union all select r.rngsubtype, true from pg_range r where r.rngtypid = ty.oid
            union all select f.atttypid, true from pg_attribute f
              where ty.typtype = 'c' and f.attrelid = ty.typrelid and f.attnum > 0 and not f.attisdropped) part
        ) select json_build_object('schema', en.nspname, 'name', ty.typname, 'within', within, 'labels',
            (select json_agg(enumlabel order by enumsortorder) from pg_enum where enumtypid = ty.oid))
          from below join pg_type ty on ty.oid = below.id and ty.typtype = 'e' join pg_namespace en on en.oid = ty.typnamespace
          limit 1) as values
    from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated <> 'v'
    order by a.attnum) x) as columns
from (values ${tables.map(({ schema, name }) => `(${escapeLiteral(schema)}, ${escapeLiteral(name)})`).join(', ')}) w (schema, name)
join pg_namespace n on n.nspname = w.schema
join pg_class c on c.relnamespace = n.oid and c.relname = w.name and c.relkind in ('r', 'p')
left join pg_index i on i.indrelid = c.oid and i.indisprimary
order by c.oid`;

function rowsOf(
  { schema, name, kind, columns }: Omit<HeldRows, 'rows'> & { kind: string },
  most: number | undefined,
): string {
  const texts = columns.map((column) => `${escapeIdentifier(column.name)}::text`);
  return `select coalesce(json_agg(r), '[]') from (select array[${texts.join(', ')}]::text[] as r
    from ${kind === 'p' ? '' : 'only '}${escapeIdentifier(schema)}.${escapeIdentifier(name)}
    order by tableoid, ctid${most === undefined ? '' : ` limit ${most}`}) held`;
}
