import { escapeLiteral } from 'pg';
import { askPlainly, type Client } from '../../catalogue/index.ts';
import type { RowTable, TableName } from './table.ts';
import type { Type } from './values/type.ts';

export interface Description {
  /** Those that were named, as far as they exist, with the table that takes their rows: of a partition, its root. */
  named: (TableName & { id: number | null })[];
  /** Every table that takes rows, and what it references, directly or not. */
  tables: RowTable[];
  types: Map<number, Type>;
  /** Statements that silence what fires even while ordinary triggers are off, and those that let it speak again. */
  hush: string[];
  speak: string[];
}

/** Reads what has to be known of these tables and of everything they reference. */
export async function describeTables(client: Client, names: readonly TableName[]): Promise<Description> {
  const [rows] = await askPlainly(client, [question(names)]);
  const { found } = rows?.[0] as { found: Omit<Description, 'types'> & { types: Type[] } };
  return { ...found, types: new Map(found.types.map((type) => [type.id, type])) };
}

const listed = (names: readonly TableName[]): string =>
  names.map(({ schema, name }) => `(${escapeLiteral(schema)}, ${escapeLiteral(name)})`).join(', ');

const list = (select: string): string => `(select coalesce(json_agg(x), '[]') from (${select}) x)`;

/** Names of columns by their numbers, in the order of the array. */
const names = (table: string, numbers: string): string => `(
  select coalesce(json_agg(nth_column.attname order by nth.at), '[]') from unnest(${numbers}) with ordinality nth (number, at)
  join pg_attribute nth_column on nth_column.attrelid = ${table} and nth_column.attnum = nth.number)`;

/** Sequences by the column they belong to, or whose default uses them. */
const sequences = `
  select e.refobjid as relid, e.refobjsubid as attnum, e.objid as seqid from pg_depend e
  where e.classid = 'pg_class'::regclass and e.refclassid = 'pg_class'::regclass and e.deptype = 'i'
    and e.refobjid in (select id from closure) and e.objid in (select seqrelid from pg_sequence)
  union
  select d.adrelid, d.adnum, e.refobjid from pg_attrdef d
  join pg_depend e on e.classid = 'pg_attrdef'::regclass and e.objid = d.oid and e.refclassid = 'pg_class'::regclass
  where d.adrelid in (select id from closure) and e.refobjid in (select seqrelid from pg_sequence)`;

const columns = `
  select a.attname as name, a.atttypid::int8 as type, format_type(a.atttypid, a.atttypmod) as format,
    a.attnotnull as "notNull", a.atthasdef as "hasDefault", (
      select json_build_object('name', format('%I.%I', sn.nspname, sc.relname), 'increment', s.seqincrement::text,
        'min', s.seqmin::text, 'max', s.seqmax::text)
      from counted join pg_sequence s on s.seqrelid = counted.seqid
      join pg_class sc on sc.oid = s.seqrelid join pg_namespace sn on sn.oid = sc.relnamespace
      where counted.relid = a.attrelid and counted.attnum = a.attnum limit 1) as sequence, (
      select json_agg(l.enumlabel order by l.enumsortorder) from pg_type ty
      join pg_enum l on l.enumtypid = case when ty.typcategory = 'A' then ty.typelem else ty.oid end
      where ty.oid = a.atttypid) as labels
  from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
  order by a.attnum`;

/** A column of pg_index since 15. */
const nullsNotDistinct = `coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::bool, false)`;

const keys = `
  select ${names('c.oid', 'i.indkey[0:i.indnkeyatts - 1]')} as columns, ${nullsNotDistinct} as "nullsNotDistinct",
    not i.indimmediate as deferrable, i.indisexclusion as exclusion
  from pg_index i where i.indrelid = c.oid and (i.indisunique or i.indisexclusion)
    and not 0 = any (i.indkey[0:i.indnkeyatts - 1])
  order by i.indexrelid`;

const checks = `
  select case when coalesce(cardinality(k.conkey), 0) > 0 and not 0 >= any (k.conkey) then ${names('c.oid', 'k.conkey')} end as columns,
    pg_get_expr(k.conbin, k.conrelid) as expression
  from pg_constraint k where k.conrelid = c.oid and k.contype = 'c' order by k.conname collate "C"`;

const references = `
  select ${names('c.oid', 'k.conkey')} as columns, coalesce(pg_partition_root(k.confrelid), k.confrelid)::oid::int8 as to,
    ${names('k.confrelid', 'k.confkey')} as "toColumns", k.confmatchtype = 'f' as full, (
      select json_agg(format('operator(%I.%s)', n.nspname, o.oprname) order by u.at)
      from unnest(k.conpfeqop) with ordinality u (id, at) join pg_operator o on o.oid = u.id
      join pg_namespace n on n.oid = o.oprnamespace) as operators
  from pg_constraint k where k.conrelid = c.oid and k.contype = 'f' and k.conparentid = 0
  order by k.conname collate "C"`;

