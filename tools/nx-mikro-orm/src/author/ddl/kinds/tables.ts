import { tables as family } from '../../../catalogue/kinds/tables.ts';
import { compression } from '../../../catalogue/kinds/columns.ts';
import { columnSequences, unusual } from '../../../catalogue/kinds/sequences.ts';
import { grantsOn, identity, optionList, parameterList, type Recipe } from '../recipe.ts';

const live = 'attnum > 0 and not attisdropped';
const namesOf = (relation: string) =>
  `(select array_agg(attname order by attnum) from pg_attribute where attrelid = ${relation} and ${live})`;

/** The one that a partition belongs to, or the first of those that a table inherits from. */
export const parentOf = (child: string) =>
  `(select inhparent from pg_inherits where inhrelid = ${child} order by inhseqno limit 1)`;

/**
 * How the table `c` is spelled. A partition whose columns stand in another order than its parent's is made as a table and
 * attached: `partition of` would put them in the parent's order.
 */
export const form = `case when c.reloftype <> 0 then 'typed'
  when c.relispartition and ${namesOf('c.oid')} = ${namesOf(parentOf('c.oid'))} then 'partition'
  when c.relispartition then 'attached' else 'plain' end`;

/** Whether the constraint `k` can stand inside of the `create table` of its table `c`. */
export const inline = `(k.contype in ('p', 'u', 'c') and k.convalidated and c.reloftype = 0 and not c.relispartition
  and not exists (select from pg_class x where x.oid = k.conindid and k.contype <> 'c'
    and (x.reloptions is not null or x.reltablespace <> 0)))`;

/** What `serial` would have called the sequence, and what it would have made of it. */
export const isSerial = `(sc.oid is not null and a.attidentity = '' and a.attnotnull and a.atttypid in (20, 21, 23)
  and sc.relnamespace = c.relnamespace and sc.relname = c.relname || '_' || a.attname || '_seq'
  and pg_get_expr(d.adbin, d.adrelid) = 'nextval(' || quote_literal(sc.oid::regclass::text) || '::regclass)'
  and concat_ws(' ', ${unusual('a.atttypid').join(', ')}) = '')`;

/** The joins that {@link isSerial} needs, for the column `a`. */
export const sequenceJoins = `
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  left join ((${columnSequences}) own join pg_sequence s on s.seqrelid = own.seqid join pg_class sc on sc.oid = own.seqid)
    on own.relid = a.attrelid and own.attnum = a.attnum`;

const identityOptions = `nullif(concat_ws(' ',
  case when sc.relname <> c.relname || '_' || a.attname || '_seq' or sc.relnamespace <> c.relnamespace
    then 'sequence name ' || sc.oid::regclass::text end, ${unusual('a.atttypid').join(', ')}), '')`;

/** A column of `create table`; without its default where that has to wait. */
const columnText = (version: number, withDefault: boolean) => `concat_ws(' ', quote_ident(a.attname),
  case when ${isSerial} then case a.atttypid when 21 then 'smallserial' when 23 then 'serial' else 'bigserial' end
    else format_type(a.atttypid, a.atttypmod) end,
  'options (' || ${optionList('a.attfdwoptions')} || ')',
  'compression ' || ${compression('a.attcompression')},
  case when a.attcollation <> t.typcollation then 'collate ' || a.attcollation::regcollation::text end,
  case when a.attidentity <> '' then ${version >= 170000 ? `case when not c.relispartition then` : ''}
      'generated ' || case a.attidentity when 'a' then 'always' else 'by default' end || ' as identity' ||
      coalesce(' (' || ${identityOptions} || ')', '') ${version >= 170000 ? 'end' : ''}
    when a.attgenerated <> '' then 'generated always as (' || pg_get_expr(d.adbin, d.adrelid) || ') ' ||
      case a.attgenerated when 's' then 'stored' else 'virtual' end
    ${withDefault ? `when not ${isSerial} then 'default ' || pg_get_expr(d.adbin, d.adrelid)` : ''} end,
  case when a.attnotnull and (a.attidentity = '' or c.relispartition) and not ${isSerial} ${version >= 180000 ? 'and coalesce(filled.convalidated, true)' : ''}
    then 'not null'${version >= 180000 ? ` || case when filled.connoinherit then ' no inherit' else '' end` : ''} end)`;

