import { factOf, type Item, type Option, type Privilege } from '../item.ts';
import { keyOf } from '../key.ts';
import { defineKind, type AlterStep, type World } from './kind.ts';
import {
  changedOptions,
  changedParameters,
  grantStatements,
  literal,
  nameOf,
  optionLine,
  optionList,
  privilegeLines,
  quoted,
  typeName,
} from './naming.ts';
import {
  comment,
  compression,
  firstUserOid,
  flag,
  object,
  options,
  privilegesOn,
  storage,
  userMade,
  userSchema,
} from './reading.ts';
import { columnSequences, parameterFields, unusual, type Parameters } from './sequence.ts';

/** Nobody can say the type of identity's sequence: it is the column's, but where `like … including identity` made it bigint. */
const sequenceType = `case when a.attidentity = '' then s.seqtypid else a.atttypid end::regtype::text`;

export interface ColumnFacts {
  /** With its modifier, as the server prints it. */
  type: string;
  /** Qualified; absent for the type's own. */
  collation?: string;
  'not null'?: true;
  'no inherit'?: true;
  'not valid'?: true;
  identity?: 'always' | 'by default';
  generated?: { as: string; stored: boolean };
  /** As the server prints it, but for the name of the column's own sequence. */
  default?: string;
  /** Of identity columns, and of those whose default is their own sequence. */
  sequence?: Parameters;
  'sequence privileges'?: Privilege[];
  'sequence comment'?: string;
  storage?: string;
  compression?: string;
  statistics?: number;
  options?: Option[];
  'foreign options'?: Option[];
  privileges?: Privilege[];
  comment?: string;
}

export interface ColumnLayout {
  /** What its own sequence is called. */
  sequence?: [schema: string, name: string];
  /** Its default with the sequence's name, where it has one of its own. */
  default?: string;
  /** It comes from a parent table, and changes with it. */
  inherited?: true;
  /** It is (also) the table's own. */
  local?: true;
  /** That of its type, which has no other name up to PostgreSQL 15. */
  'type storage'?: string;
  /** Since PostgreSQL 18. */
  'not null'?: string;
}

export type ColumnItem = Item<ColumnFacts, ColumnLayout>;

const ownSequence = 'its own sequence';

/** A default as printed, with the name of the column's own sequence taken out. */
const byDefault = `case when sc.oid is null then pg_get_expr(d.adbin, d.adrelid)
  else replace(pg_get_expr(d.adbin, d.adrelid),
    '''' || replace(sc.oid::regclass::text, '''', '''''') || '''::regclass', '${ownSequence}') end`;

/** The item as a column; undefined for one of another kind. */
export const asColumn = (item: Item | undefined): ColumnItem | undefined =>
  item?.kind === 'column' ? (item as ColumnItem) : undefined;

