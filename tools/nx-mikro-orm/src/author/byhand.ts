import { compareCatalogues, keyOf, type Catalogue, type Difference, type Item } from '../catalogue/index.ts';
import { isAdded, isTouched, linesOf, type Handwork } from '../scratch/handwork.ts';
import { ownerKinds } from './change/target.ts';
import { isGrant } from './privileges.ts';

/**
 * Whether an item was made by hand: it, or the table or view that it hangs on, where no model describes that. What hangs
 * on a table of the models counts by itself.
 */
export const isByHand =
  ({ made }: Pick<Handwork, 'made'>, inModels: (key: string) => boolean): ((item: Item) => boolean) =>
  ({ key, schema, table }) =>
    made.has(key) ||
    (table !== undefined &&
      ownerKinds.map((kind) => keyOf(kind, [schema, table])).some((owner) => made.has(owner) && !inModels(owner)));

/** What can stand in the definition of a thing that was made by hand and that the models came to describe. */
const beside = /^(comment |security label |with \()/;

/**
 * Whether an item is what a model wants, and only more was said of it by hand: privileges, settings, row level security, and
 * a comment where the model has none.
 */
export function isAlike(handwork: Handwork, wanted: Item, present: Item): boolean {
  if (wanted.definition === present.definition) return true;
  const { key, kind } = present;
  if (!isTouched(handwork, key)) return false;
  // It loses every table that is made anew on scratch; in the database the tables are altered, and stay in it.
  if (kind === 'publication') return true;
  const own = linesOf(wanted).filter((line) => !isGrant(line));
  const said = new Set(own);
  // Each line says something by itself there; of a column, the first says all that a model can.
  const isWhole = kind === 'table' || kind === 'column';
  const mayStay = (line: string) =>
    isAdded(handwork, key, line) &&
    (isWhole ? !/^partition by|^unlogged/.test(line) : !handwork.made.has(key) || beside.test(line));
  const left = linesOf(present).filter((line) => !isGrant(line) && (said.has(line) || !mayStay(line)));
  return left.join('\n') === own.join('\n');
}

/** What differs between the models and a catalogue of the history, except for what was made or added by hand. */
export function differencesFromModels(wanted: Catalogue, present: Catalogue, handwork: Handwork): Difference[] {
  const handmade = isByHand(handwork, (key) => wanted.has(key));
  return compareCatalogues(wanted, present).filter(({ key, kind, what }) => {
    const [model, item] = [wanted.get(key), present.get(key)];
    if (kind === 'database') return false;
    if (what === 'extra') return !(item && handmade(item));
    return !(what === 'changed' && model && item && isAlike(handwork, model, item));
  });
}
