/** Which columns of a table are chosen together, and what there is to choose from. */
import type { Client } from '../../catalogue/index.ts';
import { columnKey } from './classes.ts';
import type { Offer } from './offers.ts';
import type { FillUnit } from './plan.ts';
import { mostTried, solve, type Solution, type Solved, type Trial } from './solve.ts';
import type { RowTable } from './table.ts';

/** What conditions on several columns leave of their values: for each table, groups of columns. */
export type Groups = Map<RowTable, { unit: FillUnit; every: number }[]>;

export async function groupsFor(
  client: Client,
  tables: readonly RowTable[],
  offers: ReadonlyMap<string, Offer>,
): Promise<Groups> {
  const asked = tables.flatMap((table) =>
    componentsOf(table).map((names) => ({ table, names, ...trialFor(table, names, offers) })),
  );
  const sensible = asked.filter(({ trial }) => trial.columns.every(({ values }) => values.length > 0));
  const solutions = await solve(
    client,
    sensible.map(({ trial }) => trial),
  );
  const groups: Groups = new Map();
  for (const [at, { table, names, every }] of sensible.entries()) {
    // Conditions that cannot be evaluated apart from a row are the server's to judge, when rows are put in.
    const solved = solutions[at];
    if (!solved) continue;
    const { columns } = solved.trial;
    const { ordered, covering } = diverse(solved, every);
    const tuples = ordered.map((solution) => columns.map(({ values }, place) => values[solution[place] ?? 0] ?? null));
    const unit: FillUnit = { columns: names, tuples, nullable: [], strict: true };
    groups.set(table, [...(groups.get(table) ?? []), { unit, every: covering }]);
  }
  return groups;
}

/** Columns that conditions, or the bounds of partitions, tie together. */
function componentsOf(table: RowTable): string[][] {
  const known = new Set(table.columns.map(({ name }) => name));
  const ties = table.checks.flatMap(({ columns }) => (columns && columns.length > 1 ? [columns] : []));
  if (table.partitions) ties.push(table.partitions.columns);
  let components: string[][] = [];
  for (const columns of ties) {
    if (columns.length === 0 || !columns.every((name) => known.has(name))) continue;
    const touched = components.filter((one) => one.some((name) => columns.includes(name)));
    components = [...components.filter((one) => !touched.includes(one)), [...new Set([...touched.flat(), ...columns])]];
  }
  return components;
}

function trialFor(table: RowTable, names: readonly string[], offers: ReadonlyMap<string, Offer>) {
  const all = names.flatMap((name) => offers.get(columnKey(table, name)) ?? []);
  const within = table.checks.filter(({ columns }) => columns?.every((name) => names.includes(name)));
  const { partitions } = table;
  const trying = (which: 'values' | 'calm' | 'plain'): Trial => {
    const lists = listsOf(all, which);
    return {
      columns: all.map(({ column, format }, at) => ({ name: column.name, format, values: lists[at] ?? [] })),
      conditions: within.map(({ expression }) => expression),
      either: partitions?.columns.every((name) => names.includes(name)) ? partitions.conditions : undefined,
    };
  };
  const trial: Trial = { ...trying('values'), otherwise: { ...trying('calm'), otherwise: trying('plain') } };
  return { trial, every: all.map((one) => one.every) };
}

/** The values of several columns, so few of each that all combinations can be tried. */
function listsOf(offers: readonly Offer[], which: 'values' | 'calm' | 'plain'): (string | null)[][] {
  const lists = offers.map((offer): (string | null)[] => {
    const values = offer[which];
    return offer.mayBeNull ? [...values.slice(0, 1), null, ...values.slice(1)] : [...values];
  });
  while (lists.reduce((product, list) => product * list.length, 1) > mostTried) {
    const longest = lists.toSorted((a, b) => b.length - a.length)[0];
    if (!longest || longest.length < 3) break;
    longest.length -= 1;
  }
  return lists;
}

/** Solutions in an order that soon has every value that must occur, every partition, and as many others as can be. */
function diverse({ trial, solutions }: Solved, every: readonly number[]) {
  const worth = trial.columns.map(({ values }, place): number[] => {
    const listed = new Set(values.filter((one) => one !== null).slice(0, every[place] ?? 0));
    return values.map((value) => (value !== null && listed.has(value) ? listedWorth : 1));
  });
  // What follows the columns is the partition.
  worth.push((trial.either ?? []).map((): number => listedWorth));
  const left = new Set(solutions);
  const ordered: Solution[] = [];
  let covering = 0;
  while (left.size > 0 && ordered.length < mostOrdered) {
    let best: Solution | undefined;
    let most = -1;
    for (const one of left) {
      let news = 0;
      for (const [place, index] of one.entries()) news += worth[place]?.[index] ?? 0;
      if (news > most) [best, most] = [one, news];
    }
    if (!best) break;
    left.delete(best);
    ordered.push(best);
    if (most >= listedWorth) covering = ordered.length;
    for (const [place, index] of best.entries()) (worth[place] ??= [])[index] = 0;
  }
  return { ordered: [...ordered, ...left], covering };
}

/** Beyond these, one is as good as another. */
const mostOrdered = 24;
const listedWorth = 100;
