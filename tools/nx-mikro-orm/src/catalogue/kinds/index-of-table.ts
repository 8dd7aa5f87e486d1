import { factOf, type Item, type Option } from '../item.ts';
import { keyOf } from '../key.ts';
import { defineKind, type AlterStep } from './kind.ts';
import { changedParameters, nameOf, optionLine, parameters, quoted } from './naming.ts';
import { after, before, columnsRead, firstUserOid, flag, options, partOf, userMade, userSchema } from './reading.ts';

export interface IndexFacts {
  unique?: true;
  /** What stands behind the table: `USING btree (name) INCLUDE (id)`. */
  text: string;
  where?: string;
  options?: Option[];
  tablespace?: string;
  invalid?: true;
  /** The index of the parent table that it is a part of. */
  'part of'?: [schema: string, name: string];
  /** Statistics targets of expressions, by their place. */
  statistics?: [column: number, target: number][];
}

export interface IndexLayout {
  /** Columns of the table that it reads, in its key, its expressions or its condition. */
  columns?: string[];
  /** Columns of the key, where it is of nothing but columns. */
  key?: string[];
}

/** As flatten_reloptions() of the server prints them. */
const flattened = `(select string_agg(quote_ident(split_part(o, '=', 1)) || '=' || case
    when quote_ident(substr(o, strpos(o, '=') + 1)) = substr(o, strpos(o, '=') + 1) then substr(o, strpos(o, '=') + 1)
    else quote_literal(substr(o, strpos(o, '=') + 1)) end, ', ') from unnest(x.reloptions) o)`;

const head = `'CREATE ' || case when i.indisunique then 'UNIQUE ' else '' end || 'INDEX ' || quote_ident(x.relname) || ' ON ' ||
  case when x.relkind = 'I' then 'ONLY ' else '' end || quote_ident(n.nspname) || '.' || quote_ident(c.relname) || ' '`;
const where = `case when i.indpred is null then '' else ' WHERE ' || pg_get_expr(i.indpred, i.indrelid, false) end`;
const withOptions = `coalesce(' WITH (' || ${flattened} || ')', '')`;

/** The item as an index; undefined for one of another kind. */
export const asIndex = (item: Item | undefined): Item<IndexFacts, IndexLayout> | undefined =>
  item?.kind === 'index' ? (item as Item<IndexFacts, IndexLayout>) : undefined;

/**
 * Indexes of tables and materialized views, without those of a constraint and those that come from a parent's. A parent's that
 * is not valid has only the parts that were attached to it.
 */
