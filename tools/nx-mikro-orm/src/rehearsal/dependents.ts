/** What PostgreSQL would not let go: the objects that depend on those which are to change. */
import { escapeLiteral } from 'pg';
import { askPlainly, keyOf, type Client, type Kind } from '../catalogue/index.ts';
import type { Dependent, ScratchServer, Start } from '../diff/server.ts';
import { wouldTake } from './attempt.ts';

/**
 * All that hangs on the starts, directly or through others. When a column gets another type, PostgreSQL itself makes its
 * indexes and constraints anew, so these are no dependents of it (tablecmds.c, "RememberAllDependentForRebuilding"); views,
 * rules, triggers, policies and computed columns are refused there.
 */
const select = (starts: string, alsoRetyped: boolean) => `
with recursive start as (
  select coalesce(
      case s.kind when 'type' then 'pg_type'::regclass when 'domain' then 'pg_type'::regclass
        when 'function' then 'pg_proc'::regclass when 'procedure' then 'pg_proc'::regclass
        when 'aggregate' then 'pg_proc'::regclass when 'constraint' then 'pg_constraint'::regclass
        when 'trigger' then 'pg_trigger'::regclass when 'policy' then 'pg_policy'::regclass
        when 'rule' then 'pg_rewrite'::regclass when 'schema' then 'pg_namespace'::regclass
        else 'pg_class'::regclass end)::oid as classid,
    coalesce(
      case s.kind
        when 'type' then to_regtype(format('%I.%I', s.schema, s.name))::oid
        when 'domain' then to_regtype(format('%I.%I', s.schema, s.name))::oid
        when 'function' then to_regprocedure(format('%I.%I%s', s.schema, s.name, s.arguments))::oid
        when 'procedure' then to_regprocedure(format('%I.%I%s', s.schema, s.name, s.arguments))::oid
        when 'aggregate' then to_regprocedure(format('%I.%I%s', s.schema, s.name, s.arguments))::oid
        when 'constraint' then (select oid from pg_constraint where conname = s.name
          and conrelid = to_regclass(format('%I.%I', s.schema, s."table")))
        when 'trigger' then (select oid from pg_trigger where tgname = s.name
          and tgrelid = to_regclass(format('%I.%I', s.schema, s."table")))
        when 'policy' then (select oid from pg_policy where polname = s.name
          and polrelid = to_regclass(format('%I.%I', s.schema, s."table")))
        when 'rule' then (select oid from pg_rewrite where rulename = s.name
          and ev_class = to_regclass(format('%I.%I', s.schema, s."table")))
        when 'schema' then (select oid from pg_namespace where nspname = s.name)
        when 'column' then to_regclass(format('%I.%I', s.schema, s."table"))::oid
        else to_regclass(format('%I.%I', s.schema, s.name))::oid end, 0::oid) as objid,
    case when s.kind = 'column' then (select attnum::int from pg_attribute
      where attrelid = to_regclass(format('%I.%I', s.schema, s."table")) and attname = s.name) else 0 end as objsubid,
    s.does
  from json_to_recordset(${starts}) s(kind text, schema text, "table" text, name text, arguments text, does text)
), edge as (
  -- A view stands for its rule, a column for its default, a composite type for its attributes.
  select d.refclassid, d.refobjid, d.refobjsubid, d.deptype,
    case when r.rulename = '_RETURN' or f.oid is not null then 'pg_class'::regclass::oid
      when y.oid is not null then 'pg_type'::regclass::oid else d.classid end as classid,
    case when r.rulename = '_RETURN' then r.ev_class when f.oid is not null then f.adrelid
      when y.oid is not null then y.reltype else d.objid end as objid,
    case when r.rulename = '_RETURN' or y.oid is not null then 0 when f.oid is not null then f.adnum else d.objsubid end as objsubid,
    f.oid is not null and coalesce(a.attgenerated, '') = '' as is_default,
    f.oid is not null as is_expression
  from pg_depend d
  left join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
  left join pg_attrdef f on d.classid = 'pg_attrdef'::regclass and f.oid = d.objid
  left join pg_attribute a on a.attrelid = f.adrelid and a.attnum = f.adnum
  left join pg_class y on d.classid = 'pg_class'::regclass and y.oid = d.objid and y.relkind = 'c'
  where d.deptype in ('n', 'a', 'i')
), hanging as (
  select classid, objid, objsubid, does, false as along, false as is_default, true as is_start from start
  union
  select e.classid, e.objid, e.objsubid,
    case when e.classid = 'pg_class'::regclass and e.objsubid <> 0 and not e.is_expression
      and h.classid = 'pg_type'::regclass then 'retype' else 'drop' end,
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
select distinct on (kind, schema, "table", name, arguments) kind, schema, "table", name, arguments, along, is_default
from (
  select
    case h.classid when 'pg_constraint'::regclass then 'constraint' when 'pg_trigger'::regclass then 'trigger'
      when 'pg_policy'::regclass then 'policy' when 'pg_rewrite'::regclass then 'rule'
      when 'pg_proc'::regclass then case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end
      when 'pg_statistic_ext'::regclass then 'statistics'
      when 'pg_type'::regclass then case y.typtype when 'd' then 'domain' when 'c' then 'type' when 'r' then 'type' end
      when 'pg_class'::regclass then case when h.objsubid <> 0 and c.relkind in ('r', 'p', 'f') then 'column' else
        case c.relkind when 'v' then 'view' when 'm' then 'materialized view' else 'index' end end end as kind,
    n.nspname as schema,
    case when h.classid in ('pg_proc'::regclass, 'pg_class'::regclass) and not (h.objsubid <> 0 and c.relkind in ('r', 'p', 'f'))
      then case when c.relkind in ('i', 'I') then onto.relname end else c.relname end as "table",
    coalesce(k.conname, t.tgname, o.polname, r.rulename, p.proname, s.stxname, a.attname, y.typname, c.relname) as name,
    case when p.oid is not null then '(' || oidvectortypes(p.proargtypes) || ')' end as arguments,
    h.along, h.is_default
  from hanging h
  left join pg_constraint k on h.classid = 'pg_constraint'::regclass and k.oid = h.objid
  left join pg_trigger t on h.classid = 'pg_trigger'::regclass and t.oid = h.objid and not t.tgisinternal
  left join pg_policy o on h.classid = 'pg_policy'::regclass and o.oid = h.objid
  left join pg_rewrite r on h.classid = 'pg_rewrite'::regclass and r.oid = h.objid
  left join pg_proc p on h.classid = 'pg_proc'::regclass and p.oid = h.objid
  left join pg_statistic_ext s on h.classid = 'pg_statistic_ext'::regclass and s.oid = h.objid
  left join pg_type y on h.classid = 'pg_type'::regclass and y.oid = h.objid and y.typtype in ('d', 'c', 'r')
  left join pg_class c on c.oid = case when h.classid = 'pg_class'::regclass then h.objid
    else coalesce(k.conrelid, t.tgrelid, o.polrelid, r.ev_class, s.stxrelid) end
  left join pg_attribute a on h.classid = 'pg_class'::regclass and a.attrelid = c.oid and a.attnum = h.objsubid
    and c.relkind in ('r', 'p', 'f') and h.objsubid <> 0
  left join pg_index i on c.relkind in ('i', 'I') and i.indexrelid = c.oid
  left join pg_class onto on onto.oid = i.indrelid
  left join pg_namespace n on n.oid = coalesce(p.pronamespace, y.typnamespace, c.relnamespace)
  where not h.is_start${alsoRetyped ? '' : ` and h.does = 'drop'`}
    and coalesce(k.oid, t.oid, o.oid, r.oid, p.oid, s.oid, y.oid, c.oid) is not null
    and (k.oid is null or k.conrelid <> 0)
) named
where kind is not null and name is not null
order by kind, schema, "table", name, arguments, along`;

interface Row {
  kind: Kind;
  schema: string;
  table: string | null;
  name: string;
  arguments: string | null;
  along: boolean;
  is_default: boolean;
}

/** With `alsoRetyped`, also the columns whose type is among the starts. */
async function dependentsOf(
  client: Client,
  starts: readonly Start[],
  { alsoRetyped = false } = {},
): Promise<Dependent[]> {
  if (starts.length === 0) return [];
  const [rows] = await askPlainly(client, [select(escapeLiteral(JSON.stringify(starts)), alsoRetyped)]);
  return (rows as Row[]).map(({ kind, schema, table, name, arguments: args, along, is_default }) => ({
    key: keyOf(kind, [schema, table, name], args ?? ''),
    kind,
    schema,
    table: table ?? undefined,
    name,
    goesAlong: along,
    isDefault: is_default,
  }));
}

/** A connection to scratch, as a change asks it. */
export const serverOf = (client: Client): ScratchServer => ({
  dependentsOf: (starts) => dependentsOf(client, starts),
  wouldTake: (statements) => wouldTake(client, statements),
});
