import { escapeLiteral } from 'pg';
import type { Client } from '../../catalogue/index.ts';
import { tryInsert } from './attempt.ts';
import { columnAfter, tableAfter, type RenamedThing } from './names.ts';
import type { Reading } from './read.ts';
import { sameTable, type TableName } from './table.ts';

/** What the server's own cast makes of the values of a column whose type is changed. */
export interface PlainCast {
  table: TableName;
  column: string;
  texts: ReadonlyMap<string, string | null>;
}

/**
 * Asks the server what becomes of the values of before where they are cast to the types of after, and nothing else is done
 * to them. Columns whose values it does not cast are left out. To be called while the types of after are there.
 */
export async function plainCasts(
  client: Client,
  before: Reading,
  after: Reading,
  names: readonly RenamedThing[] = [],
): Promise<PlainCast[]> {
  const found: PlainCast[] = [];
  for (const { schema, name, columns, rows } of before) {
    const table = { schema, name };
    const now = after.find((one) => sameTable(one, tableAfter(table, names)));
    for (const [at, column] of columns.entries()) {
      const next = now?.columns.find((one) => one.name === columnAfter(table, column.name, names));
      if (!next || next.type === column.type) continue;
      const values = [...new Set(rows.map((row) => row[at]))].filter((value) => typeof value === 'string');
      const texts = values.length > 0 ? await castAll(client, values, column.type, next.type) : undefined;
      if (texts) found.push({ table, column: column.name, texts });
    }
  }
  return found;
}

/** From the old type where it is still there, or else from its text. */
async function castAll(
  client: Client,
  values: string[],
  from: string,
  to: string,
): Promise<PlainCast['texts'] | undefined> {
  for (const cast of [`v::${from}::${to}::text`, `v::${to}::text`]) {
    const { rows, refused } = await tryInsert(
      client,
      `select v as old, ${cast} as now from unnest(array[${values.map((value) => escapeLiteral(value)).join(', ')}]::text[]) v`,
    );
    if (refused === undefined)
      return new Map((rows as { old: string; now: string | null }[]).map(({ old, now }) => [old, now]));
  }
  return undefined;
}