export const index = defineKind<IndexFacts, IndexLayout>({
  order: 280,
  catalogue: 'pg_class',
  among: `relkind in ('i', 'I')`,
  schema: 'n.nspname',
  table: 'c.relname',
  name: 'x.relname',
  oid: 'i.indexrelid',
  relation: 'c.oid',
  from: `pg_index i join pg_class x on x.oid = i.indexrelid join pg_class c on c.oid = i.indrelid
    join pg_namespace n on n.oid = c.relnamespace`,
  joins: () => `left join pg_tablespace place on place.oid = x.reltablespace`,
  where: `c.relkind in ('r', 'p', 'm') and i.indrelid >= ${firstUserOid}
    and not exists (select from pg_inherits h join pg_index above on above.indexrelid = h.inhparent
      where h.inhrelid = i.indexrelid and above.indisvalid)
    and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
    and ${userSchema('n.nspname')} and ${userMade('pg_class', 'c.oid')}`,
  facts: () => ({
    unique: flag('i.indisunique'),
    text: before(after('pg_get_indexdef(i.indexrelid)', head), `(${withOptions} || ${where})`),
    where: 'pg_get_expr(i.indpred, i.indrelid, false)',
    options: options('x.reloptions'),
    tablespace: 'place.spcname',
    invalid: flag('not i.indisvalid'),
    'part of': partOf('i.indexrelid'),
    statistics: `case when i.indexprs is not null then (select json_agg(json_build_array(attnum, attstattarget) order by attnum)
      from pg_attribute where attrelid = i.indexrelid and attstattarget >= 0) end`,
  }),
  layout: () => ({
    columns: columnsRead('pg_class', 'i.indexrelid', 'i.indrelid'),
    key: `case when i.indexprs is null then (select json_agg(a.attname order by key.place)
      from unnest(i.indkey) with ordinality key(attnum, place) join pg_attribute a on a.attrelid = i.indrelid and a.attnum = key.attnum
      where key.place <= i.indnkeyatts) end`,
  }),
  print: (facts, { schema = 'public', table = '', name }) => [
    `CREATE ${facts.unique ? 'UNIQUE ' : ''}INDEX ${name} ON ${schema}.${table} ${facts.text}${facts.where === undefined ? '' : ` WHERE ${facts.where}`}`,
    optionLine('with', facts.options),
    facts.invalid && 'INVALID',
    facts['part of'] && `part of ${facts['part of'].join('.')}`,
    facts.tablespace && `tablespace ${facts.tablespace}`,
    facts.statistics &&
      facts.statistics.map(([column, target]) => `statistics of column ${column} ${target}`).join(', '),
  ],
  // What an interrupted build left behind is made again as it should be.
  make: (item, { catalogue }) => {
    const { schema, table = '', name, facts } = item;
    const owner = catalogue.get(keyOf('table', [schema, table]));
    const only = facts.invalid && owner && factOf(owner, 'partition by') !== undefined ? 'only ' : '';
    const parts = [
      `create ${facts.unique ? 'unique ' : ''}index ${quoted(name)} on ${only}${nameOf(schema, table)} ${facts.text}`,
      facts.options && `with (${parameters(facts.options)})`,
      facts.where !== undefined && `where ${facts.where}`,
    ];
    return {
      create: [parts.filter(Boolean).join(' ')],
      phase: 'attach',
      after: [...placing(item, undefined), ...targets(item, undefined), ...attaching(item, facts['part of'])],
    };
  },
  part: true,
  likeness: (facts) => facts,
  rename: ({ schema, name }, to) => `alter index ${nameOf(schema, name)} rename to ${quoted(to)}`,
  alter: ({ from, to, changed }) => {
    if (['unique', 'text', 'where', 'invalid'].some((fact) => changed.has(fact))) return undefined;
    if (changed.has('part of') && from.facts['part of']) return undefined;
    const { set, reset } = changedParameters(from.facts.options, to.facts.options);
    const named = `alter index ${nameOf(to.schema, to.name)}`;
    return [
      ...(reset ? [{ sql: `${named} reset (${reset})` }] : []),
      ...(set ? [{ sql: `${named} set (${set})` }] : []),
      ...placing(to, from.facts.tablespace),
      ...targets(to, from.facts.statistics),
      ...(changed.has('part of') ? attaching(to, to.facts['part of']) : []),
    ];
  },
  addable: ['options', 'tablespace', 'statistics'],
  sql: ['text', 'where'],
});

/** What makes an index a part of the parent table's. */
export const attaching = ({ schema, name }: Item, whole: [schema: string, name: string] | undefined): AlterStep[] =>
  whole
    ? [{ sql: `alter index ${nameOf(...whole)} attach partition ${nameOf(schema, name)}`, phase: 'attach', rank: 8 }]
    : [];

const placing = ({ schema, name, facts: { tablespace } }: Item<IndexFacts>, was: string | undefined): AlterStep[] =>
  tablespace === was
    ? []
    : [{ sql: `alter index ${nameOf(schema, name)} set tablespace ${quoted(tablespace ?? 'pg_default')}` }];

function targets({ schema, name, facts }: Item<IndexFacts>, was: IndexFacts['statistics'] = []): AlterStep[] {
  const [old, next] = [new Map(was), new Map(facts.statistics)];
  const changed = [...new Set([...old.keys(), ...next.keys()])].filter(
    (column) => old.get(column) !== next.get(column),
  );
  const actions = changed.map((column) => `alter column ${column} set statistics ${next.get(column) ?? -1}`);
  return actions.length === 0 ? [] : [{ sql: `alter index ${nameOf(schema, name)} ${actions.join(', ')}` }];
}
