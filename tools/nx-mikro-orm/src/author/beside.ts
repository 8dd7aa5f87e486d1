import type { Catalogue, Item } from '../catalogue/index.ts';
import type { Side } from './change/side.ts';
import { ownerOf, type Target } from './change/target.ts';

/** What the models want, and beside it all that no model describes and that stays as it is. */
export function targetBeside(wanted: Target, from: Side, isLeftAlone: (item: Item) => boolean): Target {
  const catalogue: Catalogue = new Map(wanted.catalogue);
  const columns = new Map(wanted.columns);
  for (const item of from.catalogue.values()) {
    if (catalogue.has(item.key) || !isLeftAlone(item)) continue;
    // What hangs on a table that goes cannot stay.
    const owner = ownerOf(item, from.catalogue);
    if (owner && !wanted.catalogue.has(owner.key) && !isLeftAlone(owner)) continue;
    catalogue.set(item.key, item);
    const column = from.columns.get(item.key);
    if (column) columns.set(item.key, column);
  }
  return { ...wanted, catalogue, columns };
}
