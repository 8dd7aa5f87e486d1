import type { Item, Option, Privilege } from '../item.ts';
import { defineKind, type AlterStep } from './kind.ts';
import {
  changedParameters,
  grantStatements,
  literal,
  nameOf,
  optionLine,
  parameters,
  privilegeLines,
  quoted,
} from './naming.ts';
import { comment, compression, flag, object, options, privilegesOn, storage, userMade, userSchema } from './reading.ts';

/** What was said of a single column. */
interface ViewColumn {
  name: string;
  default?: string;
  storage?: string;
  compression?: string;
  statistics?: number;
  options?: Option[];
  privileges?: Privilege[];
  comment?: string;
}

interface Facts {
  text: string;
  options?: Option[];
  using?: string;
  tablespace?: string;
  'cluster on'?: string;
  'with no data'?: true;
  privileges?: Privilege[];
  columns?: ViewColumn[];
}

const columns = `(
  select json_agg(facts order by facts ->> 'name' collate "C") from (
    select ${object({
      name: 'a.attname',
      default: 'pg_get_expr(d.adbin, d.adrelid)',
      storage: `case when c.relkind = 'm' and a.attstorage <> t.typstorage then ${storage('a.attstorage')} end`,
      compression: compression('a.attcompression'),
      statistics: 'nullif(a.attstattarget, -1)',
      options: options('a.attoptions', `o ~ '^n_distinct'`),
      privileges: privilegesOn('c', 'a.attacl', 'c.relowner'),
      comment: comment('pg_class', 'a.attrelid', 'a.attnum'),
    })}::jsonb as facts
    from pg_attribute a join pg_type t on t.oid = a.atttypid
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) each
  where facts - 'name' <> '{}')`;

/** Views and materialized views, with all that was said of their columns. */
export const view = defineKind<Facts>({
  order: 270,
  catalogue: 'pg_class',
  among: `relkind in ('v', 'm')`,
  kind: `case c.relkind when 'm' then 'materialized view' else 'view' end`,
  schema: 'n.nspname',
  name: 'c.relname',
  oid: 'c.oid',
  relation: 'c.oid',
  from: 'pg_class c join pg_namespace n on n.oid = c.relnamespace',
  joins: () => `
    left join pg_am am on am.oid = c.relam and am.amname <> 'heap'
    left join pg_tablespace place on place.oid = c.reltablespace
    left join pg_index i on i.indrelid = c.oid and i.indisclustered
    left join pg_class x on x.oid = i.indexrelid`,
  where: `c.relkind in ('v', 'm') and ${userSchema('n.nspname')} and ${userMade('pg_class', 'c.oid')}`,
  facts: () => ({
    text: `btrim(rtrim(pg_get_viewdef(c.oid), ';'), chr(10) || ' ')`,
    options: options('c.reloptions'),
    using: 'am.amname',
    tablespace: 'place.spcname',
    'cluster on': 'x.relname',
    'with no data': flag(`c.relkind = 'm' and not c.relispopulated`),
    privileges: privilegesOn('r', 'c.relacl', 'c.relowner'),
    columns,
  }),
  print: ({ text, options: own, using, tablespace, privileges, columns: all = [], ...facts }) => [
    text,
    optionLine('with', own),
    using && `using ${using}`,
    tablespace && `tablespace ${tablespace}`,
    facts['cluster on'] && `cluster on ${facts['cluster on']}`,
    facts['with no data'] && 'with no data',
    ...privilegeLines(privileges),
    ...all.map((one) => `column ${one.name}: ${columnLine(one)}`),
  ],
  named: ({ schema, name }) => nameOf(schema, name),
  grantedOn: ({ schema, name }) => `table ${nameOf(schema, name)}`,
  make: (item) => ({
    create: [creating(item)],
    phase: 'attach',
    after: [...placeSteps(item, {}), ...(item.facts.columns ?? []).flatMap((one) => columnSteps(item, undefined, one))],
  }),
  alter: ({ from, to, changed }) => {
    const anew = ['using', 'with no data', ...(to.kind === 'view' ? [] : ['text'])];
    if (anew.some((fact) => changed.has(fact))) return undefined;
    // `create or replace` takes away the options that it does not name.
    const text = { ...to, facts: { text: to.facts.text, ...(from.facts.options && { options: from.facts.options }) } };
    return [
      ...(changed.has('text') ? [{ sql: creating(text, true), rank: 7, replaces: true as const }] : []),
      ...optionSteps(to, from.facts.options),
      ...placeSteps(to, from.facts),
      ...(changed.has('columns') ? changedColumns(from, to) : []),
    ];
  },
  rename: (item, to) => `alter ${item.kind} ${nameOf(item.schema, item.name)} rename to ${quoted(to)}`,
  addable: ['options', 'tablespace', 'cluster on', 'columns'],
  sql: ['text'],
});

