import type { Item, Privilege } from '../item.ts';
import { defineKind } from './kind.ts';
import { literalName, nameOf, privilegeLines, quoted } from './naming.ts';
import { flag, privilegesOn, userMade, userSchema } from './reading.ts';

/** Parameters of a sequence. Numbers are texts: they are 64 bits wide. */
export interface Parameters {
  type: string;
  increment: string;
  min: string;
  max: string;
  start: string;
  cache: string;
  cycle?: true;
}

/** The column that a sequence goes with. */
export interface Owner {
  schema: string;
  table: string;
  column: string;
}

interface Facts extends Parameters {
  unlogged?: true;
  'owned by'?: Owner;
  privileges?: Privilege[];
}

/** Sequences that are part of a column: those of identity, and those owned by the column whose default uses them. */
export const columnSequences = `
  select owner.refobjid as relid, owner.refobjsubid as attnum, owner.objid as seqid
  from pg_sequence sq
  join pg_depend owner on owner.classid = 'pg_class'::regclass and owner.objid = sq.seqrelid
    and owner.refclassid = 'pg_class'::regclass and owner.refobjsubid > 0 and owner.deptype in ('a', 'i')
  left join pg_attrdef used on owner.deptype = 'a' and used.adrelid = owner.refobjid and used.adnum = owner.refobjsubid
  where owner.deptype = 'i' or exists (
    select from pg_depend by_default
    where by_default.classid = 'pg_attrdef'::regclass and by_default.objid = used.oid
      and by_default.refclassid = 'pg_class'::regclass and by_default.refobjid = owner.objid)`;

/** SQL: the parameters of the sequence `s`, by their names. */
export const parameterFields = {
  type: 's.seqtypid::regtype::text',
  increment: 's.seqincrement::text',
  min: 's.seqmin::text',
  max: 's.seqmax::text',
  start: 's.seqstart::text',
  cache: 's.seqcache::text',
  cycle: flag('s.seqcycle'),
};

const largest: Record<string, string> = { smallint: '32767', integer: '2147483647', bigint: '9223372036854775807' };

/** The parameters that are not what a sequence of the type `like` has by itself, as statements want them. */
export function unusual(sequence: Parameters, like: string): string[] {
  const { type, increment, min, max, start, cache, cycle } = sequence;
  const down = increment.startsWith('-');
  return [
    type === like ? '' : `as ${type}`,
    increment === '1' ? '' : `increment by ${increment}`,
    min === (down ? `-${BigInt(largest[type] ?? '0') + 1n}` : '1') ? '' : `minvalue ${min}`,
    max === (down ? '-1' : largest[type]) ? '' : `maxvalue ${max}`,
    start === (down ? max : min) ? '' : `start with ${start}`,
    cache === '1' ? '' : `cache ${cache}`,
    cycle ? 'cycle' : '',
  ].filter(Boolean);
}

/** What leads from some parameters to others. */
export function changedSequence(was: Parameters, is: Parameters, type = was.type): string[] {
  // With another type comes another end, where it was the type's own.
  const bound = (value: string, own: string) => (value === largest[own] ? 'last' : value);
  return [
    type === is.type ? '' : `as ${is.type}`,
    was.increment === is.increment ? '' : `increment by ${is.increment}`,
    was.min === is.min ? '' : `minvalue ${is.min}`,
    bound(was.max, was.type) === bound(is.max, is.type) ? '' : `maxvalue ${is.max}`,
    was.start === is.start ? '' : `start with ${is.start}`,
    was.cache === is.cache ? '' : `cache ${is.cache}`,
    was.cycle === is.cycle ? '' : is.cycle ? 'cycle' : 'no cycle',
  ].filter(Boolean);
}

const ownerName = ({ schema, table, column }: Owner): string => `${nameOf(schema, table)}.${quoted(column)}`;

/** The statement that gives a sequence to its column, or to none. */
export const owning = (item: Item<Facts>): string => {
  const owner = item.facts['owned by'];
  return `alter sequence ${nameOf(item.schema, item.name)} owned by ${owner ? ownerName(owner) : 'none'}`;
};

