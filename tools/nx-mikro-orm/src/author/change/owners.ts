/** Which tables, views, types and routines a change is about. */
import { compareCatalogues, type Catalogue, type Client, type Item } from '../../catalogue/index.ts';
import { dependentsOf, type Start } from './dependents.ts';
import { argumentsOf, bareName } from './objects.ts';

/** Names of things that others hang on: `schema.name`, as JSON. */
export type Owners = ReadonlySet<string>;

export const ownerName = (schema: string | null | undefined, name: string | null | undefined): string =>
  JSON.stringify([schema ?? '', name ?? '']);

const ownerOfItem = (item: Item): string => ownerName(item.schema, item.table ?? bareName(item));

/** Owners of everything that two catalogues do not have alike. */
export function differingOwners(one: Catalogue, other: Catalogue): Set<string> {
  return new Set(
    compareCatalogues(one, other).flatMap(({ key }) =>
      [one.get(key), other.get(key)].flatMap((item) => (item ? ownerOfItem(item) : [])),
    ),
  );
}

const startKinds = new Set<Item['kind']>([
  'table',
  'view',
  'materialized view',
  'type',
  'domain',
  'function',
  'procedure',
]);

/** These, and the owners of all that depends on them. */
export async function withDependents(client: Client, catalogue: Catalogue, owners: Owners): Promise<Set<string>> {
  const starts = [...catalogue.values()]
    .filter((item) => startKinds.has(item.kind) && owners.has(ownerOfItem(item)))
    .map((item): Start => ({
      kind: item.kind,
      schema: item.schema,
      name: bareName(item),
      arguments: argumentsOf(item),
      does: 'drop',
    }));
  const dependents = await dependentsOf(client, starts, { alsoRetyped: true });
  return new Set([...owners, ...dependents.map(({ schema, table, name }) => ownerName(schema, table ?? name))]);
}
