/** From the history's schema to the models', and back: the statements, tried on scratch. */
import { keyOf, type Client } from '../catalogue/index.ts';
import { problem } from '../errors.ts';
import { firstLine, rehearse } from '../orm.ts';
import type { Scratch } from '../scratch/database.ts';
import { castOf, newTypes } from './change/casts.ts';
import { opsBetween } from './change/change.ts';
import type { Column } from './change/column.ts';
import type { ColumnAnswers } from './change/columns.ts';
import { labelsOf } from './change/enums.ts';
import { merged, unmerged } from './change/merge.ts';
import { quoted } from './change/names.ts';
import type { Op } from './change/op.ts';
import { statementsOf, takeBack, type Rename } from './change/rename.ts';
import { readSide, type Ignore, type Side } from './change/side.ts';
import type { Answers, Change, Target } from './change/target.ts';
import { tryInOrder, type Stuck } from './change/trial.ts';
import { readsColumns } from './expression.ts';
import { neutralValue } from './neutral.ts';
import type { ValueMove } from './questions/finding.ts';
import type { Ask, Decision } from './questions/question.ts';
import { settle, type Settled } from './questions/settle.ts';

/** The statements that take the history's schema to the models', and back. */
export interface Statements {
  up: string[];
  down: string[];
}

/** What a change does to names and values. */
export interface Moves {
  renames: Rename[];
  values: ValueMove[];
  /** Keys of columns whose rows get a value where they have none. */
  filled: string[];
}

export interface Difference {
  statements: Statements;
  /** The same, each change by itself: where joined ones turn out not to work. */
  single: Statements;
  decisions: Decision[];
  /** Keys of what no model describes from now on. */
  kept: string[];
  moves: Moves;
  /** Values that have to be committed before the rest can use them: keys of enum types. */
  commitFirst: string[];
}

export interface ToCompare {
  from: Side;
  wanted: Target;
  /** Keys of what is there and no wanted state says anything of. */
  byHand: ReadonlySet<string>;
  decisions: readonly Decision[];
  remembered: readonly Decision[];
  ask: Ask | undefined;
  ignore: Ignore | undefined;
  schemaStays: (name: string) => boolean;
}

/** Works out the statements in a transaction that is rolled back. @throws question-open, proof-failed */
export async function differenceBetween(scratch: Scratch, options: ToCompare): Promise<Difference> {
  const { client, session } = scratch;
  return rehearse(session, async () => {
    const settled = await settle(client, options);
    const up = await goUp(client, settled, options);
    const commitFirst = up.stuck.filter(({ refusal }) => refusal.code === unsafeNewValue);
    if (commitFirst.length > 0) {
      const grown = up.done.filter(({ statements }) => / add value /.test(statements[0] ?? ''));
      return empty(settled, [...new Set(grown.map(({ key }) => key))]);
    }
    insistOnNone('up', up.stuck, settled.byHand);
    const down = await goDown(client, settled, options);
    const there = settled.renames.flatMap(statementsOf);
    return {
      statements: { up: [...there, ...merged(up.done)], down: [...down.back, ...merged(down.done)] },
      single: { up: [...there, ...unmerged(up.done)], down: [...down.back, ...unmerged(down.done)] },
      decisions: settled.decisions,
      kept: [...settled.outcome.kept],
      moves: movesOf(settled),
      commitFirst: [],
    };
  });
}

/** 55P04 unsafe_new_enum_value_usage: a value cannot be used in the transaction that added it. */
const unsafeNewValue = '55P04';

const movesOf = ({ renames, outcome }: Settled): Moves => ({
  renames,
  values: outcome.values,
  filled: [...outcome.columns].filter(([, { fill }]) => fill !== undefined).map(([key]) => key),
});

const empty = (settled: Settled, commitFirst: string[]): Difference => ({
  statements: { up: [], down: [] },
  single: { up: [], down: [] },
  decisions: settled.decisions,
  kept: [],
  moves: movesOf(settled),
  commitFirst,
});

async function goUp(client: Client, settled: Settled, { schemaStays }: ToCompare) {
  const { from, to, byHand } = settled;
  const change: Change = {
    from,
    to,
    answers: await answersOf(settled),
    beyondModels: byHand,
    valuesAtOnce: false,
    schemaStays,
  };
  return tryInOrder(client, await opsBetween(client, change));
}

async function answersOf({ outcome, casts }: Settled): Promise<Answers> {
  const columns = new Map<string, ColumnAnswers>();
  for (const key of new Set([...outcome.columns.keys(), ...casts.keys()])) {
    const said = outcome.columns.get(key) ?? {};
    const { fill, using = casts.get(key)?.using } = said;
    const reads = fill === undefined ? false : await readsColumns(fill);
    columns.set(key, { ...said, using, ...(fill !== undefined && { fillReads: reads }) });
  }
  const types = outcome.values.filter(({ key }) => key.startsWith('type '));
  return {
    column: (key) => columns.get(key) ?? {},
    mapping: (key) => new Map(types.filter((move) => move.key === key).map(({ from, to }) => [from, to])),
    updates: outcome.values
      .filter(({ key }) => !key.startsWith('type '))
      .map(({ key, sql }): Op => ({ key, phase: 'fill', rank: 1, statements: sql })),
  };
}

