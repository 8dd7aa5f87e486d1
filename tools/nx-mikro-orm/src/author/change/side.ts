/** One state of a schema: what there is, and how each thing is made again. */
import { readCatalogue, type Catalogue, type Client } from '../../catalogue/index.ts';
import type { Entry } from '../ddl/entry.ts';
import { readEntries } from '../ddl/read.ts';
import { readColumns, type Column } from './column.ts';
import { differingOwners, withDependents, type Owners } from './owners.ts';

/** Of a large schema, only what a change is about is known in every detail. */
export interface Side {
  catalogue: Catalogue;
  columns: Map<string, Column>;
  /** By the key of the object. */
  entries: Map<string, Entry[]>;
}

/** Leaves an object out, and with a table all that belongs to it. */
export type Ignore = (schema: string, name: string) => boolean;

/** The state that a database is in, with the details of what it does not have like `other`. */
export async function readSide(client: Client, other: Catalogue, ignore: Ignore | undefined): Promise<Side> {
  const catalogue = await readCatalogue(client, ignore && { ignore });
  return { catalogue, ...(await readWays(client, catalogue, other)) };
}

/** How each thing is made that a database does not have like `other`, and all that depends on those. */
export async function readWays(
  client: Client,
  catalogue: Catalogue,
  other: Catalogue,
): Promise<Omit<Side, 'catalogue'>> {
  const owners: Owners = await withDependents(client, catalogue, differingOwners(catalogue, other));
  if (owners.size === 0) return { columns: new Map(), entries: new Map() };
  const entries = new Map<string, Entry[]>();
  for (const entry of await readEntries(client, { only: owners })) {
    const key = entry.of ?? entry.key;
    const list = entries.get(key);
    if (list) list.push(entry);
    else entries.set(key, [entry]);
  }
  return { columns: await readColumns(client, owners), entries };
}
