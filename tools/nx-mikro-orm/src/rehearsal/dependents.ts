/** What PostgreSQL would not let go: the objects that depend on those which are to change. */
import { addressesOf, thingsAt } from '../catalogue/address.ts';
import { askPlainly, type Client } from '../catalogue/index.ts';
import type { Dependent, ScratchServer, Start } from '../diff/server.ts';
import { readSide, type Ignore } from '../diff/side.ts';
import { attempt, trying } from './attempt.ts';

/**
 * All that hangs on the starts, directly or through others. When a column gets another type, PostgreSQL itself makes its
 * indexes and constraints anew, so these are no dependents of it (tablecmds.c, "RememberAllDependentForRebuilding"); views,
 * rules, triggers, policies and computed columns are refused there.
 */
const select = (starts: string) => `
with recursive start(classid, objid, objsubid, does) as (
  values ${starts}
), edge as (
  -- A view stands for its rule, a column for its default, a composite type for its attributes.
  select d.refclassid, d.refobjid, d.refobjsubid, d.deptype,
    case when r.rulename = '_RETURN' or f.oid is not null then 'pg_class'::regclass::oid
      when y.oid is not null then 'pg_type'::regclass::oid else d.classid end as classid,
    case when r.rulename = '_RETURN' then r.ev_class when f.oid is not null then f.adrelid
      when y.oid is not null then y.reltype else d.objid end as objid,
    case when r.rulename = '_RETURN' or y.oid is not null then 0 when f.oid is not null then f.adnum else d.objsubid end as objsubid,
    f.oid is not null and coalesce(a.attgenerated, '') = '' as is_default,
    f.oid is not null or g.attnum is not null as is_expression
  from pg_depend d
  left join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
  left join pg_attrdef f on d.classid = 'pg_attrdef'::regclass and f.oid = d.objid
  left join pg_attribute a on a.attrelid = f.adrelid and a.attnum = f.adnum
  -- Up to PostgreSQL 14, a computed column depends on what it reads and calls by itself, and not by its expression.
  left join pg_attribute g on d.classid = 'pg_class'::regclass and g.attrelid = d.objid and g.attnum = d.objsubid
    and d.deptype = 'a' and g.attgenerated <> ''
  left join pg_class y on d.classid = 'pg_class'::regclass and y.oid = d.objid and y.relkind = 'c'
  where d.deptype in ('n', 'a', 'i')
), hanging as (
  select classid, objid, objsubid, does, false as along, false as is_default, true as is_start from start
  union
  select e.classid, e.objid, e.objsubid,
    -- A column is of a type or collation; it does not go because of it.
    case when e.classid = 'pg_class'::regclass and e.objsubid <> 0 and not e.is_expression then 'retype' else 'drop' end,
    h.does = 'drop' and e.deptype <> 'n' and not (e.is_expression and not e.is_default), e.is_default, false
  from hanging h join edge e on e.refclassid = h.classid and e.refobjid = h.objid
    and (h.objsubid = 0 or e.refobjsubid = h.objsubid)
    and not (e.classid = h.classid and e.objid = h.objid and e.objsubid = h.objsubid)
  left join pg_class x on e.classid = 'pg_class'::regclass and x.oid = e.objid
  where not h.is_default
    -- A default of the column itself is seen to by whoever changes the column; a column's own part is no dependent.
    and not (e.is_default and e.objid = h.objid and e.objsubid = h.objsubid)
    and not (h.does = 'retype' and (coalesce(x.relkind, '') in ('i', 'I', 'S') or e.classid = 'pg_constraint'::regclass
      or e.classid = 'pg_statistic_ext'::regclass or e.is_default))
    -- Tables do not go because another one does.
    and not (coalesce(x.relkind, '') in ('r', 'p', 'f', 'S') and e.objsubid = 0)
)
select distinct on (classid, objid, objsubid) classid::regclass::text as catalogue, objid::int8 as oid,
  objsubid as "column", along, is_default
from hanging
where not is_start and does = 'drop'
order by classid, objid, objsubid, along`;

interface Row {
  catalogue: string;
  oid: string;
  column: number;
  along: boolean;
  is_default: boolean;
}

async function dependentsOf(client: Client, starts: readonly Start[]): Promise<Dependent[]> {
  const addresses = await addressesOf(
    client,
    starts.map(({ item }) => item),
  );
  const values = starts.flatMap(({ item, does }) => {
    const address = addresses.get(item.key);
    return address
      ? [`('${address.catalogue}'::regclass::oid, ${address.oid}::oid, ${address.column}, '${does}')`]
      : [];
  });
  if (values.length === 0) return [];
  const [rows] = await askPlainly(client, [select(values.join(', '))]);
  const found = (rows as Row[]).map(({ oid, ...row }) => ({ ...row, oid: Number(oid) }));
  return (await thingsAt(client, found)).map(({ address: { along, is_default }, thing }) => ({
    key: thing.key,
    goesAlong: along,
    isDefault: is_default,
  }));
}

/** A connection to scratch, as a change asks it. */
export const serverOf = (client: Client, ignore: Ignore | undefined): ScratchServer => ({
  dependentsOf: (starts) => dependentsOf(client, starts),
  stateAfter: (statements) => trying(client, statements, () => readSide(client, ignore)),
  refusalOf: (statements) => trying(client, [], async () => (await attempt(client, [{ statements }]))?.refusal.code),
});
