export { compareCatalogues, describe } from './compare.ts';
export type { Difference } from './compare.ts';
export { keyAfterRename, keyOf, readKey } from './item.ts';
export type { Catalogue, Client, Item, Kind } from './item.ts';
export { askPlainly, readCatalogue } from './read.ts';
