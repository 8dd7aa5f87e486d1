import type { Client } from '../../catalogue/index.ts';
import { tryInsert } from './attempt.ts';
import { insertOf, qualified } from './insert.ts';
import { attemptsFor, rowAt, type FillPlan, type Row, type Rows } from './plan.ts';

/** How often the server is asked about one row, and how many rows it may refuse before it is believed to refuse all. */
const mostAsked = 8;
const mostRefused = 3;

/** How many rows a table got, and why not more. */
export interface Put {
  rows: number;
  reason: string;
}

const why: Record<string, string> = { v: 'it is a view', m: 'it is a materialized view', f: 'it is a foreign table' };

/** Rows that should do. Adds them to `present`. */
export function rowsOf(plan: FillPlan, present: Rows): { rows: Row[]; reason: string } {
  const { table } = plan;
  const reason = why[table.kind];
  if (reason) return { rows: [], reason };
  if (table.partitions?.conditions.length === 0)
    return { rows: [], reason: 'it has no partition that could take rows' };
  const rows: Row[] = [];
  for (let number = 0; number < plan.rows; number++) {
    const [row] = rowsFor(plan, number, present);
    if (!row) continue;
    rows.push(row);
    present.add(row);
  }
  return { rows, reason: rows.length > 0 ? '' : whyNone(plan) };
}

/** Puts in rows: all at once where the server takes them, one by one where it does not. Adds them to `present`. */
export async function putRows(client: Client, plan: FillPlan, present: Rows): Promise<Put> {
  const trial = present.copy();
  const { rows, reason } = rowsOf(plan, trial);
  if (rows.length === 0) return { rows: 0, reason };
  const { refused } = await tryInsert(client, insertOf(plan.table, rows));
  if (refused !== undefined) return oneByOne(client, plan, present);
  for (const row of rows) present.add(row);
  return { rows: rows.length, reason };
}

/** What could be row `number`, the best first. */
function* rowsFor(plan: FillPlan, number: number, present: Rows): Generator<Row> {
  for (let again = 0; again < attemptsFor(plan); again++) {
    const row = rowAt(plan, number, again, present);
    if (row) yield row;
  }
}

async function oneByOne(client: Client, plan: FillPlan, present: Rows): Promise<Put> {
  let rows = 0;
  let reason = '';
  let given = 0;
  for (let number = 0; number < plan.rows && (rows > 0 || given < mostRefused); number++) {
    let asked = 0;
    let taken = false;
    for (const row of rowsFor(plan, number, present)) {
      const { refused } = await tryInsert(client, insertOf(plan.table, [row]));
      taken = refused === undefined;
      if (taken) present.add(row);
      else reason ||= refused ?? '';
      if (taken || ++asked >= mostAsked) break;
    }
    if (taken) rows += 1;
    else given += 1;
  }
  return { rows, reason };
}

/** Where not even one row could be thought of. */
function whyNone({ table, units }: FillPlan): string {
  const none = units.find(
    ({ tuples, nullable, byDefault, reference }) =>
      tuples.length === 0 && nullable.length === 0 && !byDefault && !reference?.own,
  );
  if (!none) return `no two rows of ${qualified(table)} could be told apart`;
  const columns = none.columns.join(', ');
  if (none.reference) return `what it references by ${columns} has no rows`;
  const checks = table.checks.filter((check) => check.columns?.some((name) => none.columns.includes(name)));
  return checks.length > 0
    ? `no value was found for ${columns} that meets ${checks.map(({ expression }) => expression).join(' and ')}`
    : `no value was found for ${columns}`;
}
