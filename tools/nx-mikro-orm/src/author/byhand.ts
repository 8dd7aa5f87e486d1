import { compareCatalogues, keyOf, type Catalogue, type Difference, type Item } from '../catalogue/index.ts';
import { saidKey } from '../scratch/said.ts';
import { ownerKinds } from './change/target.ts';

/**
 * Whether an item was made by hand: it, or the table or view that it hangs on, where no model describes that. What hangs
 * on a table of the models counts by itself.
 */
export function isByHand(byHand: ReadonlySet<string>, inModels: (key: string) => boolean): (item: Item) => boolean {
  // What models made, and somebody only said more of, is gone when they have it no more.
  const isMade = (key: string) => byHand.has(key) && (inModels(key) || !byHand.has(saidKey(key)));
  return ({ key, schema, table }) =>
    isMade(key) ||
    (table !== undefined &&
      ownerKinds.map((kind) => keyOf(kind, [schema, table])).some((owner) => isMade(owner) && !inModels(owner)));
}

/** What differs between the models and a catalogue of the history, except for what was added by hand. */
export function differencesFromModels(
  wanted: Catalogue,
  present: Catalogue,
  byHand: ReadonlySet<string>,
): Difference[] {
  const handmade = isByHand(byHand, (key) => wanted.has(key));
  return compareCatalogues(wanted, present).filter(({ key, kind, what }) => {
    const item = present.get(key);
    return kind !== 'database' && !(what === 'extra' && item && handmade(item));
  });
}
