/** Giving things another name, where they are: nothing is dropped and made again. */
import { escapeLiteral } from 'pg';
import { keyAfterRename, keyOf, readNames, type Item, type Kind } from '../catalogue/index.ts';
import { factOf } from '../catalogue/item.ts';
import { mapHandwork, type Handwork } from './handwork.ts';
import { moduleOf } from '../catalogue/kinds/index.ts';
import { nameOf, quoted } from '../catalogue/kinds/naming.ts';
import { labelsOf } from '../catalogue/kinds/type.ts';
import { asideOf } from './aside.ts';
import { isOf } from './enums.ts';
import { ownerOf, type Side } from './side.ts';

export interface Rename {
  kind: Kind | 'value';
  schema: string | undefined;
  /** The table of a column and of what hangs on it; the type of a value. */
  table?: string | undefined;
  name: string;
  to: string;
  /** Of a table that moves. */
  toSchema?: string | undefined;
  /** Of a column: its table is made of a type and lets go of it first, which alone could give the column another name. */
  letsGo?: boolean | undefined;
}

/** The way back. */
export const inverse = (rename: Rename): Rename => ({
  ...rename,
  name: rename.to,
  to: rename.name,
  letsGo: undefined,
  ...(rename.toSchema !== undefined && { schema: rename.toSchema, toSchema: rename.schema ?? 'public' }),
});

export function statementsOf({ kind, schema, table, name, to, toSchema, letsGo }: Rename): string[] {
  if (kind === 'value')
    return [`alter type ${nameOf(schema, table ?? '')} rename value ${escapeLiteral(name)} to ${escapeLiteral(to)}`];
  // An extension has no schema in its name.
  if (kind === 'extension' && toSchema !== undefined)
    return [`alter extension ${quoted(name)} set schema ${quoted(toSchema)}`];
  const moved = movedTo(toSchema, { kind, schema, name });
  const home = toSchema ?? schema;
  const item: Item = {
    key: '',
    kind,
    name,
    facts: {},
    layout: {},
    ...(home && { schema: home }),
    ...(table && { table }),
  };
  const renamed = name === to ? [] : [moduleOf(kind).rename?.(item, to)].filter((sql) => sql !== undefined);
  const free = letsGo ? [`alter table ${nameOf(schema, table ?? '')} not of`] : [];
  return [...free, ...moved, ...renamed];
}

/** None where it stays in its schema. */
function movedTo(
  toSchema: string | undefined,
  { kind, schema = 'public', name }: Pick<Rename, 'kind' | 'schema' | 'name'>,
): string[] {
  if (toSchema === undefined || toSchema === schema) return [];
  return [
    ...(toSchema === 'public' ? [] : [`create schema if not exists ${quoted(toSchema)}`]),
    `alter ${kind} ${nameOf(schema, name)} set schema ${quoted(toSchema)}`,
  ];
}

/** Renames as they are carried out one after the other: a table lets go of its type once. */
export const inTurn = (renames: readonly Rename[]): Rename[] =>
  renames.map((one, at) => {
    const isFree = renames.slice(0, at).some((other) => other.letsGo && isOnSameTable(one, other));
    return one.letsGo && isFree ? { ...one, letsGo: false } : one;
  });

const isOnSameTable = (one: Rename, other: Rename): boolean => one.schema === other.schema && one.table === other.table;

/** What tells a thing from others of its kind on the same table, whatever their names; undefined where a name does. */
const likenessOf = ({ kind, facts }: Item): string | undefined => {
  const { likeness } = moduleOf(kind);
  return likeness && JSON.stringify(likeness(facts));
};

/**
 * What is the same but for its name, on the same table: nothing is lost either way, and a new name costs nothing while
 * an index that is built again does.
 */
export function sameButForName(from: Side, to: Side, isLeftAlone: (item: Item) => boolean): Rename[] {
  const gone = [...from.catalogue.values()].filter((item) => !to.catalogue.has(item.key) && !isLeftAlone(item));
  const come = new Set([...to.catalogue.values()].filter((item) => !from.catalogue.has(item.key)));
  const renames: Rename[] = [];
  for (const item of gone) {
    const like = likenessOf(item);
    if (like === undefined || !ownerOf(item, to.catalogue)) continue;
    const { kind, schema, table } = item;
    const twin = [...come].find(
      (other) => other.kind === kind && other.schema === schema && other.table === table && likenessOf(other) === like,
    );
    if (!twin) continue;
    come.delete(twin);
    renames.push({ kind, schema, table, name: item.name, to: twin.name });
  }
  return renames;
}

