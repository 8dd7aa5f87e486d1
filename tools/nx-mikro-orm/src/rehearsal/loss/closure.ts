import type { Client } from 'pg';
import type { Damage } from './damage.ts';

/** A row of a system catalogue. */
export interface Thing {
  catalogue: 'pg_class' | 'pg_type' | 'pg_namespace' | 'pg_extension';
  oid: number;
}

/** What goes along when things are dropped. */
export interface DroppedThing {
  /** Tables that hold rows, or are partitioned. */
  tables: number[];
  /** Columns of other tables. */
  columns: { table: number; column: string }[];
}

/**
 * Follows pg_depend as the server would. Without `cascade`, only parts go along: partitions, what an extension made.
 * What the statements before have moved, detached or attached is taken into account.
 */
export async function closureOf(
  client: Client,
  things: Thing[],
  cascade: boolean,
  damage: Damage,
): Promise<DroppedThing> {
  const { detached, attached, moved } = damage;
  const { rows } = await client.query<{ table: number; column: string | null }>(
    `with recursive edges as (
       select classid, objid, objsubid, refclassid, refobjid, refobjsubid from pg_depend d
       where deptype = any($3::"char"[])
         and not (d.classid = 'pg_class'::regclass and d.refclassid = 'pg_namespace'::regclass and d.objid = any($4))
         and not (d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass
           and (d.objid, d.refobjid) in (select * from unnest($5::oid[], $6::oid[])))
       union all
       select 'pg_class'::regclass, child, 0, 'pg_class'::regclass, parent, 0 from unnest($7::oid[], $8::oid[]) a(child, parent)
     ), gone(classid, objid, objsubid) as (
       select catalogue::regclass::oid, oid, 0 from unnest($1::text[], $2::oid[]) start(catalogue, oid)
       union
       select e.classid, e.objid, e.objsubid
       from gone g join edges e on e.refclassid = g.classid and e.refobjid = g.objid
         and (g.objsubid = 0 or e.refobjsubid = g.objsubid)
     )
     select c.oid as table, a.attname as column
     from gone g join pg_class c on g.classid = 'pg_class'::regclass and c.oid = g.objid and c.relkind in ('r', 'p')
     left join pg_attribute a on g.objsubid <> 0 and a.attrelid = c.oid and a.attnum = g.objsubid
     where g.objsubid = 0 or a.attname is not null
     order by c.oid`,
    [
      things.map(({ catalogue }) => catalogue),
      things.map(({ oid }) => oid),
      cascade ? ['a', 'i', 'e', 'n'] : ['a', 'i', 'e'],
      [...moved.keys()],
      ...ends(detached),
      ...ends(attached),
    ],
  );
  return {
    tables: rows.filter(({ column }) => column === null).map(({ table }) => table),
    columns: rows.flatMap(({ table, column }) => (column === null ? [] : [{ table, column }])),
  };
}

/** What `truncate` empties beside a table: its partitions and children, and with `cascade`, what refers to them. */
export async function emptiedWith(
  client: Client,
  tables: { oid: number; only: boolean }[],
  cascade: boolean,
  damage: Damage,
): Promise<number[]> {
  const { rows } = await client.query<{ oid: number }>(
    `with recursive emptied(oid, alone) as (
       select * from unnest($1::oid[], $2::boolean[])
       union
       select next.oid, false from emptied e, lateral (
         select inhrelid as oid from pg_inherits
         where inhparent = e.oid and not e.alone and (inhrelid, inhparent) not in (select * from unnest($4::oid[], $5::oid[]))
         union all
         select child from unnest($6::oid[], $7::oid[]) a(child, parent) where parent = e.oid and not e.alone
         union all
         select conrelid from pg_constraint where $3 and contype = 'f' and confrelid = e.oid) next)
     select distinct oid from emptied order by oid`,
    [
      tables.map(({ oid }) => oid),
      tables.map(({ only }) => only),
      cascade,
      ...ends(damage.detached),
      ...ends(damage.attached),
    ],
  );
  return rows.map(({ oid }) => oid);
}

const ends = (links: { child: number; parent: number }[]): [number[], number[]] => [
  links.map(({ child }) => child),
  links.map(({ parent }) => parent),
];
