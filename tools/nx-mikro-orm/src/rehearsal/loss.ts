import type { Client } from 'pg';
import { parseStatements } from '../sql/parse.ts';
import { countLosses, withRows, type Loss } from './loss/count.ts';
import { Damage } from './loss/damage.ts';
import { followStatement } from './loss/follow.ts';
import { Names } from './loss/names.ts';
import { oneLine, shortened } from '../text/line.ts';
import { counted } from '../text/count.ts';

export type { Loss } from './loss/count.ts';

/**
 * Counts what statements, in this order, would destroy of what the database holds now. Nothing of them is run: their names
 * are followed from one to the next, and resolved by the server in the session's search_path. Each count is one query in a
 * read-only transaction, exact, and reads the whole table. Views, indexes, sequences, generated columns and what the
 * statements themselves make hold no data of their own. The client is in no transaction.
 */
export async function lossOf(client: Client, statements: readonly string[]): Promise<Loss> {
  const damage = new Damage();
  const names = await Names.of(client, damage);
  for (const sql of statements)
    for (const statement of await parseStatements(sql)) await followStatement(client, names, damage, statement);
  const { items, refused } = await countLosses(client, damage);
  return { items, uncounted: [...(await withRows(client, damage)), ...refused] };
}

/** Would anything be lost, or can nobody tell? */
export const loses = (loss: Loss): boolean => total(loss) > 0 || loss.uncounted.length > 0;

/** Rows and values together; what cannot be counted is not in it. */
export const total = ({ items }: Loss): number => items.reduce((sum, { rows }) => sum + rows, 0);

/** A line for each loss: first what is certain, the most first, then what cannot be counted. */
export function lossLines({ items, uncounted }: Loss): string[] {
  return [
    ...items
      .toSorted((a, b) => b.rows - a.rows)
      .map(({ what, name, rows }) => `${what} ${name}: ${counted(rows, what === 'table' ? 'row' : 'value')}`),
    ...uncounted.map(({ statement, why }) => `not counted: ${short(statement)} (${why})`),
  ];
}

/** `1 204 rows, 17 values and what cannot be counted`: the end of a sentence about what is lost. */
export function lossInWords({ items, uncounted }: Loss): string {
  const sum = (kind: 'table' | 'column') => items.reduce((all, { what, rows }) => all + (what === kind ? rows : 0), 0);
  const parts = [
    ...(sum('table') > 0 ? [counted(sum('table'), 'row')] : []),
    ...(sum('column') > 0 ? [counted(sum('column'), 'value')] : []),
    ...(uncounted.length > 0 ? ['what cannot be counted'] : []),
  ];
  const last = parts.pop() ?? 'nothing';
  return parts.length > 0 ? `${parts.join(', ')} and ${last}` : last;
}

const short = (statement: string): string => shortened(oneLine(statement), 100);