/** Enum types whose columns all go over to one other type are that type: nothing is lost by calling them so. */
export function renamedEnums(from: Side, to: Side, isLeftAlone: (item: Item) => boolean): Rename[] {
  const gone = [...from.catalogue.values()].filter((item) => !to.catalogue.has(item.key) && !isLeftAlone(item));
  const come = [...to.catalogue.values()].filter((item) => !from.catalogue.has(item.key));
  const renames: Rename[] = [];
  for (const item of gone) {
    if (!labelsOf(item)) continue;
    const columns = [...from.columns.values()].filter(({ type }) => isOf(item, type));
    const next = columns.flatMap(({ key }) => to.columns.get(key) ?? []);
    const twin = come.find((other) => labelsOf(other) && next.some(({ type }) => isOf(other, type)));
    if (!twin || !next.every(({ type }) => isOf(twin, type))) continue;
    renames.push({ kind: 'type', schema: item.schema, name: item.name, to: twin.name, toSchema: twin.schema });
  }
  return renames;
}

/**
 * Enums that took each other's names, where all columns of each go over to the other: they are called otherwise by way of a name
 * that nothing has. A few of them may do so in a ring.
 */
export function ringsOfEnums(from: Side, to: Side, isLeftAlone: (item: Item) => boolean): Rename[] {
  const next = takenNames(from, to, isLeftAlone);
  for (const first of next.keys()) {
    const ring = [first];
    for (let one = next.get(first); one && one !== first && !ring.includes(one); one = next.get(one)) ring.push(one);
    if (next.get(ring.at(-1)!) !== first) continue;
    const aside = asideOf(first.name);
    const steps = [...ring.slice(1).toReversed(), first];
    return [
      { kind: 'type', schema: first.schema, name: first.name, to: aside },
      ...steps.map((one): Rename => {
        const name = one === first ? aside : one.name;
        return { kind: 'type', schema: one.schema, name, to: next.get(one)!.name };
      }),
    ];
  }
  return [];
}

/** Enums whose columns all go over to another one of the same schema, which becomes what they were. */
function takenNames(from: Side, to: Side, isLeftAlone: (item: Item) => boolean): Map<Item, Item> {
  const next = new Map<Item, Item>();
  for (const item of from.catalogue.values()) {
    const labels = labelsOf(item);
    if (!labels || isLeftAlone(item)) continue;
    const columns = [...from.columns.values()].filter(({ type }) => isOf(item, type));
    const types = columns.map(({ key }) => to.columns.get(key)?.type);
    const other = [...from.catalogue.values()].find(
      (one) =>
        one !== item && one.schema === item.schema && types.every((type) => type !== undefined && isOf(one, type)),
    );
    const becomes = labelsOf(to.catalogue.get(other?.key ?? ''));
    if (other && labelsOf(other) && types.length > 0 && becomes?.join('\0') === labels.join('\0'))
      next.set(item, other);
  }
  return next;
}

/** Extensions that go to another schema, with all that columns have of them. The schema is there, or comes first. */
export const movedExtensions = (from: Side, to: Side): Rename[] =>
  [...from.catalogue.values()].flatMap((item) => {
    const next = to.catalogue.get(item.key);
    const [home, goal] = [item, next].map((one) => one && readNames(String(factOf(one, 'schema')))?.names[0]);
    if (item.kind !== 'extension' || home === undefined || goal === undefined || home === goal) return [];
    return [{ kind: item.kind, schema: home, name: item.name, to: item.name, toSchema: goal }];
  });

/** Sequences of columns that were renamed, or whose table was: they go on to be called after them. */
export function renamedSequences(from: Side, to: Side): Rename[] {
  return [...from.columns.values()].flatMap((column) => {
    const [old, next] = [column.sequence, to.columns.get(column.key)?.sequence];
    if (!old || !next || old.name === next.name || old.schema !== next.schema) return [];
    return [{ kind: 'sequence' as const, schema: old.schema, name: old.name, to: next.name }];
  });
}

/** The key of a thing when it, its table or its schema has got the names that renames give. */
export function keyAfter(key: string, renames: readonly Rename[]): string {
  const after = (key: string, { kind, schema = 'public', table, name, to, toSchema = schema }: Rename): string => {
    if (kind === 'schema') return keyAfterRename(key, [name], [to]);
    if (kind === 'column' && table !== undefined)
      return keyAfterRename(key, [schema, table, name], [schema, table, to]);
    if (kind === 'table') return keyAfterRename(key, [schema, name], [toSchema, to]);
    return kind !== 'value' && key === keyOf(kind, [schema, name]) ? keyOf(kind, [toSchema, to]) : key;
  };
  return renames.reduce(after, key);
}

export const handworkAfter = (handwork: Handwork, renames: readonly Rename[]): Handwork =>
  mapHandwork(handwork, (key) => keyAfter(key, renames));
