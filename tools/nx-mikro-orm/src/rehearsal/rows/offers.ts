/** What is offered to every column: values of its type that meet the conditions on it alone. */
import type { Client } from '../../catalogue/index.ts';
import { classesOf, columnKey } from './classes.ts';
import type { Description } from './describe.ts';
import { solve, type Trial } from './solve.ts';
import type { Check, RowColumn, RowTable } from './table.ts';
import { foundation, supplyOf, type Known } from './values/compose.ts';
import { harvest, type Harvest } from './values/harvest.ts';
import { counterSupply } from './values/numbers.ts';
import { inOrder, type Supply } from './values/supply.ts';
import { shapes } from './values/texts.ts';

export interface Offer {
  column: RowColumn;
  /** The type that reads the texts: below domains, as it is printed. */
  format: string;
  values: string[];
  /** Without those at the limits of the type. */
  calm: string[];
  /** Without those that conditions speak of, too. */
  plain: string[];
  /** So many of the first values have to occur. */
  every: number;
  mayBeNull: boolean;
  /** Other values may not be allowed. */
  strict: boolean;
}

/** A column, with what is known of it before the server is asked. */
interface Member {
  key: string;
  table: RowTable;
  column: RowColumn;
  format: string;
  supply: Supply;
  harvest: Harvest;
  isText: boolean;
  notNull: boolean;
  /** Conditions on this column alone. */
  own: string[];
}

/** Every label of an enum occurs, if there are no more; so does every value that a condition lists. */
const mostLabels = 200;
const mostListed = 20;

const isOwn = ({ columns }: Check, column: string): boolean => columns?.length === 1 && columns[0] === column;

/** What is offered, by {@link columnKey}. */
export async function offersFor(
  client: Client,
  { tables }: Description,
  known: Known,
  extremes: boolean,
): Promise<Map<string, Offer>> {
  const members = new Map(
    tables.flatMap((table) =>
      table.columns.map((column) => [columnKey(table, column.name), memberOf(known, table, column)]),
    ),
  );
  const classes = [...new Set(classesOf(tables).values())].map((keys) => keys.flatMap((key) => members.get(key) ?? []));
  const lists = classes.map((all) => candidates(all, extremes));
  const asked = classes
    .flatMap((all, at) =>
      all
        .filter(({ own }) => own.length > 0)
        .map((member) => ({ member, at, trial: trialOf(member, lists[at] ?? []) })),
    )
    .filter(({ trial }) => trial.columns[0]?.values.length);
  const solutions = await solve(
    client,
    asked.map(({ trial }) => trial),
  );
  const allowed = new Map<Member, Set<string | null>>();
  for (const [place, { member, at, trial }] of asked.entries()) {
    const solved = solutions[place];
    if (!solved) continue;
    const values = new Set(solved.solutions.map(([index = 0]) => trial.columns[0]?.values[index] ?? null));
    allowed.set(member, values);
    lists[at] = lists[at]?.filter((one) => values.has(one)) ?? [];
  }
  const offers = new Map<string, Offer>();
  for (const [at, all] of classes.entries())
    for (const member of all) offers.set(member.key, offerOf(member, lists[at] ?? [], allowed.get(member)));
  return offers;
}

function memberOf(known: Known, table: RowTable, column: RowColumn): Member {
  const { type, format, notNull } = foundation(known.types, column.type, column.format);
  const isText = type?.category === 'S';
  const own = table.checks.filter((check) => isOwn(check, column.name)).map(({ expression }) => expression);
  const spoken = table.checks
    .filter(({ columns }) => columns?.includes(column.name))
    .map(({ expression }) => expression);
  if (table.partitions?.columns.includes(column.name)) spoken.push(...table.partitions.conditions);
  const counts = column.sequence && ['int2', 'int4', 'int8'].includes(type?.name ?? '') ? column.sequence : undefined;
  return {
    key: columnKey(table, column.name),
    table,
    column,
    format,
    supply: counts ? counterSupply(type?.name ?? '', counts) : supplyOf(known, column.type, column.format),
    harvest: harvest(spoken, isText),
    isText,
    notNull: column.notNull || notNull,
    own,
  };
}

/** What all columns of a class can hold, the remarkable first. */
function candidates(members: readonly Member[], extremes: boolean): string[] {
  const lead = leaderOf(members);
  if (!lead) return [];
  const spoken = members.map((member) => member.harvest);
  const near = [
    ...spoken.flatMap((one) => one.near),
    ...(members.some(({ isText, own }) => isText && own.length > 0) ? shapes : []),
  ];
  // Nobody looks at ranges that may overlap until later, so they must not.
  const careful = members.some(({ table, column }) =>
    table.keys.some((key) => key.exclusion && key.deferrable && key.columns.includes(column.name)),
  );
  const usual = inOrder(lead.supply, extremes && !careful);
  // At the end of the list, what conditions speak of would be in none of the rows.
  const all = new Set([...spoken.flatMap((one) => one.literals), ...near.slice(0, 4), ...usual, ...near]);
  return [...all].filter((text) => members.every(({ supply }) => supply.fits(text)));
}

/** The column whose type decides: one that is counted, or that allows the least. */
const leaderOf = (members: readonly Member[]): Member | undefined =>
  members.toSorted(
    (a, b) =>
      Number(b.column.sequence !== undefined) - Number(a.column.sequence !== undefined) ||
      a.supply.ordinary.length - b.supply.ordinary.length,
  )[0];

const trialOf = ({ column, format, notNull, own }: Member, list: readonly string[]): Trial => ({
  columns: [{ name: column.name, format, values: notNull ? [...list] : [...list, null] }],
  conditions: own,
});

function offerOf(
  { column, format, supply, harvest, notNull, own }: Member,
  list: readonly string[],
  solved: ReadonlySet<string | null> | undefined,
): Offer {
  const listed = supply.every ? supply.ordinary : solved ? harvest.literals : [];
  const limit = supply.every ? mostLabels : mostListed;
  return {
    column,
    format,
    values: [...list],
    calm: list.filter((one) => !supply.extreme.includes(one)),
    plain: list.filter((one) => supply.ordinary.includes(one)),
    every: Math.min(listed.filter((one) => list.includes(one)).length, limit),
    mayBeNull: !notNull && (solved?.has(null) ?? true),
    strict: own.length > 0,
  };
}
