import { factOf, type Item, type Privilege } from '../item.ts';
import { defineKind, type AlterStep, type World } from './kind.ts';
import { literal, nameOf, privilegeLines, quoted, typeName, typeParts } from './naming.ts';
import {
  comment,
  flag,
  object,
  privilegesOn,
  routineText,
  routineName,
  typeText as typeOf,
  userMade,
  userSchema,
} from './reading.ts';

interface Attribute {
  name: string;
  type: string;
  collation?: string;
  comment?: string;
}

interface Range {
  of: string;
  'operator class': string;
  collation?: string;
  canonical?: string;
  subtype_diff?: string;
  multirange?: string;
}

export interface TypeFacts {
  /** Values of an enum, in their order. */
  labels?: string[];
  /** Attributes of a composite type, by name. */
  attributes?: Attribute[];
  range?: Range;
  base?: Record<string, string | true>;
  shell?: true;
  privileges?: Privilege[];
}

interface Layout {
  /** Attributes in their order. */
  order?: string[];
  /** What stands in parentheses behind `as range`; absent for a range that cannot be made again. */
  range?: string[];
}

const attributes = `(
  select json_agg(${object({
    name: 'a.attname',
    type: 'format_type(a.atttypid, a.atttypmod)',
    collation: `case when a.attcollation <> at.typcollation then a.attcollation::regcollation::text end`,
    comment: comment('pg_class', 'a.attrelid', 'a.attnum'),
  })} order by a.attname collate "C")
  from pg_attribute a join pg_type at on at.oid = a.atttypid
  where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped)`;

/** The name that a range's multirange gets by itself: chapter "CREATE TYPE" of the manual. */
const multirange = `case when t.typname like '%range%' then regexp_replace(t.typname, 'range', 'multirange')
  else t.typname || '_multirange' end`;

const base = object({
  input: routineText('t.typinput'),
  output: routineText('t.typoutput'),
  receive: routineText('t.typreceive'),
  send: routineText('t.typsend'),
  'modifier input': routineText('t.typmodin'),
  'modifier output': routineText('t.typmodout'),
  analyze: routineText('t.typanalyze'),
  subscript: routineText('t.typsubscript'),
  length: 't.typlen',
  'by value': flag('t.typbyval'),
  alignment: 't.typalign',
  storage: 't.typstorage',
  category: 't.typcategory',
  preferred: flag('t.typispreferred'),
  delimiter: 't.typdelim',
  element: typeOf('t.typelem'),
  default: 't.typdefault',
  collatable: flag('t.typcollation <> 0'),
});

const attributeText = ({ name, type, collation }: Attribute): string =>
  `${quoted(name)} ${typeName(type)}${collation === undefined ? '' : ` collate ${collation}`}`;

const printed = (facts: object, label = (name: string) => name): string[] =>
  Object.entries(facts).map(([name, value]) => (value === true ? label(name) : `${label(name)} ${String(value)}`));

/** The values of an enum, in their order; undefined for another thing. */
export const labelsOf = (item: Item | undefined): string[] | undefined =>
  item?.kind === 'type' ? (item.facts as TypeFacts).labels : undefined;