/** Columns of tables and foreign tables, without their position. */
export const column = defineKind<ColumnFacts, ColumnLayout>({
  order: 250,
  catalogue: 'pg_class',
  among: `relkind in ('r', 'p', 'f')`,
  schema: 'n.nspname',
  table: 'c.relname',
  name: 'a.attname',
  oid: 'a.attrelid',
  relation: 'c.oid',
  column: 'a.attnum',
  from: `pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace`,
  joins: (version) => `
    join pg_type t on t.oid = a.atttypid
    left join pg_attrdef d on a.atthasdef and d.adrelid = a.attrelid and d.adnum = a.attnum
    left join (
      (${columnSequences}) own join pg_sequence s on s.seqrelid = own.seqid join pg_class sc on sc.oid = own.seqid
      join pg_namespace sn on sn.oid = sc.relnamespace
    ) on own.relid = a.attrelid and own.attnum = a.attnum
    ${
      version >= 180000
        ? `left join pg_constraint filled on filled.contype = 'n' and filled.conrelid = a.attrelid and filled.conkey[1] = a.attnum`
        : ''
    }`,
  where: `a.attrelid >= ${firstUserOid} and a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'f')
    and ${userSchema('n.nspname')} and ${userMade('pg_class', 'c.oid')}`,
  facts: (version) => ({
    type: 'format_type(a.atttypid, a.atttypmod)',
    collation: 'case when a.attcollation <> t.typcollation then a.attcollation::regcollation::text end',
    'not null': flag('a.attnotnull'),
    ...(version >= 180000 && {
      'no inherit': flag('filled.connoinherit'),
      'not valid': flag('not filled.convalidated'),
    }),
    identity: `case a.attidentity when 'a' then 'always' when 'd' then 'by default' end`,
    generated: `case when a.attgenerated <> '' then
      json_build_object('as', pg_get_expr(d.adbin, d.adrelid), 'stored', a.attgenerated = 's') end`,
    default: `case when a.attgenerated = '' then ${byDefault} end`,
    sequence: `case when sc.oid is not null then ${object({ ...parameterFields, type: sequenceType })} end`,
    'sequence privileges': `case when sc.oid is not null then ${privilegesOn('s', 'sc.relacl', 'sc.relowner')} end`,
    'sequence comment': `case when sc.oid is not null then ${comment('pg_class', 'sc.oid')} end`,
    storage: `case when a.attstorage <> t.typstorage then ${storage('a.attstorage')} end`,
    compression: compression('a.attcompression'),
    statistics: 'nullif(a.attstattarget, -1)',
    options: options('a.attoptions', `o ~ '^n_distinct'`),
    'foreign options': options('a.attfdwoptions', 'true'),
    privileges: privilegesOn('c', 'a.attacl', 'c.relowner'),
  }),
  layout: (version) => ({
    sequence: `case when sc.oid is not null then json_build_array(sn.nspname, sc.relname) end`,
    default: `case when sc.oid is not null then pg_get_expr(d.adbin, d.adrelid) end`,
    inherited: flag('a.attinhcount > 0 or c.relispartition'),
    local: flag('a.attislocal'),
    ...(version < 160000 && { 'type storage': storage('t.typstorage') }),
    ...(version >= 180000 && { 'not null': 'filled.conname' }),
  }),
  print: (facts) => [
    [
      facts.type,
      facts.collation && `collate ${facts.collation}`,
      facts['not null'] && 'not null',
      facts['no inherit'] && 'no inherit',
      facts['not valid'] && 'not valid',
      facts.identity && `generated ${facts.identity} as identity`,
      facts.generated && `generated always as (${facts.generated.as}) ${facts.generated.stored ? 'stored' : 'virtual'}`,
      facts.default !== undefined && `default ${facts.default}`,
    ]
      .filter(Boolean)
      .join(' '),
    ...sequenceLines(facts),
    facts.storage && `storage ${facts.storage}`,
    facts.compression && `compression ${facts.compression}`,
    facts.statistics === undefined ? undefined : `statistics ${facts.statistics}`,
    optionLine('set', facts.options),
    optionLine('options', facts['foreign options']),
    ...privilegeLines(facts.privileges),
  ],
  named: ({ schema, table = '', name }) => `${nameOf(schema, table)}.${quoted(name)}`,
  grantedOn: ({ schema, table = '' }) => `table ${nameOf(schema, table)}`,
  make: (item, world) => {
    const value = writtenDefault(item);
    const owner = ownerOf(item, world);
    const waits = owner && !isGiven(item, owner) && value !== undefined;
    const head = `alter table only ${nameOf(item.schema, item.table ?? '')} alter column ${quoted(item.name)}`;
    return {
      ...(waits && { dormant: [`${head} set default ${value}`] }),
      after: owner ? beside(item, owner, world) : [],
    };
  },
  drop: ({ schema, table = '', name }) => {
    const action = `drop column ${quoted(name)}`;
    const named = nameOf(schema, table);
    return { sql: `alter table ${named} ${action}`, action: { table: named, action } };
  },
  part: true,
  addable: [
    'storage',
    'compression',
    'statistics',
    'options',
    'foreign options',
    'sequence privileges',
    'sequence comment',
  ],
  sql: ['default', 'generated'],
  rename: ({ schema, table = '', name }, to) =>
    `alter table ${nameOf(schema, table)} rename column ${quoted(name)} to ${quoted(to)}`,
});

const sequenceLines = ({ sequence, type, ...facts }: ColumnFacts): string[] => {
  const parameters = sequence ? unusual(sequence, type).join(' ') : '';
  const granted = privilegeLines(facts['sequence privileges']).join(', ');
  const comment = facts['sequence comment'];
  return [
    ...(parameters ? [`sequence ${parameters}`] : []),
    ...(granted ? [`sequence ${granted}`] : []),
    ...(comment === undefined ? [] : [`sequence comment ${comment}`]),
  ];
};

/** What `serial` is called for each type. */
export const serialTypes: Readonly<Record<string, string>> = {
  smallint: 'smallserial',
  integer: 'serial',
  bigint: 'bigserial',
};

const usualSequence = ({ schema, table, name, layout }: ColumnItem): boolean =>
  layout.sequence?.[0] === schema && layout.sequence?.[1] === `${table}_${name}_seq`;

