import { type } from '../../../catalogue/kinds/family.ts';
import { domains as domainFamily, types as typeFamily } from '../../../catalogue/kinds/types.ts';
import { grantsOn, identity, type Recipe } from '../recipe.ts';

const name = identity('pg_type', 't.oid');

const labels = `(select string_agg(quote_literal(enumlabel), ', ' order by enumsortorder) from pg_enum where enumtypid = t.oid)`;

const attributes = `(
  select string_agg(concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
    case when a.attcollation <> at.typcollation then 'collate ' || a.attcollation::regcollation::text end), ', ' order by a.attnum)
  from pg_attribute a join pg_type at on at.oid = a.atttypid
  where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped)`;

/** The name that a range's multirange gets by itself: chapter "CREATE TYPE" of the manual. */
const multirange = `case when t.typname like '%range%' then regexp_replace(t.typname, 'range', 'multirange')
  else t.typname || '_multirange' end`;

/** Enums, composites, ranges and shells. A base type cannot be dropped without cascade, so it is not made either. */
export const types: Recipe = {
  family: typeFamily,
  phase: 'structure',
  create: () => `case when not t.typisdefined then 'create type ' || ${name}
    when t.typtype = 'e' then 'create type ' || ${name} || ' as enum (' || coalesce(${labels}, '') || ')'
    when t.typtype = 'c' then 'create type ' || ${name} || ' as (' || coalesce(${attributes}, '') || ')'
    when t.typtype = 'r' and r.rngcanonical::oid = 0 then 'create type ' || ${name} || ' as range (' || concat_ws(', ',
      'subtype = ' || ${type('r.rngsubtype')},
      case when not o.opcdefault then 'subtype_opclass = ' || ${identity('pg_opclass', 'o.oid').replace('.identity', '.schema')} || '.' || quote_ident(o.opcname) end,
      case when r.rngcollation <> (select typcollation from pg_type where oid = r.rngsubtype)
        then 'collation = ' || r.rngcollation::regcollation::text end,
      'subtype_diff = ' || nullif(r.rngsubdiff::oid, 0)::regproc::text,
      (select 'multirange_type_name = ' || quote_ident(nspname) || '.' || quote_ident(m.typname)
        from pg_type m join pg_namespace on pg_namespace.oid = m.typnamespace
        where m.oid = r.rngmultitypid and (m.typname <> ${multirange} or m.typnamespace <> t.typnamespace))) || ')' end`,
  grants: [grantsOn('T', `'type ' || ${name}`, 't.typacl', 't.typowner')],
};

const constraint = `'constraint ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid)`;

export const domains: Recipe = {
  family: domainFamily,
  phase: 'structure',
  create: () => `concat_ws(' ', 'create domain', ${name}, 'as', format_type(t.typbasetype, t.typtypmod),
    case when t.typcollation <> base.typcollation then 'collate ' || t.typcollation::regcollation::text end,
    'default ' || coalesce(pg_get_expr(t.typdefaultbin, 0), quote_literal(t.typdefault)),
    case when t.typnotnull then 'not null' end,
    (select string_agg(${constraint}, ' ' order by k.conname collate "C")
      from pg_constraint k where k.contypid = t.oid and k.contype = 'c' and k.convalidated))`,
  grants: [
    `(select array_agg('alter domain ' || ${name} || ' add ' || ${constraint} order by k.conname collate "C")
      from pg_constraint k where k.contypid = t.oid and k.contype = 'c' and not k.convalidated)`,
    grantsOn('T', `'domain ' || ${name}`, 't.typacl', 't.typowner'),
  ],
};