/** Enums, composite types, ranges, base types and shells; not the array, row and multirange types that come along. */
export const type = defineKind<TypeFacts, Layout>({
  order: 60,
  catalogue: 'pg_type',
  schema: 'n.nspname',
  name: 't.typname',
  oid: 't.oid',
  from: 'pg_type t join pg_namespace n on n.oid = t.typnamespace',
  joins: () => 'left join pg_range r on r.rngtypid = t.oid left join pg_opclass o on o.oid = r.rngsubopc',
  where: `${userSchema('n.nspname')} and ${userMade('pg_type', 't.oid')} and t.typtype in ('e', 'c', 'r', 'b', 'p')
    and (t.typrelid = 0 or t.typrelid in (select c.oid from pg_class c where c.relkind = 'c'))
    and not exists (select from pg_type element where element.typarray = t.oid)`,
  facts: () => ({
    shell: flag('not t.typisdefined'),
    labels: `case when t.typtype = 'e' then coalesce(
      (select json_agg(enumlabel order by enumsortorder) from pg_enum where enumtypid = t.oid), '[]') end`,
    attributes: `case when t.typtype = 'c' then coalesce(${attributes}, '[]') end`,
    range: `case when t.typtype = 'r' then ${object({
      of: typeOf('r.rngsubtype'),
      'operator class': `o.opcnamespace::regnamespace::text || '.' || quote_ident(o.opcname)`,
      collation: 'nullif(r.rngcollation, 0)::regcollation::text',
      canonical: routineText('r.rngcanonical'),
      subtype_diff: routineText('r.rngsubdiff'),
      multirange: typeOf('r.rngmultitypid'),
    })} end`,
    base: `case when t.typtype = 'b' and t.typisdefined then ${base} end`,
    privileges: privilegesOn('T', 't.typacl', 't.typowner'),
  }),
  layout: () => ({
    order: `case when t.typtype = 'c' then (
      select json_agg(attname order by attnum) from pg_attribute where attrelid = t.typrelid and attnum > 0 and not attisdropped) end`,
    range: `case when t.typtype = 'r' and r.rngcanonical::oid = 0 then to_json(array_remove(array[
      'subtype = ' || ${typeOf('r.rngsubtype')},
      case when not o.opcdefault then 'subtype_opclass = ' || o.opcnamespace::regnamespace::text || '.' || quote_ident(o.opcname) end,
      case when r.rngcollation <> (select typcollation from pg_type where oid = r.rngsubtype)
        then 'collation = ' || r.rngcollation::regcollation::text end,
      'subtype_diff = ' || ${routineName('r.rngsubdiff')},
      (select 'multirange_type_name = ' || quote_ident(nspname) || '.' || quote_ident(m.typname)
        from pg_type m join pg_namespace on pg_namespace.oid = m.typnamespace
        where m.oid = r.rngmultitypid and (m.typname <> ${multirange} or m.typnamespace <> t.typnamespace))], null)) end`,
  }),
  print: ({ shell, labels, attributes: all, range, base: own, privileges }) => [
    shell && 'shell',
    labels && `enum (${labels.map(literal).join(', ')})`,
    ...(all
      ? [
          'composite',
          ...all.map((one) => attributeText(one) + (one.comment === undefined ? '' : ` comment ${one.comment}`)),
        ]
      : []),
    ...(range ? printed(range, (name) => (name === 'of' ? 'range of' : name)) : []),
    ...(own ? ['base type', ...printed(own)] : []),
    ...privilegeLines(privileges),
  ],
  named: ({ schema, name }) => nameOf(schema, name),
  grantedOn: ({ schema, name }) => `type ${nameOf(schema, name)}`,
  make: (item) => {
    const head = `create type ${nameOf(item.schema, item.name)}`;
    const { facts, layout } = item;
    if (facts.shell) return { create: [head], rank: -3 };
    if (facts.labels) return { create: [`${head} as enum (${facts.labels.map(literal).join(', ')})`], rank: -3 };
    if (facts.attributes) {
      const byName = new Map(facts.attributes.map((one) => [one.name, one]));
      const all = (layout.order ?? []).flatMap((name) => byName.get(name) ?? []);
      const after = all.flatMap((one) => (one.comment === undefined ? [] : [commentOn(item, one)]));
      return { create: [`${head} as (${all.map(attributeText).join(', ')})`], rank: -3, after };
    }
    if (layout.range) return { create: [`${head} as range (${layout.range.join(', ')})`], rank: -3 };
    // A base type cannot be dropped without cascade, so it is not made either.
    return undefined;
  },
  alter: ({ from, to, changed, after }) =>
    from.facts.attributes && to.facts.attributes && [...changed].every((fact) => fact === 'attributes')
      ? attributeSteps(from, to, isOfTables(to, after))
      : undefined,
  rename: ({ schema, name }, to) => `alter type ${nameOf(schema, name)} rename to ${quoted(to)}`,
});

const commentOn = ({ schema, name }: Pick<Item, 'schema' | 'name'>, one: Attribute): AlterStep => ({
  sql: `comment on column ${nameOf(schema, name)}.${quoted(one.name)} is ${one.comment === undefined ? 'null' : literal(one.comment)}`,
  phase: 'attach',
});

/** Whether tables are made of a composite type: they change with it, and it does not change without them. */
export const isOfTables = ({ schema, name }: Item, { catalogue }: World): boolean =>
  [...catalogue.values()].some((item) => {
    const of = factOf(item, 'of');
    const parts = typeof of === 'string' ? typeParts(of) : undefined;
    return parts !== undefined && (parts.schema ?? 'public') === (schema ?? 'public') && parts.name === name;
  });

/** From the attributes of one composite type to those of another. */
function attributeSteps(from: Item<TypeFacts>, to: Item<TypeFacts>, ofTables: boolean): AlterStep[] {
  const tail = ofTables ? ' cascade' : '';
  const head = `alter type ${nameOf(to.schema, to.name)}`;
  const byName = ({ facts }: Item<TypeFacts>) => new Map(facts.attributes?.map((one) => [one.name, one]));
  const [was, is] = [byName(from), byName(to)];
  const gone = [...was.keys()].filter((name) => !is.has(name));
  return [
    ...gone.map((name) => ({ sql: `${head} drop attribute ${quoted(name)}${tail}` })),
    ...[...is.values()].flatMap((one) =>
      attributeStep(was.get(one.name), one, head).map((step) => ({ ...step, sql: step.sql + tail })),
    ),
    ...[...is.values()].filter((one) => was.get(one.name)?.comment !== one.comment).map((one) => commentOn(to, one)),
  ];
}

function attributeStep(old: Attribute | undefined, one: Attribute, head: string): AlterStep[] {
  if (!old) return [{ sql: `${head} add attribute ${attributeText(one)}` }];
  if (old.type === one.type && old.collation === one.collation) return [];
  const collate = one.collation === undefined ? '' : ` collate ${one.collation}`;
  return [{ sql: `${head} alter attribute ${quoted(one.name)} type ${typeName(one.type)}${collate}`, retypes: true }];
}
