/**
 * What the indexes of partitions are called that are parts of their parents'. The server names them as it likes, after the
 * table as it is called at that moment, so they are not compared; but a revision may name them, as soon as a partition is on
 * its own, and then they have to be called the same each time.
 */
import { nameOf, quoted } from '../catalogue/kinds/naming.ts';
import type { Client } from '../catalogue/index.ts';
import { isPartition } from '../diff/drop.ts';
import type { Side } from '../diff/side.ts';
import { attempt } from './attempt.ts';

/** By the table and the index of its parent. */
export type PartNames = ReadonlyMap<string, { schema: string; name: string }>;

export async function partNames(client: Client, { catalogue }: Side): Promise<PartNames> {
  if (![...catalogue.values()].some(isPartition)) return new Map();
  const { rows } = await client.query(
    `select json_build_array(n.nspname, t.relname, pn.nspname, p.relname)::text as place, n.nspname as schema, c.relname as name
     from pg_inherits i join pg_class c on c.oid = i.inhrelid and c.relkind in ('i', 'I')
     join pg_index x on x.indexrelid = c.oid join pg_class t on t.oid = x.indrelid
     join pg_namespace n on n.oid = t.relnamespace
     join pg_class p on p.oid = i.inhparent join pg_namespace pn on pn.oid = p.relnamespace
     order by i.inhrelid`,
  );
  const found = rows as { place: string; schema: string; name: string }[];
  return new Map(found.map(({ place, schema, name }) => [place, { schema, name }]));
}

/** Gives those that came anew the names of before, where these are free. The statements. */
export async function namedAsBefore(client: Client, before: PartNames, side: Side): Promise<string[]> {
  if (before.size === 0) return [];
  const done: string[] = [];
  for (const [place, { schema, name }] of await partNames(client, side)) {
    const old = before.get(place)?.name;
    if (old === undefined || old === name) continue;
    const statements = [`alter index ${nameOf(schema, name)} rename to ${quoted(old)}`];
    if (!(await attempt(client, [{ statements }]))) done.push(...statements);
  }
  return done;
}
