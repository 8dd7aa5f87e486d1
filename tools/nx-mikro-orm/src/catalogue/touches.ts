/**
 * What tells, without reading a catalogue, which relations were changed since it was read: how many rows the server's own
 * catalogues have for each, and the sum of the transactions that wrote them. A change writes rows with a later transaction than
 * all before, or takes some away: the sum grows, or there are fewer. It holds for changes whose transactions are over.
 */
import { firstUserOid } from './kinds/reading.ts';
import type { NamedSelect } from './planned.ts';

/** A relation, with what changes when anything of it does. */
export interface Touch {
  relation: number;
  touch: string;
  /** The table that has a sequence as its column's own. */
  owner: number | null;
}

/** How a relation looks from outside: others are printed with its name and those of its columns. */
export interface Face {
  relation: number;
  face: string;
}

const written = (alias: string) => `${alias}.xmin::text::bigint`;
const constant = (catalogue: string) => `'pg_catalog.${catalogue}'::pg_catalog.regclass`;

/** Relations that count, and to which each belongs: an index to its table. */
const relations = `select c.oid, coalesce(i.indrelid, c.oid) as relation, c.relname, c.relnamespace, c.relkind, ${written('c')} as x
  from pg_class c left join pg_index i on i.indexrelid = c.oid
  where c.oid >= ${firstUserOid} and c.relkind in ('r', 'p', 'f', 'v', 'm', 'i', 'I', 'S') and c.relnamespace <> 99`;

/** Those of them that belong to the relations of `$1`. */
const someRelations = `select c.oid, c.oid as relation, c.relname, c.relnamespace, c.relkind from pg_class c where c.oid = any ($1)
  union all select c.oid, i.indrelid, c.relname, c.relnamespace, c.relkind
  from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = any ($1)`;

/** Catalogues whose rows belong to a relation, and the column that says to which. */
const partsOfRelations = {
  pg_attrdef: 'adrelid',
  pg_constraint: 'conrelid',
  pg_trigger: 'tgrelid',
  pg_policy: 'polrelid',
  pg_rewrite: 'ev_class',
  pg_statistic_ext: 'stxrelid',
};

/** The same, for rows of which nothing is said elsewhere. */
const rowsOfRelations = {
  pg_index: 'indrelid',
  pg_sequence: 'seqrelid',
  pg_partitioned_table: 'partrelid',
  pg_foreign_table: 'ftrelid',
  ...partsOfRelations,
};

/** The relation that an object of a catalogue belongs to, where it belongs to one. */
const relationOf = (classid: string, objid: string, all = 'rel') => `coalesce(
    (select relation from ${all} rel where ${classid} = ${constant('pg_class')} and rel.oid = ${objid}),
    ${Object.entries(partsOfRelations)
      .map(
        ([catalogue, column]) =>
          `(select nullif(${column}, 0) from ${catalogue} where ${classid} = ${constant(catalogue)} and oid = ${objid})`,
      )
      .join(',\n    ')})`;

/** The trigger of a foreign key is on either of two tables, and says something of the one that has the key. */
const touched = `
  select relation, x from rel
  union all select rel.relation, ${written('a')} from pg_attribute a join rel on rel.oid = a.attrelid where a.attnum > 0
  union all select rel.relation, ${written('h')} from pg_inherits h join rel on rel.oid in (h.inhrelid, h.inhparent)
  union all select k.conrelid, ${written('t')} from pg_trigger t join pg_constraint k on k.oid = t.tgconstraint
    where k.conrelid <> t.tgrelid
  union all select ${relationOf('d.classoid', 'd.objoid')}, ${written('d')} from pg_description d where d.objoid >= ${firstUserOid}
  ${Object.entries(rowsOfRelations)
    .map(
      ([catalogue, column]) =>
        `union all select ${column}, ${written(catalogue)} from ${catalogue} where ${column} >= ${firstUserOid}`,
    )
    .join('\n  ')}`;

/** Gives {@link Touch}es. What belongs to no relation, as the comment of a function, is counted under 0. */
export const touches: NamedSelect = {
  name: 'touches',
  sql: `with rel as materialized (${relations})
select counted.relation, count || '/' || sum as touch, owner.refobjid as owner
from (
  select coalesce(relation, 0)::oid as relation, count(*), sum(x) from (${touched}) touched group by 1
) counted
left join pg_depend owner on owner.classid = ${constant('pg_class')} and owner.objid = counted.relation and owner.objsubid = 0
  and owner.refclassid = ${constant('pg_class')} and owner.refobjsubid > 0 and owner.deptype in ('a', 'i')
  and exists (select from pg_sequence where seqrelid = counted.relation)`,
};

