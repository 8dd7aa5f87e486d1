import { comment, firstUserOid, flag, label, sorted, userMade, userSchema } from './family.ts';
import type { Family } from './family.ts';

/**
 * Check, foreign key, primary key, unique and exclusion constraints, with the index behind them. Those that come from
 * a parent table are part of the parent; not null is said by the column, constraint triggers are triggers.
 */
export const constraints: Family = {
  catalogue: 'pg_constraint',
  kind: `'constraint'`,
  schema: 'n.nspname',
  table: 'c.relname',
  name: 'k.conname',
  oid: 'k.oid',
  from: `pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace`,
  joins: () => `
    left join pg_class x on x.oid = k.conindid and k.contype in ('p', 'u', 'x')
    left join pg_tablespace place on place.oid = x.reltablespace
    left join (
      select tgconstraint, string_agg(distinct tgenabled::text, '') as states from pg_trigger
      where tgisinternal and tgconstraint <> 0 and tgenabled <> 'O' group by tgconstraint) off on off.tgconstraint = k.oid`,
  where: `k.contype in ('c', 'f', 'p', 'u', 'x') and k.conrelid >= ${firstUserOid} and k.conparentid = 0 and k.coninhcount = 0
    and ${userSchema('n.nspname')} and ${userMade('pg_class', 'c.oid')}`,
  lines: () => [
    'pg_get_constraintdef(k.oid)',
    sorted('with', 'x.reloptions'),
    label('tablespace', 'quote_ident(place.spcname)'),
    label('triggers', `case off.states when 'D' then 'disabled' when 'A' then 'enabled always' else off.states end`),
    `case when x.oid is not null then 'index ' || ${comment('pg_class', 'x.oid')} end`,
  ],
};

/** Indexes of tables and materialized views, without those of a constraint and those that come from a parent's. */
export const indexes: Family = {
  catalogue: 'pg_class',
  among: `relkind in ('i', 'I')`,
  kind: `'index'`,
  schema: 'n.nspname',
  table: 'c.relname',
  name: 'x.relname',
  oid: 'i.indexrelid',
  from: `pg_index i join pg_class x on x.oid = i.indexrelid join pg_class c on c.oid = i.indrelid
    join pg_namespace n on n.oid = c.relnamespace`,
  joins: () => `left join pg_tablespace place on place.oid = x.reltablespace`,
  where: `c.relkind in ('r', 'p', 'm') and i.indrelid >= ${firstUserOid} and not x.relispartition
    and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
    and ${userSchema('n.nspname')} and ${userMade('pg_class', 'c.oid')}`,
  lines: () => [
    'pg_get_indexdef(i.indexrelid)',
    flag('not i.indisvalid', 'INVALID'),
    label('tablespace', 'quote_ident(place.spcname)'),
    `case when i.indexprs is not null then (
      select string_agg('statistics of column ' || attnum || ' ' || attstattarget, ', ' order by attnum)
      from pg_attribute where attrelid = i.indexrelid and attstattarget >= 0) end`,
  ],
};

/** Extended statistics; `table` is the table they are on. */
export const statistics: Family = {
  catalogue: 'pg_statistic_ext',
  kind: `'statistics'`,
  schema: 'n.nspname',
  table: 'c.relname',
  name: 's.stxname',
  oid: 's.oid',
  from: `pg_statistic_ext s join pg_class c on c.oid = s.stxrelid join pg_namespace n on n.oid = s.stxnamespace`,
  where: `${userSchema('n.nspname')} and ${userMade('pg_class', 'c.oid')}`,
  lines: () => ['pg_get_statisticsobjdef(s.oid)', label('target', 'nullif(s.stxstattarget, -1)')],
};
