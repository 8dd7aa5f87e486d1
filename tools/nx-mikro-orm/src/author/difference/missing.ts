/** What a history lacks to give a schema that is wanted: worked out and proven, on scratch at its head. */
import {
  describe,
  readKey,
  spelled,
  type Catalogue,
  type Difference as CatalogueDifference,
} from '../../catalogue/index.ts';
import type { Project } from '../../config.ts';
import { isProblem, problem, type Problem } from '../../errors.ts';
import type { Scratch } from '../../rehearsal/scratch/database.ts';
import { isTouched, type Handwork } from '../../diff/handwork.ts';
import type { Ignore, Side } from '../../diff/side.ts';
import type { DesiredState } from '../../diff/target.ts';
import { onlyValuesOf } from './commit-first.ts';
import type { Statements } from '../../diff/moves.ts';
import { mentionsIn } from './mentions.ts';
import { differenceBetween, type SchemaDiff } from './difference.ts';
import { formatStatement } from '../file/file.ts';
import { prove, type Proof } from '../../rehearsal/proof.ts';
import type { ScriptTrace } from '../../review/trace/script.ts';
import { traceWithin } from '../../review/trace/within.ts';
import { sameNames } from '../../diff/questions/decision.ts';
import type { Decision } from '../../diff/questions/question.ts';

/** How questions are answered. */
export interface Deciding {
  decisions: readonly Decision[];
  /** Decisions of before, which may answer nothing any more. */
  remembered?: readonly Decision[] | undefined;
}

/** What the history has, what is wanted, and how they differ. */
export interface States {
  from: Side;
  wanted: DesiredState;
  differences: CatalogueDifference[];
  /** What is there and no wanted state says anything of. */
  handwork: Handwork;
  ignore: Ignore | undefined;
  /** Keys of what was kept as it is before. */
  kept?: ReadonlySet<string>;
}

export interface Missing {
  statements: Statements;
  proof: Proof;
  /** What they did to tables with rows. */
  trace: ScriptTrace;
  differences: string[];
  /** Columns that come to a table that is there already, and that its rows would have no value for. */
  required: string[];
  /** What functions still name, though it is gone or renamed, as sentences. */
  mentions: string[];
  decisions: Decision[];
  /** Decisions that are about what comes after the values. */
  later: Decision[];
  kept: string[];
  /** Keys of what stays as it is, though something else is wanted. */
  held: string[];
  /** Values of enums that have to be committed first: it is only these. */
  isFirst: boolean;
}

/** Undefined where only something differs that nobody but its author has to see to. @throws question-open, proof-failed */
export async function missingBetween(
  project: Project,
  scratch: Scratch,
  { from, wanted, differences, handwork, ignore, kept }: States,
  { decisions, remembered = [] }: Deciding,
): Promise<Missing | undefined> {
  const schemaStays = (name: string) => name === project.table.schema;
  const options = { from, handwork, decisions, remembered, ignore, schemaStays, ...(kept && { kept }) };
  const whole = await differenceBetween(scratch, { ...options, wanted });
  const isFirst = whole.commitFirst.length > 0;
  const target = isFirst ? await onlyValuesOf(scratch, { from, ignore }, whole) : wanted;
  const found = isFirst
    ? await differenceBetween(scratch, {
        ...{ ...options, wanted: target, decisions: [] },
        remembered: [...whole.decisions, ...decisions.filter(({ kind }) => kind === 'keep')],
      })
    : whole;
  if (found.statements.up.length === 0 && found.kept.length === 0 && !keepsMore(found, kept)) {
    // What was changed by hand and no model can say (a storage parameter) is not the models' affair.
    if (differences.every(({ key }) => isTouched(handwork, key))) return undefined;
    throw problem('not-expressible', { differences: differences.map(describe) });
  }
  const { statements, proof, trace } = await proveOne(scratch, waysOf(found), (one, look) =>
    prove(scratch, {
      look,
      statements: one,
      before: from.catalogue,
      wanted: found.desired,
      isLeftAlone: found.isLeftAlone,
      moves: found.moves,
      ignore,
      schemaStays,
    }),
  );
  return {
    statements,
    proof,
    trace,
    differences: differences.map(describe),
    required: requiredColumns(differences, wanted.catalogue, found.decisions),
    mentions: isFirst ? [] : mentionsIn(from.catalogue, found.desired),
    decisions: found.decisions,
    later: whole.decisions,
    kept: found.kept,
    held: found.held,
    isFirst,
  };
}

/** Whether something stays as it is from now on: that alone is worth a revision, which remembers it. */
const keepsMore = ({ held }: SchemaDiff, kept: ReadonlySet<string> = new Set()): boolean =>
  held.some((key) => !kept.has(key));

/** A look at what is missing: nothing is asked, and nothing proven. */
export interface Sketch {
  differences: string[];
  /** None where a question comes first. */
  sql: string[];
  /** Questions that `create` would ask, each with the flags that answer it. */
  open: { question: string; flags: string[] }[];
}

export async function sketchOf(
  project: Project,
  scratch: Scratch,
  { from, wanted, differences, handwork, ignore, kept }: States,
): Promise<Sketch> {
  const schemaStays = (name: string) => name === project.table.schema;
  const options = {
    ...{ from, wanted, handwork, ignore, schemaStays, decisions: [], remembered: [] },
    ...(kept && { kept }),
  };
  const lines = differences.map(describe);
  try {
    const { statements } = await differenceBetween(scratch, options);
    return { differences: lines, sql: statements.up.map(formatStatement), open: [] };
  } catch (error) {
    if (!isProblem(error)) throw error;
    const open = error.code === 'question-open' ? (error as Problem<'question-open'>).facts.open : [];
    return { differences: lines, sql: [], open };
  }
}

/** Changes of one table joined in both directions, in one of them, in none. */
const waysOf = ({ statements: joined, single }: SchemaDiff): Statements[] =>
  [joined, { up: joined.up, down: single.down }, { up: single.up, down: joined.down }, single].filter(
    (one, at, all) => all.findIndex((other) => JSON.stringify(other) === JSON.stringify(one)) === at,
  );

/** Proves the first of several ways that can be proven, and looks on. */
async function proveOne(
  { client }: Scratch,
  ways: readonly Statements[],
  work: (statements: Statements, look: () => Promise<unknown>) => Promise<Proof>,
): Promise<Pick<Missing, 'statements' | 'proof' | 'trace'>> {
  let failure: unknown;
  for (const { up, down } of ways) {
    const statements = { up: up.map(formatStatement), down: down.map(formatStatement) };
    let trace: ScriptTrace | undefined;
    try {
      const proof = await work(statements, async () => (trace = await traceWithin(client, statements.up)));
      return { statements, proof, trace: trace! };
    } catch (error) {
      if (!isProblem(error)) throw error;
      failure ??= error;
    }
  }
  throw failure;
}

/** Columns that may not be null and get no value, because somebody said that there are no rows. */
function requiredColumns(
  differences: readonly CatalogueDifference[],
  wanted: Catalogue,
  decisions: readonly Decision[],
): string[] {
  const subjects = decisions.filter(({ kind, value }) => kind === 'fill' && value === undefined);
  return differences
    .filter(({ key }) => wanted.get(key)?.kind === 'column')
    .map(({ key }) => key)
    .filter((key) => subjects.some(({ subject }) => sameNames(spelled(readKey(key).names), subject)));
}