/** Whether `serial` says all there is to say of the column. */
const isSerial = (item: ColumnItem): boolean => {
  const { sequence, identity, type, default: value, ...facts } = item.facts;
  return (
    sequence !== undefined &&
    identity === undefined &&
    facts['not null'] === true &&
    type in serialTypes &&
    value === `nextval(${ownSequence})` &&
    usualSequence(item) &&
    unusual(sequence, type).length === 0
  );
};

/** ` (…)` after `as identity`, where there is something to say. */
function identityOptions(item: ColumnItem): string {
  const { facts, layout } = item;
  if (!facts.sequence || !layout.sequence) return '';
  const named = usualSequence(item) ? [] : [`sequence name ${nameOf(...layout.sequence)}`];
  const all = [...named, ...unusual(facts.sequence, facts.type)];
  return all.length > 0 ? ` (${all.join(' ')})` : '';
}

const isPartition = (owner: Item): boolean => factOf(owner, 'partition of') !== undefined;

/** What computes the values: identity, other columns; a partition has the identity of its parent. */
function generationText(item: ColumnItem, owner: Item): string | undefined {
  const { identity, generated } = item.facts;
  if (generated) return `generated always as (${generated.as}) ${generated.stored ? 'stored' : 'virtual'}`;
  if (identity && !isPartition(owner)) return `generated ${identity} as identity${identityOptions(item)}`;
  return undefined;
}

/** What its default is, with the name of a sequence of its own; undefined for a `serial`, and where values are generated. */
function writtenDefault(item: ColumnItem): string | undefined {
  const { facts } = item;
  return facts.generated || facts.identity || isSerial(item) ? undefined : saidDefault(item);
}

/** `not null`, where it is not part of `serial` or of the identity. */
function notNullText(item: ColumnItem, owner: Item): string | undefined {
  const { identity, ...facts } = item.facts;
  if (!facts['not null'] || facts['not valid'] || isSerial(item)) return undefined;
  const said = !identity || isPartition(owner) ? 'not null' : '';
  return [said, facts['no inherit'] && 'no inherit'].filter(Boolean).join(' ');
}

/** The column inside of a `create table`; without its default where that has to wait. */
export function columnText(item: ColumnItem, owner: Item, withDefault: boolean): string {
  const { facts } = item;
  const value = withDefault ? writtenDefault(item) : undefined;
  const parts = [
    quoted(item.name),
    isSerial(item) ? serialTypes[facts.type] : typeName(facts.type),
    facts['foreign options'] && `options (${optionList(facts['foreign options'])})`,
    facts.compression && `compression ${facts.compression}`,
    facts.collation && `collate ${facts.collation}`,
    generationText(item, owner),
    value === undefined ? undefined : `default ${value}`,
    notNullText(item, owner),
  ];
  return parts.filter(Boolean).join(' ');
}

/** Whether the column came from a parent or a type, so that `create table` does not spell it. */
export const isGiven = ({ layout }: ColumnItem, owner: Item): boolean =>
  factOf(owner, 'of') !== undefined ||
  (factOf(owner, 'partition of') === undefined
    ? !layout.local
    : (owner.layout as { attached?: true }).attached !== true);

const ownerOf = ({ schema, table }: ColumnItem, { catalogue }: World): Item | undefined =>
  catalogue.get(keyOf('table', [schema, table])) ?? catalogue.get(keyOf('foreign table', [schema, table]));

/** The column of the first parent that it comes from. */
export function parentColumn(item: ColumnItem, world: World): ColumnItem | undefined {
  const owner = ownerOf(item, world);
  const found = (owner ? parentsOf(owner) : []).map((parent) =>
    asColumn(world.catalogue.get(keyOf('column', [...parent, item.name]))),
  );
  return found.find((one) => one !== undefined);
}

/** Its default as a statement says it, with the name of a sequence of its own. */
export const saidDefault = ({ facts, layout }: ColumnItem): string | undefined => layout.default ?? facts.default;

/** Schema and name of the tables that one is a partition of, or inherits from. */
export function parentsOf(item: Item): [schema: string, name: string][] {
  const partition = factOf(item, 'partition of') as { parent: [string, string] } | undefined;
  return partition ? [partition.parent] : ((factOf(item, 'inherits') as [string, string][] | undefined) ?? []);
}