/**
 * Where the old beginning is outside of the new bounds, the counter may be: such a one begins anew, in bounds that hold both.
 * The server refuses bounds that the counter is outside of.
 */
function counterMoved({ facts: was }: Item<Facts>, { schema, name, facts: is }: Item<Facts>): string[] {
  const [low, high] = [BigInt(is.min), BigInt(is.max)];
  if (BigInt(was.start) >= low && BigInt(was.start) <= high) return [];
  const [least, most] = [BigInt(was.min) < low ? was.min : is.min, BigInt(was.max) > high ? was.max : is.max];
  const named = nameOf(schema, name);
  const type = was.type === is.type ? '' : ' as bigint';
  return [
    `alter sequence ${named}${type} minvalue ${least} maxvalue ${most}`,
    `select setval(${literalName(schema ?? 'public', name)}, ${is.start}, false) from ${named} where last_value not between ${is.min} and ${is.max}`,
  ];
}

/** Sequences that are on their own. The last value is data. */
export const sequence = defineKind<Facts>({
  order: 110,
  catalogue: 'pg_class',
  among: `relkind = 'S'`,
  schema: 'n.nspname',
  name: 'c.relname',
  oid: 'c.oid',
  relation: 'c.oid',
  from: 'pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_sequence s on s.seqrelid = c.oid',
  joins: () => `
    left join pg_depend o on o.classid = 'pg_class'::regclass and o.objid = c.oid
      and o.refclassid = 'pg_class'::regclass and o.refobjsubid > 0 and o.deptype = 'a'
    left join pg_attribute oc on oc.attrelid = o.refobjid and oc.attnum = o.refobjsubid
    left join pg_class ot on ot.oid = o.refobjid left join pg_namespace otn on otn.oid = ot.relnamespace`,
  where: `c.relkind = 'S' and ${userSchema('n.nspname')} and ${userMade('pg_class', 'c.oid')}
    and c.oid not in (select seqid from (${columnSequences}) part)`,
  facts: () => ({
    unlogged: flag(`c.relpersistence = 'u'`),
    ...parameterFields,
    'owned by': `case when oc.attname is not null then
      json_build_object('schema', otn.nspname, 'table', ot.relname, 'column', oc.attname) end`,
    privileges: privilegesOn('s', 'c.relacl', 'c.relowner'),
  }),
  print: ({ unlogged, type, increment, min, max, start, cache, cycle, privileges, ...facts }) => [
    `${unlogged ? 'unlogged ' : ''}as ${type} increment ${increment} minvalue ${min} maxvalue ${max} start ${start} cache ${cache}${cycle ? ' cycle' : ''}`,
    facts['owned by'] && `owned by ${Object.values(facts['owned by']).join('.')}`,
    ...privilegeLines(privileges),
  ],
  named: ({ schema, name }) => nameOf(schema, name),
  grantedOn: ({ schema, name }) => `sequence ${nameOf(schema, name)}`,
  make: (item) => ({
    create: [
      [
        `create ${item.facts.unlogged ? 'unlogged ' : ''}sequence ${nameOf(item.schema, item.name)}`,
        ...unusual(item.facts, 'bigint'),
      ].join(' '),
    ],
    rank: -1,
    after: item.facts['owned by'] ? [{ sql: owning(item) }] : [],
  }),
  // One that a column owns without using it goes with the column.
  part: ({ facts }) => facts['owned by'] !== undefined,
  drop: ({ schema, name }) => `drop sequence ${nameOf(schema, name)}`,
  alter: ({ from, to, changed }) => {
    const head = `alter sequence ${nameOf(to.schema, to.name)}`;
    const parameters = changedSequence(from.facts, to.facts);
    return [
      ...(changed.has('unlogged') ? [{ sql: `${head} set ${to.facts.unlogged ? 'unlogged' : 'logged'}` }] : []),
      ...(parameters.length > 0
        ? [...counterMoved(from, to), `${head} ${parameters.join(' ')}`].map((sql) => ({ sql }))
        : []),
      ...(changed.has('owned by') ? [{ sql: owning(to), rank: 6 }] : []),
    ];
  },
  rename: ({ schema, name }, to) => `alter sequence ${nameOf(schema, name)} rename to ${quoted(to)}`,
});