/** From what up gave back to what was before. */
async function goDown(client: Client, settled: Settled, { from: to, ignore, schemaStays }: ToCompare) {
  const back = await takeBack(client, settled.renames);
  const from = await readSide(client, to.catalogue, ignore);
  const columns = new Map<string, ColumnAnswers>();
  for (const column of to.columns.values())
    columns.set(column.key, await answerBack(client, from, to, column, settled));
  const onlyValues = [...to.catalogue.values()].every(
    ({ key, kind, definition }) => kind === 'type' || from.catalogue.get(key)?.definition === definition,
  );
  const change: Change = {
    from,
    to,
    answers: {
      column: (key) => columns.get(key) ?? {},
      mapping: (key) => backOf(settled, to, key),
      updates: settled.outcome.values
        .filter(({ key, back: sql }) => !key.startsWith('type ') && sql.length > 0)
        .map(({ key, back: sql }): Op => ({ key, phase: 'fill', rank: 1, statements: sql })),
    },
    beyondModels: new Set(),
    // In production the type is an old one, and what is added to it now could not be used yet.
    valuesAtOnce: !onlyValues,
    schemaStays,
  };
  const ops = await opsBetween(client, change);
  const { done, stuck } = await tryInOrder(client, ops);
  insistOnNone('down', stuck, new Set());
  return { back, done };
}

/** A value that only comes with the change goes back to the one that it took the place of. */
function backOf({ outcome }: Settled, { catalogue }: Side, type: string): Map<string, string> {
  const item = catalogue.get(type);
  const known = (item && labelsOf(item)) ?? [];
  const moves = outcome.values.filter(({ key, to }) => key === type && !known.includes(to));
  return new Map(moves.toReversed().map(({ from, to }) => [to, from]));
}

/** How a column's values come back: by the cast the other way round, or, where they are gone, as something neutral. */
async function answerBack(
  client: Client,
  from: Side,
  to: Side,
  column: Column,
  { outcome }: Settled,
): Promise<ColumnAnswers> {
  const present = from.columns.get(column.key);
  if (!present) return { fill: neutralValue(column, to) };
  if (present.type === column.type || present.generated || column.generated) return {};
  const cast = await castOf(client, present, column, newTypes(from, to));
  if (cast.using === undefined && cast.suggestion !== undefined) return { anew: true, fill: neutralValue(column, to) };
  const zone = /at time zone ('[^']+')/.exec(outcome.columns.get(column.key)?.using ?? '')?.[1];
  return { using: zone ? `${quoted(column.name)} at time zone ${zone}` : cast.using };
}

/** @throws handwork-in-the-way, proof-failed */
function insistOnNone(stage: string, stuck: readonly Stuck[], byHand: ReadonlySet<string>): void {
  if (stuck.length === 0) return;
  const lines = stuck.map(({ op, refusal }) => `${op.key}: ${firstLine(refusal)}`);
  // What comes later may only be refused because the first is.
  if (stuck[0] && byHand.has(stuck[0].op.key)) {
    const keys = stuck.map(({ op }) => op.key).filter((key) => byHand.has(key));
    throw problem('handwork-in-the-way', { keys: [...new Set(keys)], reasons: lines });
  }
  throw problem('proof-failed', {
    stage: `${stage} fails`,
    differences: stuck.flatMap(({ op }, at) => [lines[at] ?? '', ...op.statements]),
  });
}

/**
 * The same history, but for the values that some enums get: what has to be committed before the rest. Where such a type or a
 * value of it is renamed, everything that names it says so.
 */
export async function onlyValuesOf(
  { client, session }: Scratch,
  { from, wanted, ignore }: Pick<ToCompare, 'from' | 'wanted' | 'ignore'>,
  { commitFirst, moves }: Difference,
): Promise<Target> {
  const renames = moves.renames.filter((rename) => commitFirst.includes(keyOfType(rename)));
  const { catalogue, columns } =
    renames.length === 0
      ? from
      : await rehearse(session, async () => {
          for (const sql of renames.flatMap(statementsOf)) await client.query(sql);
          return readSide(client, wanted.catalogue, ignore);
        });
  const grown = new Map(catalogue);
  for (const key of commitFirst) {
    const [was, is] = [catalogue.get(key), wanted.catalogue.get(key)];
    if (was && is && labelsOf(was) && labelsOf(is)) grown.set(key, is);
  }
  return { ...from, columns, catalogue: grown };
}

/** The key of the enum that a rename is about, as it is called afterwards. */
const keyOfType = ({ kind, schema, table, to, toSchema = schema }: Rename): string =>
  kind === 'value' ? keyOf('type', [schema, table]) : kind === 'type' ? keyOf('type', [toSchema, to]) : '';
