/** One state of a schema: what there is, and how each thing is made again. */
import { readCatalogue, type Catalogue, type Client } from '../../catalogue/index.ts';
import type { Entry } from '../ddl/entry.ts';
import { readEntries } from '../ddl/read.ts';
import { readColumns, type Column } from './column.ts';

export interface Side {
  catalogue: Catalogue;
  columns: Map<string, Column>;
  /** By the key of the object. */
  entries: Map<string, Entry[]>;
}

/** Leaves an object out, and with a table all that belongs to it. */
export type Ignore = (schema: string, name: string) => boolean;

export async function readSide(client: Client, ignore: Ignore | undefined): Promise<Side> {
  return {
    catalogue: await readCatalogue(client, ignore && { ignore }),
    ...(await readWays(client)),
  };
}

/** How each thing is made, to a catalogue that is known already. */
export async function readWays(client: Client): Promise<Omit<Side, 'catalogue'>> {
  const entries = new Map<string, Entry[]>();
  for (const entry of await readEntries(client)) {
    const key = entry.of ?? entry.key;
    const list = entries.get(key);
    if (list) list.push(entry);
    else entries.set(key, [entry]);
  }
  return { columns: await readColumns(client), entries };
}
