/** Generated rows in tables that have few or none, so that it can be seen what a change makes of them. */
import type { Client } from '../../catalogue/index.ts';
import { inOrderOfReference } from './classes.ts';
import { describeTables } from './describe.ts';
import { addDemands, type Demand } from './demand.ts';
import { existingRows } from './existing.ts';
import { askAboutTypes } from './known.ts';
import { offersFor } from './offers.ts';
import { planFor } from './planned.ts';
import { Rows } from './plan.ts';
import { putRows } from './put.ts';
import { quietly } from './quiet.ts';
import { settle } from './settle.ts';
import { sameTable, type Table, type TableName } from './table.ts';
import { groupsFor } from './units.ts';

export interface FillOptions {
  /** What rows have to meet besides what the tables ask of them now: what they will ask after a change. */
  demands?: readonly Demand[];
  /** False for rows of nothing but ordinary values. */
  extremes?: boolean;
}

export interface Filled {
  filled: { table: TableName; rows: number }[];
  /** Tables that got no row, and why: the server's reason where it refused them. */
  empty: { table: TableName; reason: string }[];
}

/**
 * Puts rows into these tables and into all that they reference, inside the open transaction. The same tables get the
 * same rows every time. No trigger and no rule runs. What the server refuses is told, not thrown.
 */
export async function fillTables(
  client: Client,
  tables: readonly TableName[],
  { demands = [], extremes = true }: FillOptions = {},
): Promise<Filled> {
  if (tables.length === 0) return { filled: [], empty: [] };
  const named = [...tables, ...demands.flatMap(({ references = [] }) => references.map(({ to }) => to))];
  const found = await describeTables(client, named);
  const description = { ...found, tables: addDemands(found, demands) };
  const missing = found.named.filter(({ id }) => id === null);
  const result: Filled = {
    filled: [],
    empty: missing.map(({ schema, name }) => ({ table: { schema, name }, reason: 'there is no such table' })),
  };
  const quiet = await quietly(client, description, async () => {
    const known = await askAboutTypes(client, description, extremes);
    const offers = await offersFor(client, description, known, extremes);
    const groups = await groupsFor(client, description.tables, offers);
    const rows = await existingRows(client, description.tables);
    const counts = new Map<Table, number>();
    for (const table of inOrderOfReference(description.tables)) {
      const present = rows.get(table.id) ?? new Rows(table);
      rows.set(table.id, present);
      const put = await putRows(client, planFor(table, { offers, groups, rows }), present);
      if (put.rows > 0) counts.set(table, put.rows);
      else result.empty.push({ table: nameOf(table), reason: put.reason });
    }
    const gone = await settle(client, [...counts.keys()], description.tables);
    for (const [table, count] of counts) {
      const left = count - (gone.get(table) ?? 0);
      if (left > 0) result.filled.push({ table: nameOf(table), rows: left });
      else result.empty.push({ table: nameOf(table), reason: 'no row had what it references, or was the only one of its kind' });
    }
  });
  if ('refused' in quiet)
    result.empty.push(...description.tables.map((table) => ({ table: nameOf(table), reason: quiet.refused })));
  const order = (one: { table: TableName }) => tables.findIndex((name) => sameTable(name, one.table)) >>> 0;
  result.filled.sort((a, b) => order(a) - order(b));
  return result;
}

const nameOf = ({ schema, name }: Table): TableName => ({ schema, name });
