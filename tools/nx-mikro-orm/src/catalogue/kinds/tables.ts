import { flag, grantsOn, label, sorted, userMade, userSchema } from './family.ts';
import type { Family } from './family.ts';

/** Tables, partitioned tables, partitions and foreign tables. Their columns are items of their own. */
export const tables: Family = {
  catalogue: 'pg_class',
  among: `relkind in ('r', 'p', 'f')`,
  kind: `case c.relkind when 'f' then 'foreign table' else 'table' end`,
  schema: 'n.nspname',
  name: 'c.relname',
  oid: 'c.oid',
  from: 'pg_class c join pg_namespace n on n.oid = c.relnamespace',
  joins: () => `
    left join (
      select inhrelid, string_agg(inhparent::regclass::text, ', ' order by inhparent::regclass::text collate "C") as names,
        bool_or(inhdetachpending) as detaching
      from pg_inherits group by inhrelid) parents on parents.inhrelid = c.oid
    left join pg_class toast on toast.oid = c.reltoastrelid and toast.reloptions is not null
    left join pg_am am on am.oid = c.relam and am.amname <> 'heap'
    left join pg_tablespace place on place.oid = c.reltablespace
    left join (
      select i.indrelid,
        max(x.relname) filter (where i.indisreplident) as identity,
        max(x.relname) filter (where i.indisclustered) as clustered
      from pg_index i join pg_class x on x.oid = i.indexrelid
      where i.indisreplident or i.indisclustered group by i.indrelid) chosen on chosen.indrelid = c.oid
    left join pg_foreign_table f on f.ftrelid = c.oid
    left join pg_foreign_server fs on fs.oid = f.ftserver`,
  where: `c.relkind in ('r', 'p', 'f') and ${userSchema('n.nspname')} and ${userMade('pg_class', 'c.oid')}`,
  lines: () => [
    flag(`c.relpersistence = 'u'`, 'unlogged'),
    `case when c.relkind = 'p' then 'partition by ' || pg_get_partkeydef(c.oid) end`,
    `case when c.relispartition then concat_ws(' ', 'partition of', parents.names,
      pg_get_expr(c.relpartbound, c.oid), case when parents.detaching then 'detach pending' end)
      else 'inherits (' || parents.names || ')' end`,
    label('of', 'nullif(c.reloftype, 0)::regtype::text'),
    label('using', 'quote_ident(am.amname)'),
    label('tablespace', 'quote_ident(place.spcname)'),
    sorted('with', 'c.reloptions'),
    sorted('toast with', 'toast.reloptions'),
    label('server', 'quote_ident(fs.srvname)'),
    sorted('options', 'f.ftoptions'),
    flag('c.relrowsecurity', 'row level security enabled'),
    flag('c.relforcerowsecurity', 'row level security forced'),
    `case c.relreplident when 'n' then 'replica identity nothing' when 'f' then 'replica identity full'
      when 'i' then 'replica identity using index ' || quote_ident(chosen.identity) end`,
    label('cluster on', 'quote_ident(chosen.clustered)'),
    grantsOn('r', 'c.relacl', 'c.relowner'),
  ],
};
