/** After rows were put in without the server looking at what is between tables: what does not hold is taken back. */
import { escapeIdentifier } from 'pg';
import type { Client } from '../../catalogue/index.ts';
import { tryInsert } from './attempt.ts';
import { qualified } from './insert.ts';
import type { Reference, RowSequence, RowTable } from './table.ts';

/** How many rows had to go, by table. */
export type LostValue = Map<RowTable, number>;

/** `unsure` are the references that may not have their row. */
export async function settleRows(
  client: Client,
  filled: readonly RowTable[],
  all: readonly RowTable[],
  unsure: ReadonlySet<Reference>,
): Promise<LostValue> {
  const gone: LostValue = new Map();
  const remove = async (table: RowTable, condition: string): Promise<number> => {
    const outcome = await tryInsert(
      client,
      `with gone as (delete from ${rowsOf(table)} t where ${condition} returning 1) select count(*)::int as rows from gone`,
    );
    const [{ rows } = { rows: 0 }] = outcome.rows as { rows: number }[];
    gone.set(table, (gone.get(table) ?? 0) + rows);
    return rows;
  };
  for (const table of filled)
    for (const { columns, deferrable, nullsNotDistinct } of table.keys)
      if (deferrable) await remove(table, isRepeated(table, columns, nullsNotDistinct));
  const references = filled.flatMap((table) =>
    table.references.flatMap((reference) => {
      const to = unsure.has(reference) ? all.find(({ id }) => id === reference.to) : undefined;
      return to ? [{ table, reference, condition: dangles(reference, to) }] : [];
    }),
  );
  // A row that goes may have been referenced itself.
  for (let more = references.length > 0; more;) {
    const counts = await client.query(
      `select array[${references.map(({ table, condition }) => `(select count(*)::int from ${rowsOf(table)} t where ${condition})`).join(', ')}] as counts`,
    );
    const [{ counts: dangling }] = counts.rows as [{ counts: number[] }];
    more = false;
    for (const [at, { table, reference, condition }] of references.entries())
      if (dangling[at]) {
        if (await clear(client, table, reference, condition)) continue;
        if ((await remove(table, condition)) > 0) more = true;
      }
  }
  await goOnAfter(client, filled);
  return gone;
}

/** The rows that are in the table itself, or in its partitions. */
const rowsOf = (table: RowTable): string => `${table.kind === 'p' ? '' : 'only '}${qualified(table)}`;

const own = (column: string): string => `t.${escapeIdentifier(column)}`;

function dangles({ columns, toColumns, operators }: Reference, to: RowTable): string {
  const equal = columns.map(
    (column, at) => `p.${escapeIdentifier(toColumns[at] ?? '')} ${operators[at] ?? '='} ${own(column)}`,
  );
  const given = columns.map((column) => `${own(column)} is not null`);
  // What a column will hold that only comes with the change, nobody knows.
  if (toColumns.some((column) => !to.columns.some(({ name }) => name === column))) return given.join(' and ');
  return `${given.join(' and ')} and not exists (select from ${rowsOf(to)} p where ${equal.join(' and ')})`;
}

function isRepeated(table: RowTable, columns: readonly string[], nullsNotDistinct: boolean): string {
  const list = columns.map((column) => escapeIdentifier(column)).join(', ');
  const given = nullsNotDistinct
    ? 'true'
    : columns.map((column) => `${escapeIdentifier(column)} is not null`).join(' and ');
  return `(t.tableoid, t.ctid) in (select tableoid, ctid from (
    select tableoid, ctid, row_number() over (partition by ${list} order by tableoid, ctid) as place
    from ${rowsOf(table)} where ${given}) repeated where place > 1)`;
}

/** Makes a reference null where it may be. */
async function clear(client: Client, table: RowTable, { columns }: Reference, condition: string): Promise<boolean> {
  const nullable = columns.filter((column) => table.columns.some(({ name, notNull }) => name === column && !notNull));
  if (nullable.length < columns.length) return false;
  const sets = columns.map((column) => `${escapeIdentifier(column)} = null`).join(', ');
  const { refused } = await tryInsert(client, `update ${rowsOf(table)} t set ${sets} where ${condition}`);
  return refused === undefined;
}

/**
 * Lets sequences go on after the values that were put in. Other than `setval`, `alter sequence … restart` is undone when
 * the transaction is (manual, ALTER SEQUENCE).
 */
async function goOnAfter(client: Client, tables: readonly RowTable[]): Promise<void> {
  const counted = tables.flatMap((table) =>
    table.columns.flatMap(({ name, sequence }) => (sequence ? [{ table, name, sequence }] : [])),
  );
  if (counted.length === 0) return;
  const questions = counted.map(
    ({ table, name, sequence }) =>
      `(select json_build_array((select ${BigInt(sequence.increment) > 0n ? 'max' : 'min'}(${escapeIdentifier(name)})::text from ${rowsOf(table)}), last_value::text, is_called) from ${sequence.name})`,
  );
  const asked = await tryInsert(client, `select json_build_array(${questions.join(', ')}) as found`);
  if (asked.refused !== undefined) return;
  const [{ found }] = asked.rows as [{ found: [string | null, string, boolean][] }];
  const restarts = counted.flatMap(({ sequence }, at) => {
    const next = nextOf(sequence, ...(found[at] ?? [null, '0', false]));
    return next === undefined ? [] : [`alter sequence ${sequence.name} restart with ${next}`];
  });
  if (restarts.length > 0) await tryInsert(client, restarts.join('; '));
}

/** What the sequence has to give next, where it would give something else. */
function nextOf(sequence: RowSequence, used: string | null, last: string, isCalled: boolean): bigint | undefined {
  if (used === null || !/^-?\d+$/.test(used)) return undefined;
  const step = BigInt(sequence.increment);
  const next = isCalled ? BigInt(last) + step : BigInt(last);
  const after = BigInt(used) + step;
  if (step > 0n ? next >= after : next <= after) return undefined;
  return after > BigInt(sequence.max) || after < BigInt(sequence.min) ? undefined : after;
}