/** The default where `create table` did not say it, or a parent's came along. */
function defaultBeside(item: ColumnItem, owner: Item, parent: ColumnItem | undefined): string[] {
  const { schema, table = '', name, facts } = item;
  if (facts.generated || facts.identity) return [];
  const value = saidDefault(item);
  const inherited = parent && saidDefault(parent);
  const isPlain = factOf(owner, 'of') === undefined && !isPartition(owner);
  if (value === inherited || !(isGiven(item, owner) || (isPlain && value === undefined))) return [];
  const what = value === undefined ? 'drop default' : `set default ${value}`;
  return [`alter table only ${nameOf(schema, table)} alter column ${quoted(name)} ${what}`];
}

/** `not null` where `create table` did not say it. */
function notNullBeside(item: ColumnItem, owner: Item, parent: ColumnItem | undefined): string[] {
  const { schema, table = '', name, facts, layout } = item;
  const head = `alter table ${nameOf(schema, table)}`;
  const set = isGiven(item, owner) && facts['not null'] && !parent?.facts['not null'];
  const add = layout.local && facts['not valid'];
  return [
    ...(set ? [`${head} alter column ${quoted(name)} set not null`] : []),
    ...(add ? [`${head} add constraint ${quoted(layout['not null'] ?? '')} not null ${quoted(name)} not valid`] : []),
  ];
}

/** What `create table` cannot say of a column, or did not because the column came from elsewhere. */
function beside(item: ColumnItem, owner: Item, world: World): AlterStep[] {
  const parent = parentColumn(item, world);
  return [
    ...sequenceSteps(item),
    ...[...defaultBeside(item, owner, parent), ...notNullBeside(item, owner, parent)].map((sql) => ({ sql })),
    ...settings(item, undefined).map(({ sql }) => ({ sql })),
  ];
}

/** What a sequence of its own is told when it is there. */
function sequenceSteps(item: ColumnItem): AlterStep[] {
  const { schema, table = '', name, layout } = item;
  const owned =
    layout.sequence && ownSequenceText(item) !== undefined
      ? [`alter sequence ${nameOf(...layout.sequence)} owned by ${nameOf(schema, table)}.${quoted(name)}`]
      : [];
  return [...owned.map((sql) => ({ sql, rank: 3 })), ...sequenceSaying(item, undefined)];
}

/** From what is said of a column's own sequence to what is said of another's: privileges, comment. */
export function sequenceSaying({ facts, layout }: ColumnItem, from: ColumnItem | undefined): AlterStep[] {
  if (!layout.sequence || !facts.sequence) return [];
  const was = from?.facts.sequence ? from.facts : undefined;
  const sequence = nameOf(...layout.sequence);
  const comment = facts['sequence comment'];
  const statements = grantStatements(
    was?.['sequence privileges'],
    facts['sequence privileges'],
    `sequence ${sequence}`,
  );
  if (was?.['sequence comment'] !== comment)
    statements.push(`comment on sequence ${sequence} is ${comment === undefined ? 'null' : literal(comment)}`);
  return statements.map((sql): AlterStep => ({ sql, phase: 'attach', rank: 8 }));
}

/** The sequence that a column which is no `serial` needs before it. */
export function ownSequenceText(item: ColumnItem): string | undefined {
  const { facts, layout } = item;
  if (!layout.sequence || !facts.sequence || facts.identity || isSerial(item)) return undefined;
  return [`create sequence ${nameOf(...layout.sequence)}`, ...unusual(facts.sequence, 'bigint')].join(' ');
}

const storageOf = ({ facts, layout }: ColumnItem): string => facts.storage ?? layout['type storage'] ?? 'default';

/** From what is said of how a column keeps its values to what is said of another. */
export function settings(to: ColumnItem, from: ColumnItem | undefined): AlterStep[] {
  const table = nameOf(to.schema, to.table ?? '');
  const named = `alter column ${quoted(to.name)}`;
  const [was, is] = [from?.facts ?? ({} as Partial<ColumnFacts>), to.facts];
  const { set, reset } = changedParameters(was.options, is.options);
  const actions = [
    was.storage !== is.storage && `set storage ${storageOf(to)}`,
    // Where the column is made, its compression is said with it.
    from && was.compression !== is.compression && `set compression ${is.compression ?? 'default'}`,
    was.statistics !== is.statistics && `set statistics ${is.statistics ?? -1}`,
    reset && `reset (${reset})`,
    set && `set (${set})`,
    // Where the column is made, they are said with it.
    from && changedOptions(was['foreign options'], is['foreign options']),
  ].filter((action) => typeof action === 'string' && action !== '');
  return actions.map((action) => ({
    sql: `alter table ${from ? '' : 'only '}${table} ${named} ${action}`,
    ...(from && { action: { table, action: `${named} ${action}` } }),
    rank: 3,
  }));
}
