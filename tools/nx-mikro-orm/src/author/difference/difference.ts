/** From the history's schema to the models', and back: the statements, tried on scratch. */
import { readKey, type Catalogue, type Client, type Item } from '../../catalogue/index.ts';
import { rehearse } from '../../orm.ts';
import type { Scratch } from '../../rehearsal/scratch/database.ts';
import { sqlstate } from '../../sql/sqlstate.ts';
import { goDown } from './back.ts';
import { opsBetween } from '../../diff/operations.ts';
import { serverOf } from '../../rehearsal/dependents.ts';
import type { ColumnAnswers } from '../../diff/columns.ts';
import { labelsOf } from '../../catalogue/kinds/type.ts';
import { onlyGrows } from '../../diff/enums.ts';
import type { Moves, Statements } from '../../diff/moves.ts';
import { merged, unmerged } from '../../diff/merge.ts';
import type { Op } from '../../diff/operation.ts';
import { statementsOf } from '../../diff/rename.ts';
import type { Answers, Transition } from '../../diff/target.ts';
import { namedAsBefore, partNames } from '../../rehearsal/part-names.ts';
import { tryInOrder, type Stuck } from '../../rehearsal/schedule.ts';
import { readsColumns } from '../../sql/expression.ts';
import type { Decision } from '../../diff/questions/question.ts';
import { decide, type Decided, type ToDecide } from './settle.ts';
import { assertNone, isInTheWay, reasonOf } from '../../rehearsal/refused.ts';
import { assertUse } from '../../diff/questions/match.ts';
import type { Impossible } from '../../diff/questions/held.ts';

export interface SchemaDiff {
  statements: Statements;
  /** The same, each change by itself: where joined ones turn out not to work. */
  single: Statements;
  decisions: Decision[];
  /** What up gives. */
  desired: Catalogue;
  /** What stays though no model describes it. */
  isLeftAlone: (item: Item) => boolean;
  /** Keys of what no model describes from now on. */
  kept: string[];
  /** Keys of what stays as it is, though something else is wanted. */
  held: string[];
  moves: Moves;
  /** Values that have to be committed before the rest can use them: keys of enum types. */
  commitFirst: string[];
}

export interface ToCompare extends ToDecide {
  /** A schema that is not ours to drop. */
  schemaStays: (name: string) => boolean;
}

/** Works out the statements in a transaction that is rolled back. @throws question-open, proof-failed */
export async function differenceBetween(scratch: Scratch, options: ToCompare): Promise<SchemaDiff> {
  const impossible: Impossible[] = [];
  for (;;) {
    const found = await tryDifference(scratch, { ...options, impossible });
    if ('statements' in found) return found;
    impossible.push(found);
  }
}

/** The statements, or the first of the changes that do not work, which can be left out. */
async function tryDifference(
  { client, session }: Scratch,
  options: ToCompare & { impossible: readonly Impossible[] },
): Promise<SchemaDiff | Impossible> {
  return rehearse(session, async () => {
    const named = await partNames(client, options.from);
    const settled = await decide(client, options);
    const up = await goUp(client, settled, options);
    const commitFirst = up.stuck.filter(({ refusal }) => refusal.code === unsafeNewValue);
    if (commitFirst.length > 0) {
      return empty(settled, grownEnums(settled));
    }
    const refused = refusedIn('up', up.stuck, settled, options.impossible);
    if (refused) return refused;
    const down = await goDown(client, settled, options);
    const refusedDown = refusedIn('down', down.stuck, settled, options.impossible);
    if (refusedDown) return refusedDown;
    const names = await namedAsBefore(client, named, options.from);
    assertUse(options.decisions, settled.decisions, settled.asked);
    const there = settled.renames.flatMap(statementsOf);
    return {
      statements: { up: [...there, ...merged(up.done)], down: [...down.back, ...merged(down.done), ...names] },
      single: { up: [...there, ...unmerged(up.done)], down: [...down.back, ...unmerged(down.done), ...names] },
      decisions: settled.decisions,
      desired: settled.to.catalogue,
      isLeftAlone: settled.isLeftAlone,
      kept: [...settled.outcome.kept],
      held: [...settled.outcome.held],
      moves: movesOf(settled),
      commitFirst: [],
    };
  });
}

/** The first change that the server refuses. @throws handwork-in-the-way, proof-failed where it was left out already */
function refusedIn(
  stage: 'up' | 'down',
  stuck: readonly Stuck[],
  { handwork }: Decided,
  known: readonly Impossible[],
): Impossible | undefined {
  const [first] = stuck;
  if (!first) return undefined;
  const { key } = first.op;
  if (isInTheWay(first, handwork) || known.some((one) => one.key === key)) assertNone(stage, stuck, handwork);
  return { key, reason: reasonOf(first) };
}

/** Keys of enums that only get values. */
const grownEnums = ({ from, to }: Decided): string[] =>
  [...to.catalogue.values()].flatMap((item) => {
    const [was, is] = [labelsOf(from.catalogue.get(item.key)), labelsOf(item)];
    return was && is && was.length < is.length && onlyGrows(was, is) ? [item.key] : [];
  });

/** A value cannot be used in the transaction that added it. */
const unsafeNewValue = sqlstate.unsafeNewEnumValue;

const movesOf = ({ renames, outcome }: Decided): Moves => ({
  renames,
  values: outcome.values,
  filled: [...outcome.columns].filter(([, { fill }]) => fill !== undefined).map(([key]) => key),
  recreated: [...outcome.recreated],
});

const empty = (settled: Decided, commitFirst: string[]): SchemaDiff => ({
  statements: { up: [], down: [] },
  single: { up: [], down: [] },
  decisions: settled.decisions,
  desired: settled.to.catalogue,
  isLeftAlone: settled.isLeftAlone,
  kept: [],
  held: [],
  moves: movesOf(settled),
  commitFirst,
});

async function goUp(client: Client, settled: Decided, { ignore, schemaStays }: ToCompare) {
  const { from, to } = settled;
  const change: Transition = {
    from,
    to,
    answers: await answersOf(settled),
    valuesAtOnce: false,
    schemaStays,
  };
  return tryInOrder(client, await opsBetween(serverOf(client, ignore), change));
}

async function answersOf({ outcome, casts }: Decided): Promise<Answers> {
  const columns = new Map<string, ColumnAnswers>();
  for (const key of new Set([...outcome.columns.keys(), ...casts.keys()])) {
    const said = outcome.columns.get(key) ?? {};
    const { fill, using = casts.get(key)?.using } = said;
    const reads = fill === undefined ? false : await readsColumns(fill);
    columns.set(key, { ...said, using, ...(fill !== undefined && { fillReads: reads }) });
  }
  const types = outcome.values.filter(({ key }) => readKey(key).kind === 'type');
  return {
    column: (key) => columns.get(key) ?? {},
    recreated: (key) => outcome.recreated.has(key),
    mapping: (key) => new Map(types.filter((move) => move.key === key).map(({ from, to }) => [from, to])),
    updates: outcome.values
      .filter(({ key }) => readKey(key).kind !== 'type')
      .map(({ key, sql }): Op => ({ key, phase: 'fill', rank: 1, statements: sql })),
  };
}
