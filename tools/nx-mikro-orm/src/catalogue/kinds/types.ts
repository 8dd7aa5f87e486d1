import { comment, flag, grantsOn, label, routine, type, userMade, userSchema } from './family.ts';
import type { Family } from './family.ts';

const common = {
  catalogue: 'pg_type',
  schema: 'n.nspname',
  name: 't.typname',
  oid: 't.oid',
  from: 'pg_type t join pg_namespace n on n.oid = t.typnamespace',
};
const where = `${userSchema('n.nspname')} and ${userMade('pg_type', 't.oid')}`;

const labels = `(select 'enum (' || string_agg(quote_literal(enumlabel), ', ' order by enumsortorder) || ')'
  from pg_enum where enumtypid = t.oid)`;

const attributes = `(
  select string_agg(concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
    case when a.attcollation <> at.typcollation then 'collate ' || a.attcollation::regcollation::text end,
    ${comment('pg_class', 'a.attrelid', 'a.attnum')}), chr(10) order by a.attname collate "C")
  from pg_attribute a join pg_type at on at.oid = a.atttypid
  where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped)`;

/** Enums, composite types, ranges, base types and shells; not the array, row and multirange types that come along. */
export const types: Family = {
  ...common,
  kind: `'type'`,
  joins: () => 'left join pg_range r on r.rngtypid = t.oid left join pg_opclass o on o.oid = r.rngsubopc',
  where: `${where} and t.typtype in ('e', 'c', 'r', 'b', 'p')
    and (t.typrelid = 0 or t.typrelid in (select c.oid from pg_class c where c.relkind = 'c'))
    and not exists (select from pg_type element where element.typarray = t.oid)`,
  lines: () => [
    flag('not t.typisdefined', 'shell'),
    `case t.typtype when 'e' then coalesce(${labels}, 'enum ()') when 'c' then concat_ws(chr(10), 'composite', ${attributes})
      when 'r' then concat_ws(chr(10), ${[
        label('range of', type('r.rngsubtype')),
        label('operator class', `o.opcnamespace::regnamespace::text || '.' || quote_ident(o.opcname)`),
        label('collation', 'nullif(r.rngcollation, 0)::regcollation::text'),
        label('canonical', routine('r.rngcanonical')),
        label('subtype_diff', routine('r.rngsubdiff')),
        label('multirange', type('r.rngmultitypid')),
      ].join(', ')})
      when 'b' then concat_ws(chr(10), ${[
        label('base type, input', routine('t.typinput')),
        label('output', routine('t.typoutput')),
        label('receive', routine('t.typreceive')),
        label('send', routine('t.typsend')),
        label('modifier input', routine('t.typmodin')),
        label('modifier output', routine('t.typmodout')),
        label('analyze', routine('t.typanalyze')),
        label('subscript', routine('t.typsubscript')),
        label('length', 't.typlen'),
        flag('t.typbyval', 'by value'),
        label('alignment', 't.typalign'),
        label('storage', 't.typstorage'),
        label('category', `t.typcategory::text || case when t.typispreferred then ' preferred' else '' end`),
        label('delimiter', 't.typdelim'),
        label('element', type('t.typelem')),
        label('default', 'quote_literal(t.typdefault)'),
        flag('t.typcollation <> 0', 'collatable'),
      ].join(', ')}) end`,
    grantsOn('T', 't.typacl', 't.typowner'),
  ],
};

/** Domains with their constraints. */
export const domains: Family = {
  ...common,
  among: `typtype = 'd'`,
  kind: `'domain'`,
  joins: () => 'left join pg_type base on base.oid = t.typbasetype',
  where: `${where} and t.typtype = 'd'`,
  lines: () => [
    `concat_ws(' ', format_type(t.typbasetype, t.typtypmod),
      case when t.typcollation <> base.typcollation then 'collate ' || t.typcollation::regcollation::text end,
      ${flag('t.typnotnull', 'not null')},
      'default ' || coalesce(pg_get_expr(t.typdefaultbin, 0), quote_literal(t.typdefault)))`,
    `(select string_agg(concat_ws(' ', 'constraint', quote_ident(k.conname), pg_get_constraintdef(k.oid),
        ${comment('pg_constraint', 'k.oid')}), chr(10) order by k.conname collate "C")
      from pg_constraint k where k.contypid = t.oid and k.contype = 'c')`,
    grantsOn('T', 't.typacl', 't.typowner'),
  ],
};
