import { comment, flag, grantsOn, label, sorted, userMade, userSchema } from './family.ts';
import type { Family } from './family.ts';
import { compression, storage } from './columns.ts';

/** What was said of single columns of a view: `column name: …`, sorted. */
const viewColumns = `(
  select string_agg('column ' || quote_ident(attname) || ': ' || said, chr(10) order by attname collate "C")
  from (
    select a.attname, nullif(concat_ws('; ',
      ${label('default', 'pg_get_expr(d.adbin, d.adrelid)')},
      case when c.relkind = 'm' and a.attstorage <> t.typstorage then ${label('storage', storage('a.attstorage'))} end,
      ${label('compression', compression('a.attcompression'))},
      ${label('statistics', 'nullif(a.attstattarget, -1)')},
      ${sorted('set', 'a.attoptions')},
      replace(${grantsOn('c', 'a.attacl', 'c.relowner')}, chr(10), ', '),
      ${comment('pg_class', 'a.attrelid', 'a.attnum')}), '') as said
    from pg_attribute a join pg_type t on t.oid = a.atttypid
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) each where said is not null)`;

/** Views and materialized views, with all that was said of their columns. */
export const views: Family = {
  catalogue: 'pg_class',
  among: `relkind in ('v', 'm')`,
  kind: `case c.relkind when 'm' then 'materialized view' else 'view' end`,
  schema: 'n.nspname',
  name: 'c.relname',
  oid: 'c.oid',
  from: 'pg_class c join pg_namespace n on n.oid = c.relnamespace',
  joins: () => `
    left join pg_am am on am.oid = c.relam and am.amname <> 'heap'
    left join pg_tablespace place on place.oid = c.reltablespace
    left join pg_index i on i.indrelid = c.oid and i.indisclustered
    left join pg_class x on x.oid = i.indexrelid`,
  where: `c.relkind in ('v', 'm') and ${userSchema('n.nspname')} and ${userMade('pg_class', 'c.oid')}`,
  lines: () => [
    'pg_get_viewdef(c.oid)',
    sorted('with', 'c.reloptions'),
    label('using', 'quote_ident(am.amname)'),
    label('tablespace', 'quote_ident(place.spcname)'),
    label('cluster on', 'quote_ident(x.relname)'),
    flag(`c.relkind = 'm' and not c.relispopulated`, 'with no data'),
    grantsOn('r', 'c.relacl', 'c.relowner'),
    viewColumns,
  ],
};
