/** What has to happen to the items of two sides. */
import { isSame, type Item } from '../catalogue/index.ts';
import { passedSequences } from './passed-sequences.ts';
import { belongsTo, without } from './recreate.ts';
import { isTurned, isValueType, ownerOf, type Side } from './side.ts';
import type { Transition } from './target.ts';

/** What happens to the items of the two sides. */
export interface DiffPlan extends Transition {
  /** What was there, without the tables that are made anew with their rows. */
  remaining: Side;
  /** Keys of these tables. */
  recreated: ReadonlySet<string>;
  gone: Item[];
  made: Item[];
  changed: { from: Item; to: Item }[];
  /** To be dropped and made again, by key. */
  replaced: Map<string, Replaced>;
  /** Enums, domains, composite types and ranges to be made anew beside the old ones, by key. */
  swapped: Set<string>;
  /** What a thing becomes that is made anew as another kind of type: the key of the one by that of the other. */
  becomes: ReadonlyMap<string, string>;
  /** Columns whose default goes before and comes after everything else, by key. */
  defaultsAside: Set<string>;
  /** Columns whose type changes, by key. */
  retyped: Set<string>;
}

interface Replaced {
  item: Item;
  /** The server drops it with something else. */
  goesAlong: boolean;
  /** It is only in the way of something else, and is made again when that is as it should be. */
  follows: boolean;
}

/** Sorts the items of both sides by what has to happen to them. */
export function sort(change: Transition): DiffPlan {
  const { from, to } = change;
  const owned = (item: Item, own: Transition['from'], other: Transition['from']) => {
    const owner = ownerOf(item, own.catalogue);
    return owner !== undefined && !other.catalogue.has(owner.key);
  };
  const passed = passedSequences(from, to);
  const becomes = otherTypes(from, to);
  const arriving = new Set(becomes.values());
  const recreated = new Set([...from.catalogue.keys()].filter((key) => change.answers.recreated(key)));
  const isAnew = belongsTo(from, to, recreated);
  const turned = turnedOwners(from, to);
  const remaining = without(from, to, new Set([...recreated, ...turned]));
  const gone: Item[] = [];
  const changed: DiffPlan['changed'] = [];
  for (const item of from.catalogue.values()) {
    if (isAnew(item) || isTurned(item, from.catalogue, to.catalogue)) continue;
    const next = to.catalogue.get(item.key);
    // What hangs on a table that goes, goes with it.
    if (!next && !owned(item, from, to) && item.kind !== 'database' && !passed.has(item.key) && !becomes.has(item.key))
      gone.push(item);
    if (next && item.kind !== 'database' && !isSame(item, next)) changed.push({ from: item, to: next });
  }
  const made = [...to.catalogue.values()].filter(
    ({ key, kind }) => !remaining.catalogue.has(key) && kind !== 'database' && !passed.has(key) && !arriving.has(key),
  );
  return {
    ...change,
    remaining,
    recreated,
    gone,
    made,
    changed,
    replaced: new Map(),
    swapped: new Set(becomes.keys()),
    becomes,
    defaultsAside: new Set(),
    retyped: new Set(),
  };
}

/** Keys of tables and views in whose place another kind of them comes: what hangs on them goes, and comes, with them. */
const turnedOwners = ({ catalogue }: Side, to: Side): string[] =>
  [...catalogue.values()]
    .filter((item) => isTurned(item, catalogue, to.catalogue))
    .flatMap((item) => ownerOf(item, catalogue)?.key ?? []);

/** Types that become another kind of type by the same name: a domain an enum, an enum a composite type. */
function otherTypes({ catalogue }: Side, to: Side): Map<string, string> {
  const others = new Map([...to.catalogue.values()].filter(isValueType).map((item) => [namesOf(item), item.key]));
  return new Map(
    [...catalogue.values()].flatMap((item): [string, string][] => {
      const other = isValueType(item) && !to.catalogue.has(item.key) ? others.get(namesOf(item)) : undefined;
      return other !== undefined && !catalogue.has(other) ? [[item.key, other]] : [];
    }),
  );
}

const namesOf = ({ schema, name }: Item): string => JSON.stringify([schema, name]);