const filled = (version: number) =>
  version >= 180000
    ? `left join pg_constraint filled on filled.contype = 'n' and filled.conrelid = a.attrelid and filled.conkey[1] = a.attnum`
    : '';

/** What stands in parentheses, joined as `parts`: the columns that are the table's own, and its constraints. */
const parts = (version: number, among: (alias: string) => string) => `left join (
  select relid, string_agg(text, ', ' order by place, sort, text) as full,
    string_agg(bare, ', ' order by place, sort) filter (where place = 1) as bare
  from (
    select c.oid as relid, 1 as place, a.attnum as sort, ${columnText(version, true)} as text,
      ${columnText(version, false)} as bare
    from pg_class c join pg_attribute a on a.attrelid = c.oid and ${live} join pg_type t on t.oid = a.atttypid
    ${sequenceJoins} ${filled(version)}
    where c.relkind in ('r', 'p', 'f') and (a.attislocal or c.relispartition) and ${among('c')}
    union all
    select c.oid, 2, case k.contype when 'p' then 1 when 'u' then 2 else 3 end,
      'constraint ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid), null
    from pg_constraint k join pg_class c on c.oid = k.conrelid
    where ${inline} and k.conparentid = 0 and k.coninhcount = 0 and ${among('c')}
    union all
    select c.oid, 2, 3, 'constraint ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid), null
    from pg_constraint k join pg_class c on c.oid = k.conrelid
    where k.contype = 'c' and c.relispartition and k.coninhcount > 0 and ${among('c')}) each
  group by relid) parts on parts.relid = c.oid`;

const table = identity('pg_class', 'c.oid');
const bound = 'pg_get_expr(c.relpartbound, c.oid)';
const parent = identity('pg_class', parentOf('c.oid'));

const parents = `(select string_agg(${identity('pg_class', 'inhparent')}, ', ' order by inhseqno)
  from pg_inherits where inhrelid = c.oid)`;

const create = (inner: string) => `concat_ws(' ', 'create', case c.relpersistence when 'u' then 'unlogged' end,
  case c.relkind when 'f' then 'foreign table' else 'table' end, ${table},
  case ${form} when 'typed' then 'of ' || c.reloftype::regtype::text
    when 'partition' then 'partition of ' || ${parent} || ' ' || ${bound}
    else '(' || coalesce(parts.${inner}, '') || ')' end,
  case when not c.relispartition then 'inherits (' || ${parents} || ')' end,
  case c.relkind when 'p' then 'partition by ' || pg_get_partkeydef(c.oid) end,
  'using ' || quote_ident(am.amname),
  'server ' || quote_ident(fs.srvname), 'options (' || ${optionList('f.ftoptions')} || ')',
  'with (' || nullif(concat_ws(', ', ${parameterList('c.reloptions')}, ${parameterList('toast.reloptions', 'toast.')}), '') || ')')`;

const alter = (what: string) => `'alter table ' || ${table} || ' ${what}'`;

/** Tables of every sort, each with its own columns and the constraints that need nothing else. */
export const tables: Recipe = {
  family,
  joins: parts,
  phase: 'structure',
  create: () => create('full'),
  // Where a default or a check needs a function that needs the table, they have to come one after the other.
  instead: () => [create('bare')],
  after: () => [
    `case when ${form} = 'attached' then 'alter table ' || ${parent} || ' attach partition ' || ${table} || ' ' || ${bound} end`,
    `${alter('set tablespace ')} || quote_ident(place.spcname)`,
    `case when c.relrowsecurity then ${alter('enable row level security')} end`,
    `case when c.relforcerowsecurity then ${alter('force row level security')} end`,
    `case when c.relkind <> 'f' then case c.relreplident when 'n' then ${alter('replica identity nothing')} when 'f' then ${alter('replica identity full')}
      when 'i' then ${alter('replica identity using index ')} || quote_ident(chosen.identity) end end`,
    `${alter('cluster on ')} || quote_ident(chosen.clustered)`,
  ],
  grants: [grantsOn('r', `'table ' || ${table}`, 'c.relacl', 'c.relowner')],
};
