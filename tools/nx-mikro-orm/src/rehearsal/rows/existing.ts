import type { Client } from '../../catalogue/index.ts';
import { Rows } from './plan.ts';
import { readRows } from './read.ts';
import { sameTable, type RowTable } from './table.ts';
import { qualified } from './insert.ts';

/** So many rows that a history left behind are looked at: new ones have to be different, and may reference them. */
const mostExisting = 1000;

/** The rows that are there, by the table's id. */
export async function existingRows(client: Client, tables: readonly RowTable[]): Promise<Map<number, Rows>> {
  const found = new Map<number, Rows>();
  const used = tables.filter(({ isUsed }) => isUsed);
  if (used.length === 0) return found;
  const { rows } = await client.query(
    `select array[${used.map((table) => `exists (select from ${table.kind === 'p' ? '' : 'only '}${qualified(table)})`).join(', ')}] as filled`,
  );
  const [{ filled }] = rows as [{ filled: boolean[] }];
  const others = used.filter((_, at) => filled[at]);
  if (others.length === 0) return found;
  for (const held of await readRows(client, others, { most: mostExisting })) {
    const table = others.find((one) => sameTable(one, held));
    if (!table) continue;
    const present = new Rows(table);
    for (const values of held.rows)
      present.add(new Map(held.columns.map(({ name }, at) => [name, values[at] ?? null] as const)));
    found.set(table.id, present);
  }
  return found;
}
