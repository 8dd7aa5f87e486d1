/** Asks the server which values, or which combinations of them, meet the conditions of a table. */
import { escapeIdentifier, escapeLiteral } from 'pg';
import type { Client } from '../../catalogue/index.ts';
import { tryInsert } from './attempt.ts';

export interface Trial {
  /** The values to be tried, and the type, as printed, that reads them. */
  columns: { name: string; format: string; values: (string | null)[] }[];
  conditions: string[];
  /** At least one of these has to hold, too. */
  either?: readonly string[] | undefined;
  /** What is tried instead where the server refuses: large numbers may be too large to be added. */
  otherwise?: Trial | undefined;
}

export interface Solved {
  /** The trial itself, or what was tried instead. */
  trial: Trial;
  solutions: Solution[];
}

/** The places of the values in each list; after them which of {@link Trial.either} holds. */
export type Solution = number[];

/** As many combinations are tried as a server does in a few milliseconds, and as many answers are taken. */
export const mostTried = 2000;
const mostTaken = 300;

/** Undefined where the server refused to evaluate the conditions at all. */
export async function solve(client: Client, trials: readonly Trial[]): Promise<(Solved | undefined)[]> {
  if (trials.length === 0) return [];
  // Tables of one schema tend to ask for the same things.
  const different = new Map(trials.map((trial) => [answerOf(trial), trial]));
  const all = await ask(client, [...different.values()]);
  const found = new Map<string, Solved | undefined>();
  for (const [at, [question, trial]] of [...different].entries()) {
    const solutions = all?.[at];
    found.set(question, solutions ? { trial, solutions } : await solveOne(client, trial));
  }
  return trials.map((trial) => found.get(answerOf(trial)));
}

async function solveOne(client: Client, trial: Trial): Promise<Solved | undefined> {
  const [solutions] = (await ask(client, [trial])) ?? [];
  if (solutions) return { trial, solutions };
  if (trial.otherwise) return solveOne(client, trial.otherwise);
  const [column, ...others] = trial.columns;
  return column && others.length === 0 ? { trial, solutions: await oneByOne(client, trial, column) } : undefined;
}

/** One value may be what the conditions cannot take: no number, to a cast. The others still count. */
async function oneByOne(client: Client, trial: Trial, column: Trial['columns'][number]): Promise<Solution[]> {
  const found: Solution[] = [];
  for (const [at, value] of column.values.entries()) {
    const [solutions] = (await ask(client, [{ ...trial, columns: [{ ...column, values: [value] }] }])) ?? [];
    const [solution] = solutions ?? [];
    if (solution) found.push([at, ...solution.slice(1)]);
  }
  return found;
}

async function ask(client: Client, trials: readonly Trial[]): Promise<Solution[][] | undefined> {
  const { rows, refused } = await tryInsert(client, questionOf(trials));
  return refused === undefined ? (rows as { found: Solution[] }[]).map(({ found }) => found) : undefined;
}

const questionOf = (trials: readonly Trial[]): string =>
  trials.map((trial, at) => `select ${at} as trial, (${answerOf(trial)}) as found`).join('\nunion all\n') +
  '\norder by trial';

/** Few steps into the lists first: their beginnings are what rows take when they are free to. */
function answerOf({ columns, conditions, either }: Trial): string {
  const places = columns.map((_, at) => `"~${at}"`);
  const holds =
    either && `case ${either.map((condition, at) => `when (${condition}) is not false then ${at}`).join(' ')} end`;
  const list = [...places, ...(holds ? ['"~holds"'] : [])];
  return `select coalesce(json_agg(array[${list.join(', ')}]), '[]') from (
    select ${places.join(', ')}${holds ? `, ${holds} as "~holds"` : ''} from ${columns.map(values).join(', ')}
    where ${[...conditions.map((one) => `(${one}) is not false`), ...(holds ? [`${holds} is not null`] : []), 'true'].join(' and ')}
    order by ${places.join(' + ')}, ${places.join(', ')} limit ${mostTaken}) solved`;
}

/** `offset 0` keeps the server from reading a text again for every combination that it is part of. */
const values = ({ name, format, values }: Trial['columns'][number], at: number): string =>
  `(select place - 1 as "~${at}", text::${format} as ${escapeIdentifier(name)}
    from unnest(array[${values.map((value) => (value === null ? 'null' : escapeLiteral(value))).join(',')}]::text[])
    with ordinality u (text, place) offset 0) v${at}`;