/** Key columns are the internal dependencies of a partitioned table's columns on the table, those of expressions too. */
const partitions = `case when c.relkind = 'p' then json_build_object(
  'columns', (select coalesce(json_agg(distinct a.attname), '[]') from pg_partition_tree(c.oid) p
    join pg_depend e on e.classid = 'pg_class'::regclass and e.objid = p.relid and e.objsubid > 0 and e.deptype = 'i'
      and e.refclassid = 'pg_class'::regclass and e.refobjid = p.relid and e.refobjsubid = 0
    join pg_attribute a on a.attrelid = p.relid and a.attnum = e.objsubid where not p.isleaf),
  'conditions', (select coalesce(json_agg(coalesce(pg_get_partition_constraintdef(p.relid), 'true') order by p.relid), '[]')
    from pg_partition_tree(c.oid) p where p.isleaf and p.relid <> c.oid)) end`;

const types = `
  select ty.oid::int8 as id, ty.typname as name, format_type(ty.oid, null) as format, ty.oid < 16384 as "builtIn",
    ty.typtype as kind, ty.typcategory as category, ty.typdelim as delimiter,
    ty.typsubscript = 'array_subscript_handler'::regproc and ty.typlen = -1 as "isArray",
    ty.typelem::int8 as element, ty.typbasetype::int8 as base,
    case when ty.typtype = 'd' then format_type(ty.typbasetype, ty.typtypmod) end as "baseFormat", ty.typnotnull as "notNull",
    (select json_agg(enumlabel order by enumsortorder) from pg_enum where enumtypid = ty.oid) as labels,
    (select json_agg(json_build_object('type', a.atttypid::int8, 'format', format_type(a.atttypid, a.atttypmod)) order by a.attnum)
      from pg_attribute a where a.attrelid = ty.typrelid and a.attnum > 0 and not a.attisdropped) as attributes,
    (select case when r.rngtypid = ty.oid then r.rngsubtype else r.rngtypid end::int8 from pg_range r
      where ty.oid in (r.rngtypid, r.rngmultitypid)) as of,
    (select json_agg(pg_get_expr(k.conbin, 0) order by k.conname collate "C") from pg_constraint k
      where k.contypid = ty.oid and k.contype = 'c') as checks
  from pg_type ty join used on used.id = ty.oid order by ty.oid`;

/** Triggers and rules that are `enable always` or `enable replica`: the session's role does not keep them from firing. */
const loud = (undo: boolean): string => `
  select format('alter table only %s %s trigger %I', t.tgrelid::regclass,
    ${undo ? `case t.tgenabled when 'A' then 'enable always' else 'enable replica' end` : `'disable'`}, t.tgname)
  from pg_trigger t where t.tgenabled in ('A', 'R') and t.tgrelid in (select id from family)
  union all
  select format('alter table %s %s rule %I', r.ev_class::regclass,
    ${undo ? `case r.ev_enabled when 'A' then 'enable always' else 'enable replica' end` : `'disable'`}, r.rulename)
  from pg_rewrite r where r.ev_enabled in ('A', 'R') and r.ev_class in (select id from family)
  order by 1`;
const texts = (select: string): string => `(select coalesce(json_agg(x.format), '[]') from (${select}) x)`;

const question = (wanted: readonly TableName[]): string => `
with recursive wanted as (
  select w.schema, w.name, coalesce(pg_partition_root(c.oid), c.oid)::oid as id
  from (values ${listed(wanted)}) w (schema, name) left join pg_namespace n on n.nspname = w.schema
  left join pg_class c on c.relnamespace = n.oid and c.relname = w.name and c.relkind in ('r', 'p', 'f', 'v', 'm')
), closure (id) as (
  select id from wanted where id is not null
  union
  select coalesce(pg_partition_root(k.confrelid), k.confrelid)::oid from closure
  join pg_constraint k on k.conrelid = closure.id and k.contype = 'f' and k.conparentid = 0
), family as materialized (
  select id from closure union select p.relid from closure, pg_partition_tree(closure.id) p
), used (id) as (
  select a.atttypid from pg_attribute a where a.attrelid in (select id from closure) and a.attnum > 0 and not a.attisdropped
  union
  select part.id from used join lateral (
    select ty.typelem as id from pg_type ty where ty.oid = used.id and ty.typelem <> 0
    union all select ty.typbasetype from pg_type ty where ty.oid = used.id and ty.typbasetype <> 0
    union all select r.rngsubtype from pg_range r where r.rngtypid = used.id
    union all select r.rngtypid from pg_range r where r.rngmultitypid = used.id
    union all select a.atttypid from pg_type ty join pg_attribute a on a.attrelid = ty.typrelid
      where ty.oid = used.id and ty.typtype = 'c' and a.attnum > 0 and not a.attisdropped
  ) part on true
), counted as materialized (${sequences})
select json_build_object(
  'named', ${list('select schema, name, id::int8 as id from wanted')},
  'hush', ${texts(loud(false))},
  'speak', ${texts(loud(true))},
  'types', ${list(types)},
  'tables', ${list(`
    select c.oid::int8 as id, n.nspname as schema, c.relname as name, c.relkind as kind, ${list(columns)} as columns,
      (select coalesce(json_agg(a.attname), '[]') from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated <> '') as generated,
      ${list(keys)} as keys, ${list(checks)} as checks, ${list(references)} as references, ${partitions} as partitions,
      case c.relkind when 'r' then pg_relation_size(c.oid) > 0 when 'p' then exists (
        select from pg_partition_tree(c.oid) p where p.isleaf and pg_relation_size(p.relid) > 0) else false end as "isUsed"
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid in (select id from closure) order by c.oid`)}
) as found`;
