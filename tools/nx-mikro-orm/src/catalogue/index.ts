export { changedFacts, compareCatalogues, describe, isSame } from './compare.ts';
export type { Difference } from './compare.ts';
export { withFacts } from './item.ts';
export type { Catalogue, Client, Item, Privilege } from './item.ts';
export { keyAfterRename, readKey } from './key-parts.ts';
export { keyOf, readNames, spelled } from './key.ts';
export type { Kind } from './key.ts';
export { keepPlans } from './planned.ts';
export { askPlainly, readCatalogue } from './read.ts';