function creating({ kind, schema, name, facts }: Item<Facts>, replace = false): string {
  const head = [
    `create ${replace ? 'or replace ' : ''}${kind} ${nameOf(schema, name)}`,
    facts.using && `using ${quoted(facts.using)}`,
    facts.options && `with (${parameters(facts.options)})`,
    'as',
  ];
  return `${head.filter(Boolean).join(' ')}\n${facts.text}${facts['with no data'] ? '\nwith no data' : ''}`;
}

const alter = ({ kind, schema, name }: Item<Facts>, what: string): AlterStep => ({
  sql: `alter ${kind} ${nameOf(schema, name)} ${what}`,
});

const columnLine = ({ name: _, options: own, privileges, ...facts }: ViewColumn): string =>
  [
    ...Object.entries(facts).map(([name, value]) => `${name} ${String(value)}`),
    ...(own ? [optionLine('set', own)] : []),
    ...privilegeLines(privileges),
  ].join('; ');

function optionSteps(item: Item<Facts>, was: readonly Option[] | undefined): AlterStep[] {
  const { set, reset } = changedParameters(was, item.facts.options);
  const actions = [reset && `reset (${reset})`, set && `set (${set})`].filter((action) => action !== '');
  return actions.map((action) => ({ ...alter(item, action), rank: 8 }));
}

/** Where it is kept, and in which order. */
function placeSteps(item: Item<Facts>, was: Pick<Facts, 'tablespace' | 'cluster on'>): AlterStep[] {
  const { tablespace, ...facts } = item.facts;
  const index = facts['cluster on'];
  return [
    ...(was.tablespace === tablespace ? [] : [alter(item, `set tablespace ${quoted(tablespace ?? 'pg_default')}`)]),
    ...(was['cluster on'] === index
      ? []
      : [alter(item, index === undefined ? 'set without cluster' : `cluster on ${quoted(index)}`)]),
  ].map((step) => ({ ...step, phase: 'attach', rank: 9 }));
}

function changedColumns(from: Item<Facts>, to: Item<Facts>): AlterStep[] {
  const byName = ({ facts }: Item<Facts>) => new Map(facts.columns?.map((one) => [one.name, one]));
  const [was, is] = [byName(from), byName(to)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((name) =>
    columnSteps(to, was.get(name), is.get(name) ?? { name }),
  );
}

function columnSteps(item: Item<Facts>, was: ViewColumn | undefined, is: ViewColumn): AlterStep[] {
  const view = nameOf(item.schema, item.name);
  const actions = [
    ...(was?.default === is.default ? [] : [is.default === undefined ? 'drop default' : `set default ${is.default}`]),
    ...(item.kind === 'materialized view' ? keptActions(was, is) : []),
  ];
  const granting = grantStatements(was?.privileges, is.privileges, `table ${view}`, {
    columns: ` (${quoted(is.name)})`,
  });
  const text = is.comment === undefined ? 'null' : literal(is.comment);
  const commenting = was?.comment === is.comment ? [] : [`comment on column ${view}.${quoted(is.name)} is ${text}`];
  return [
    ...actions.map((action) => alter(item, `alter column ${quoted(is.name)} ${action}`)),
    ...[...granting, ...commenting].map((sql) => ({ sql })),
  ].map((step) => ({ ...step, phase: 'attach', rank: 8 }));
}

/** How a materialized view keeps the values of a column. */
function keptActions(was: ViewColumn | undefined, is: ViewColumn): string[] {
  const { set, reset } = changedParameters(was?.options, is.options);
  return [
    was?.storage !== is.storage && is.storage && `set storage ${is.storage}`,
    was?.statistics !== is.statistics && `set statistics ${is.statistics ?? -1}`,
    reset && `reset (${reset})`,
    set && `set (${set})`,
  ].filter((action) => typeof action === 'string' && action !== '') as string[];
}
