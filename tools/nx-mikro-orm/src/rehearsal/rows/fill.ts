/** Generated rows in tables that have few or none, so that it can be seen what a change makes of them. */
import type { Client } from '../../catalogue/index.ts';
import { tryInsert } from './attempt.ts';
import { inOrderOfReference } from './classes.ts';
import { describeTables } from './describe.ts';
import { addDemands, type Demand } from './demand.ts';
import { existingRows } from './existing.ts';
import { insertOf } from './insert.ts';
import { askAboutTypes } from './known.ts';
import { offersFor } from './offers.ts';
import { fillPlanFor, type Choices } from './planned.ts';
import { Rows, type FillPlan } from './plan.ts';
import { putRows, rowsOf, type Put } from './put.ts';
import { quietly } from './quiet.ts';
import { settleRows } from './settle.ts';
import { sameTable, type Reference, type RowTable, type TableName } from './table.ts';
import { groupsFor } from './units.ts';

export interface FillOptions {
  /** What rows have to meet besides what the tables ask of them now: what they will ask after a change. */
  demands?: readonly Demand[];
  /** False for rows of nothing but ordinary values. */
  extremes?: boolean;
  /** False where no row is to have nothing in every column that allows it. */
  sparse?: boolean;
}

export interface FilledRows {
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
  { demands = [], extremes = true, sparse = true }: FillOptions = {},
): Promise<FilledRows> {
  if (tables.length === 0) return { filled: [], empty: [] };
  const named = [...tables, ...demands.flatMap(({ references = [] }) => references.map(({ to }) => to))];
  const found = await describeTables(client, named);
  const description = { ...found, tables: addDemands(found, demands) };
  const missing = found.named.filter((one) => one.id === null && tables.some((name) => sameTable(name, one)));
  const result: FilledRows = {
    filled: [],
    empty: missing.map(({ schema, name }) => ({ table: { schema, name }, reason: 'there is no such table' })),
  };
  const quiet = await quietly(client, description, async () => {
    const known = await askAboutTypes(client, description, extremes);
    const offers = await offersFor(client, description, known, extremes);
    const groups = await groupsFor(client, description.tables, offers);
    const existing = await existingRows(client, description.tables);
    const { counts, reasons, unsure } = await putAll(
      client,
      inOrderOfReference(description.tables),
      { offers, groups, isSparse: sparse },
      existing,
    );
    for (const [table, reason] of reasons) result.empty.push({ table: nameOf(table), reason });
    const gone = await settleRows(client, [...counts.keys()], description.tables, unsure);
    for (const [table, count] of counts) {
      const left = count - (gone.get(table) ?? 0);
      if (left > 0) result.filled.push({ table: nameOf(table), rows: left });
      else
        result.empty.push({
          table: nameOf(table),
          reason: 'no row had what it references, or was the only one of its kind',
        });
    }
  });
  if ('refused' in quiet)
    result.empty.push(...description.tables.map((table) => ({ table: nameOf(table), reason: quiet.refused })));
  const order = (one: { table: TableName }) => tables.findIndex((name) => sameTable(name, one.table)) >>> 0;
  result.filled.sort((a, b) => order(a) - order(b));
  return result;
}

interface Outcome {
  counts: Map<RowTable, number>;
  reasons: Map<RowTable, string>;
  unsure: Set<Reference>;
}

/** Everything at once where the server takes it, which it mostly does, or else table by table. */
async function putAll(
  client: Client,
  tables: readonly RowTable[],
  choices: Omit<Choices, 'rows'>,
  existing: ReadonlyMap<number, Rows>,
): Promise<Outcome> {
  const statements: string[] = [];
  const atOnce = await each(tables, choices, existing, async (plan, present) => {
    const { rows, reason } = rowsOf(plan, present);
    if (rows.length > 0) statements.push(insertOf(plan.table, rows));
    return { rows: rows.length, reason };
  });
  if (statements.length === 0) return atOnce;
  const { refused } = await tryInsert(client, statements.join('; '));
  if (refused === undefined) return atOnce;
  const one = await each(tables, choices, existing, (plan, present) => putRows(client, plan, present));
  // Rows that were refused may have been referenced.
  return { ...one, unsure: new Set(tables.flatMap(({ references }) => references)) };
}

async function each(
  tables: readonly RowTable[],
  choices: Omit<Choices, 'rows'>,
  existing: ReadonlyMap<number, Rows>,
  put: (plan: FillPlan, present: Rows) => Promise<Put>,
): Promise<Outcome> {
  const outcome: Outcome = { counts: new Map(), reasons: new Map(), unsure: new Set() };
  const rows = new Map<number, Rows>();
  for (const table of tables) {
    const present = existing.get(table.id)?.copy() ?? new Rows(table);
    const plan = fillPlanFor(table, { ...choices, rows });
    rows.set(table.id, present);
    const found = await put(plan, present);
    if (found.rows > 0) outcome.counts.set(table, found.rows);
    else outcome.reasons.set(table, found.reason);
    for (const reference of plan.left) outcome.unsure.add(reference);
  }
  return outcome;
}

const nameOf = ({ schema, name }: RowTable): TableName => ({ schema, name });
