/** One state of a schema: what there is. */
import { keyOf, readCatalogue, type Catalogue, type Client, type Item } from '../catalogue/index.ts';
import { asColumn } from '../catalogue/kinds/column.ts';
import { asTable } from '../catalogue/kinds/table.ts';
import type { World } from '../catalogue/kinds/kind.ts';
import { columnOf, type Column } from './column.ts';

export interface Side extends World {
  columns: Map<string, Column>;
}

/** Leaves an object out, and with a table all that belongs to it. */
export type Ignore = (schema: string, name: string) => boolean;

/** The state that a catalogue tells of. */
export function sideOf(catalogue: Catalogue): Side {
  const columns = new Map<string, Column>();
  for (const item of catalogue.values()) {
    const column = asColumn(item);
    if (column) columns.set(item.key, columnOf(column));
  }
  let parts: Map<string, Item[]> | undefined;
  const partsOf = ({ schema, name }: Item): readonly Item[] => {
    parts ??= Map.groupBy([...catalogue.values()], (item) => ownerName(item.schema, item.table));
    return parts.get(ownerName(schema, name)) ?? [];
  };
  return { catalogue, columns, partsOf };
}

const ownerName = (schema: string | undefined, table: string | undefined): string => JSON.stringify([schema, table]);

/** The state that a database is in. */
export const readSide = async (client: Client, ignore: Ignore | undefined): Promise<Side> =>
  sideOf(await readCatalogue(client, { ignore }));

/** Whether values of the type change with what it is made of, so that it cannot just be dropped and made. */
export const isValueType = ({ kind, facts }: Item): boolean =>
  kind === 'domain' || (kind === 'type' && !('base' in facts) && !('shell' in facts));

/** What other things hang on. */
export const ownerKinds = ['table', 'view', 'materialized view', 'foreign table'] as const;

/** Whether the table of a column is made of a composite type, whose attributes are its columns. */
export const isOfType = ({ item }: Column, { catalogue }: World): boolean => {
  const owner = ownerOf(item, catalogue);
  return owner !== undefined && asTable(owner)?.facts.of !== undefined;
};

/** The table or view that an item hangs on. */
export function ownerOf({ schema, table }: Item, catalogue: Catalogue): Item | undefined {
  if (table === undefined) return undefined;
  for (const kind of ownerKinds) {
    const found = catalogue.get(keyOf(kind, [schema, table]));
    if (found) return found;
  }
  return undefined;
}

/** Whether what an item hangs on is another kind of thing on the other side: a foreign table that becomes a table. */
export function isTurned(item: Item, own: Catalogue, other: Catalogue): boolean {
  const [was, is] = [ownerOf(item, own), ownerOf(item, other)];
  return was !== undefined && is !== undefined && was.kind !== is.kind;
}
