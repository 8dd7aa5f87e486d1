/** One state of a schema: what there is, and how each thing is made again. */
import { compareCatalogues, readCatalogue, type Catalogue, type Client } from '../../catalogue/index.ts';
import type { Entry } from '../ddl/entry.ts';
import { readEntries } from '../ddl/read.ts';
import { readColumns, type Column } from './column.ts';
import { differingOwners, withDependents, type Owners } from './owners.ts';

/** Of a large schema, only what a change is about is known in every detail. */
export interface Side {
  catalogue: Catalogue;
  columns: Map<string, Column>;
  /** By the key of the object; none until {@link load} was called. */
  entries: Map<string, Entry[]>;
  /** Reads the entries, as long as the database is in this state: they take longer than all the rest. */
  load: () => Promise<void>;
}

/** Leaves an object out, and with a table all that belongs to it. */
export type Ignore = (schema: string, name: string) => boolean;

/** The state that a database is in, with the details of what it does not have like `other`. */
export async function readSide(client: Client, other: Catalogue, ignore: Ignore | undefined): Promise<Side> {
  return detailed(client, await readCatalogue(client, ignore && { ignore }), other);
}

/** The details of a state whose catalogue is known. */
export async function detailed(client: Client, catalogue: Catalogue, other: Catalogue): Promise<Side> {
  const owners: Owners = await withDependents(client, catalogue, differingOwners(catalogue, other));
  const entries = new Map<string, Entry[]>();
  const load = async () => {
    if (entries.size > 0 || owners.size === 0) return;
    for (const entry of await readEntries(client, { only: owners })) {
      const key = entry.of ?? entry.key;
      const list = entries.get(key);
      if (list) list.push(entry);
      else entries.set(key, [entry]);
    }
  };
  return { catalogue, columns: await readColumns(client, owners), entries, load };
}

/** A state of which nothing differs, so that no detail is of interest. */
export const plain = (catalogue: Catalogue): Side => ({
  catalogue,
  columns: new Map(),
  entries: new Map(),
  load: () => Promise.resolve(),
});

/** Whether something of a state is gone or changed in the other, so that it may have to be made again. */
export const losesSomething = (catalogue: Catalogue, other: Catalogue): boolean =>
  compareCatalogues(catalogue, other).some(({ what, kind }) => what !== 'extra' && kind !== 'database');