/** Catalogues of which the things of the user do not belong to relations, and the column that has their oid. */
const elsewhere: Record<string, string> = {
  pg_namespace: 'oid',
  pg_proc: 'oid',
  pg_aggregate: 'aggfnoid::oid',
  pg_enum: 'oid',
  pg_range: 'rngtypid',
  pg_operator: 'oid',
  pg_opclass: 'oid',
  pg_opfamily: 'oid',
  pg_amop: 'oid',
  pg_amproc: 'oid',
  pg_am: 'oid',
  pg_cast: 'oid',
  pg_collation: 'oid',
  pg_conversion: 'oid',
  pg_language: 'oid',
  pg_transform: 'oid',
  pg_extension: 'oid',
  pg_event_trigger: 'oid',
  pg_default_acl: 'oid',
  pg_foreign_data_wrapper: 'oid',
  pg_foreign_server: 'oid',
  pg_publication: 'oid',
  pg_publication_rel: 'oid',
  pg_ts_config: 'oid',
  pg_ts_config_map: 'mapcfg',
  pg_ts_dict: 'oid',
  pg_ts_parser: 'oid',
  pg_ts_template: 'oid',
};

const counted = (from: string, where: string) =>
  `(select count(*) || '/' || coalesce(sum(${written('r')}), 0) from ${from} where ${where})`;

/** What changes when anything changes that belongs to no relation; that of other databases, too, where it has a name here. */
export const others = (version: number): NamedSelect => ({
  name: 'others',
  sql: `select concat_ws(' ', ${[
    ...Object.entries(elsewhere).map(([catalogue, oid]) => counted(`${catalogue} r`, `r.${oid} >= ${firstUserOid}`)),
    ...(version >= 150000 ? [counted('pg_publication_namespace r', 'true')] : []),
    counted('pg_namespace r', `r.nspname = 'public'`),
    counted('pg_database r', 'r.datname = current_database()'),
    counted('pg_db_role_setting r', 'true'),
    counted('pg_tablespace r', 'true'),
    counted('pg_seclabel r', 'true'),
    counted('pg_depend r', `r.refclassid = ${constant('pg_extension')}`),
    counted('pg_constraint r', `r.contypid <> 0`),
    // A table's own type, and the array type of anything, change with it.
    counted(
      'pg_type r',
      `r.oid >= ${firstUserOid} and not exists (select from pg_class c where c.oid = r.typrelid and c.relkind <> 'c')
        and not exists (select from pg_type element where element.typarray = r.oid)`,
    ),
    counted('pg_class r', `r.oid >= ${firstUserOid} and r.relkind = 'c'`),
    counted(
      'pg_attribute r',
      `r.attrelid in (select oid from pg_class c where c.oid >= ${firstUserOid} and c.relkind = 'c')`,
    ),
    // Of these, not everybody sees by whom rows were written.
    `(select md5(string_agg(oid || ' ' || rolname, ',' order by oid)) from pg_roles)`,
    `(select md5(string_agg(u::text, ',' order by u::text)) from pg_user_mappings u)`,
    // Nor all of what there is: nothing of these is taken for unchanged.
    `(select string_agg(subname || clock_timestamp(), ',') from pg_subscription
      where subdbid = (select oid from pg_database where datname = current_database()))`,
  ].join(',\n  ')}) as others`,
});

const given = (relations: readonly number[]) => `('{${relations.join()}}')`;

/** Gives the {@link Face}s of some relations. */
export const facesOf = (relations_: readonly number[]): NamedSelect => ({
  name: 'faces',
  takes: '(oid[])',
  given: given(relations_),
  sql: `select rel.relation, md5(string_agg(concat_ws(' ', rel.oid, rel.relname, rel.relnamespace, rel.relkind, columns.text), ','
  order by rel.oid)) as face
from (${someRelations}) rel
left join lateral (
  select string_agg(concat_ws(' ', attnum, attname, atttypid, atttypmod, attcollation), ',' order by attnum) as text
  from pg_attribute where attrelid = rel.oid and attnum > 0
) columns on true
group by rel.relation`,
});

/** What is printed with names of some relations: the relations to which it belongs, and null for what belongs to none. */
export const dependentsOf = (relations_: readonly number[]): NamedSelect => ({
  name: 'dependents',
  takes: '(oid[])',
  given: given(relations_),
  sql: `with changed as (select oid from (${someRelations}) rel),
types as (
  select t.oid, t.typarray from changed join pg_class c on c.oid = changed.oid join pg_type t on t.oid = c.reltype),
named as (
  select ${constant('pg_class')} as classid, oid from changed
  union all select ${constant('pg_type')}, oid from types
  union all select ${constant('pg_type')}, typarray from types)
select distinct ${relationOf('d.classid', 'd.objid', `(${relations})`)} as relation
from pg_depend d join named on d.refclassid = named.classid and d.refobjid = named.oid
where not (d.classid = ${constant('pg_type')} and d.deptype = 'i')
  and not (d.classid = ${constant('pg_class')} and exists (select from pg_class c where c.oid = d.objid and c.relkind = 't'))`,
});

/** The objects that belong to some relations, themselves included. */
export const membersOf = `select oid from (${someRelations}) rel
  ${Object.entries(partsOfRelations)
    .map(([catalogue, column]) => `union all select oid from ${catalogue} where ${column} = any ($1)`)
    .join('\n  ')}`;
