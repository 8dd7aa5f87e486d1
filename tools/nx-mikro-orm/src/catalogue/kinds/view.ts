import type { Item, Option, Privilege } from '../item.ts';
import { kindOf, type Step } from './kind.ts';
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
export const view = kindOf<Facts>({
  kinds: ['view', 'materialized view'],
  catalogue: 'pg_class',
  among: `relkind in ('v', 'm')`,
  kind: `case c.relkind when 'm' then 'materialized view' else 'view' end`,
  schema: 'n.nspname',
  name: 'c.relname',
  oid: 'c.oid',
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
    after: [
      ...(item.facts.tablespace ? [alter(item, `set tablespace ${quoted(item.facts.tablespace)}`)] : []),
      ...(item.facts['cluster on']
        ? [{ ...alter(item, `cluster on ${quoted(item.facts['cluster on'])}`), rank: 9 }]
        : []),
      ...(item.facts.columns ?? []).flatMap((one) => columnSteps(item, undefined, one)),
    ],
  }),
  alter: ({ from, to, changed }) => {
    if (changed.has('using') || changed.has('with no data')) return undefined;
    if (changed.has('text') && to.kind !== 'view') return undefined;
    const steps: Step[] = [];
    if (changed.has('text'))
      steps.push({ sql: creating({ ...to, facts: { text: to.facts.text, ...kept(from) } }, true), rank: 7 });
    if (changed.has('options')) {
      const { set, reset } = changedParameters(from.facts.options, to.facts.options);
      if (reset) steps.push({ ...alter(to, `reset (${reset})`), rank: 8 });
      if (set) steps.push({ ...alter(to, `set (${set})`), rank: 8 });
    }
    if (changed.has('tablespace'))
      steps.push(alter(to, `set tablespace ${quoted(to.facts.tablespace ?? 'pg_default')}`));
    if (changed.has('cluster on')) {
      const index = to.facts['cluster on'];
      steps.push({
        ...alter(to, index === undefined ? 'set without cluster' : `cluster on ${quoted(index)}`),
        phase: 'attach',
        rank: 9,
      });
    }
    if (changed.has('columns')) {
      const was = new Map(from.facts.columns?.map((one) => [one.name, one]));
      const is = new Map(to.facts.columns?.map((one) => [one.name, one]));
      for (const name of new Set([...was.keys(), ...is.keys()]))
        steps.push(...columnSteps(to, was.get(name), is.get(name) ?? { name }));
    }
    return steps;
  },
  rename: (item, to) => `alter ${item.kind} ${nameOf(item.schema, item.name)} rename to ${quoted(to)}`,
  addable: ['options', 'tablespace', 'cluster on', 'columns'],
  sql: ['text'],
});

/** `create or replace` takes away the options that it does not name. */
const kept = ({ facts: { options: own } }: Item<Facts>) => (own ? { options: own } : {});

function creating({ kind, schema, name, facts }: Item<Facts>, replace = false): string {
  const head = [
    `create ${replace ? 'or replace ' : ''}${kind} ${nameOf(schema, name)}`,
    facts.using && `using ${quoted(facts.using)}`,
    facts.options && `with (${parameters(facts.options)})`,
    'as',
  ];
  return `${head.filter(Boolean).join(' ')}\n${facts.text}${facts['with no data'] ? '\nwith no data' : ''}`;
}

const alter = ({ kind, schema, name }: Item<Facts>, what: string): Step => ({
  sql: `alter ${kind} ${nameOf(schema, name)} ${what}`,
});

const columnLine = ({ name: _, options: own, privileges, ...facts }: ViewColumn): string =>
  [
    ...Object.entries(facts).map(([name, value]) => `${name} ${String(value)}`),
    ...(own ? [optionLine('set', own)] : []),
    ...privilegeLines(privileges),
  ].join('; ');

function columnSteps(item: Item<Facts>, was: ViewColumn | undefined, is: ViewColumn): Step[] {
  const steps: Step[] = [];
  const column = `alter column ${quoted(is.name)}`;
  const isMaterialized = item.kind === 'materialized view';
  if (was?.default !== is.default)
    steps.push(alter(item, `${column} ${is.default === undefined ? 'drop default' : `set default ${is.default}`}`));
  if (isMaterialized && was?.storage !== is.storage && is.storage)
    steps.push(alter(item, `${column} set storage ${is.storage}`));
  if (isMaterialized && was?.statistics !== is.statistics)
    steps.push(alter(item, `${column} set statistics ${is.statistics ?? -1}`));
  if (isMaterialized) {
    const { set, reset } = changedParameters(was?.options, is.options);
    if (reset) steps.push(alter(item, `${column} reset (${reset})`));
    if (set) steps.push(alter(item, `${column} set (${set})`));
  }
  for (const sql of grantStatements(was?.privileges, is.privileges, `table ${nameOf(item.schema, item.name)}`, {
    columns: ` (${quoted(is.name)})`,
  }))
    steps.push({ sql });
  if (was?.comment !== is.comment)
    steps.push({
      sql: `comment on column ${nameOf(item.schema, item.name)}.${quoted(is.name)} is ${is.comment === undefined ? 'null' : literal(is.comment)}`,
    });
  return steps.map((step) => ({ phase: 'attach', rank: 8, ...step }));
}
