/** Questions, decisions, and what comes of both; asked until nothing is open. */
import { renameAll } from '../../rehearsal/renames.ts';
import { withFacts, type Client, type Item } from '../../catalogue/index.ts';
import { labelsOf } from '../../catalogue/kinds/type.ts';
import { problem } from '../../errors.ts';
import type { Cast } from '../../diff/cast.ts';
import { castOf, newTypes } from '../../rehearsal/casts.ts';
import type { Column } from '../../diff/column.ts';
import { columnsOfType, mappedDefault } from '../../diff/enums.ts';
import {
  handworkAfter,
  movedExtensions,
  inTurn,
  renamedEnums,
  renamedSequences,
  ringsOfEnums,
  sameButForName,
  statementsOf,
  type Rename,
} from '../../diff/rename.ts';
import { readSide, sideOf, type Ignore, type Side } from '../../diff/side.ts';
import type { Handwork } from '../../diff/handwork.ts';
import type { DesiredState } from '../../diff/target.ts';
import { desiredState, isByHand } from '../../diff/desired.ts';
import * as sources from '../../diff/questions/all.ts';
import { emptyOutcome, type Ambiguity, type Resolution, type Sides } from '../../diff/questions/ambiguity.ts';
import { flagOf } from '../../diff/questions/decision.ts';
import { assertUse, match } from '../../diff/questions/match.ts';
import { questionOpen } from '../../diff/questions/open.ts';
import type { Decision, Question } from '../../diff/questions/question.ts';
import { askToHold, holding, type Impossible } from '../../diff/questions/held.ts';

export interface Decided {
  /** The history's schema, with everything renamed that is to be. */
  from: Side;
  to: DesiredState;
  renames: Rename[];
  outcome: Resolution;
  /** How values of columns are cast that get another type, by key. */
  casts: Map<string, Cast>;
  /** What stays though no model describes it. */
  isLeftAlone: (item: Item) => boolean;
  /** The decisions that answered something. */
  decisions: Decision[];
  handwork: Handwork;
  /** Every question there was. */
  asked: Question[];
}

export interface ToDecide {
  from: Side;
  wanted: DesiredState;
  /** What is there and no wanted state says anything of. */
  handwork: Handwork;
  decisions: readonly Decision[];
  /** Decisions of before, which may answer nothing any more. */
  remembered: readonly Decision[];
  ignore: Ignore | undefined;
  /** Keys of what was kept as it is before. */
  kept?: ReadonlySet<string>;
  /** Changes that turned out not to work. */
  impossible?: readonly Impossible[];
}

/**
 * Finds the questions, lets the decisions answer them, and carries out what was renamed, in the open transaction: what is
 * left to compare then has the same names on both sides. @throws question-open, bad-option
 */
export async function decide(
  client: Client,
  { wanted, ignore, decisions, impossible = [], ...start }: ToDecide,
): Promise<Decided> {
  let { from } = start;
  let { handwork } = start;
  const used: Decision[] = [];
  const renames: Rename[] = [];
  const kept = new Set<string>();
  const held = new Set(start.kept);
  // What cannot be done is only known when it was tried, one thing after the other, and then it may be kept.
  const known = decisions.filter(({ kind }) => kind !== 'keep');
  const asked: Question[] = [];
  const tried = new Map<string, Cast>();
  for (;;) {
    const left = isByHand({ made: new Set([...handwork.made, ...kept]) }, (key) => wanted.catalogue.has(key));
    const to = holding(desiredState({ wanted, from, handwork, isLeftAlone: left }), from, held);
    const moved = await renameAll(client, movedExtensions(from, to));
    if (moved.length > 0) {
      renames.push(...moved);
      from = await readSide(client, ignore);
      continue;
    }
    const enums = [...renamedEnums(from, to, left), ...ringsOfEnums(from, to, left)];
    if (enums.length > 0) {
      await carryOut(client, enums);
      renames.push(...enums);
      from = await readSide(client, ignore);
      continue;
    }
    const { findings: found, casts } = await findingsOf(
      client,
      { from, to, isLeftAlone: left },
      { handwork, decisions, remembered: start.remembered, tried },
    );
    const findings = [...askToHold(impossible), ...found];
    const questions = findings.map(({ question }) => question);
    asked.push(...questions);
    const { answered, open } = match(questions, decisions, start.remembered);
    const outcome = emptyOutcome();
    for (const [question, decision] of answered) {
      findings.find((finding) => finding.question === question)?.apply(decision, outcome);
      if (!used.some((one) => flagOf(one) === flagOf(decision))) used.push(decision);
    }
    const isMoreKept = addAll(kept, outcome.kept);
    const isMoreHeld = addAll(held, outcome.held);
    if (outcome.renames.length > 0) {
      const turned = inTurn(outcome.renames);
      await carryOut(client, turned);
      renames.push(...turned);
      handwork = handworkAfter(handwork, turned);
      from = await readSide(client, ignore);
      continue;
    }
    if (isMoreKept || isMoreHeld) continue;
    if (open.length > 0) {
      // An answer about what comes after a table's new name can only be told as idle when that is known.
      if (!open.some(({ answers }) => answers.some(({ thing }) => thing === 'table' || thing === 'schema')))
        assertUse(known, used, asked);
      throw questionOpen(open, used);
    }
    assertUse(known, used, asked);
    const named = await nameAlike(client, { from, to, isLeftAlone: left }, renames.length > 0);
    renames.push(...named);
    if (named.length > 0) from = await readSide(client, ignore);
    return {
      from,
      to: withMapped(holding(desiredState({ wanted, from, handwork, isLeftAlone: left }), from, held), outcome),
      renames,
      outcome: { ...outcome, kept, held },
      casts,
      isLeftAlone: left,
      decisions: used,
      handwork,
      asked,
    };
  }
}

/** Adds them, and says whether any was new. */
function addAll(all: Set<string>, more: ReadonlySet<string>): boolean {
  const before = all.size;
  for (const one of more) all.add(one);
  return all.size > before;
}

/** With the defaults that somebody gave by hand, where their value is another one from now on. */
function withMapped(to: DesiredState, { values }: Resolution): DesiredState {
  const catalogue = new Map(to.catalogue);
  for (const [key, moves] of Map.groupBy(values, (move) => move.key)) {
    const type = to.catalogue.get(key);
    if (!type || !labelsOf(type)) continue;
    const mapping = new Map(moves.map(({ from, to: next }) => [from, next]));
    for (const column of columnsOfType(type, to.columns.values())) {
      const value = mappedDefault(type, column.default, mapping);
      if (value !== column.default) catalogue.set(column.key, withFacts(column.item, { default: value }));
    }
  }
  return { ...to, ...sideOf(catalogue) };
}

/** What was answered, and what was tried out already. */
interface Known {
  handwork: Handwork;
  decisions: readonly Decision[];
  remembered: readonly Decision[];
  /** Casts, by both types and the name of the column. */
  tried: Map<string, Cast>;
}

async function findingsOf(
  client: Client,
  sides: Sides,
  { handwork, decisions, remembered, tried }: Known,
): Promise<{ findings: Ambiguity[]; casts: Map<string, Cast> }> {
  const casts = new Map<string, Cast>();
  const cast = async (from: Column, to: Column) => {
    const types = JSON.stringify([from.type, to.type, to.name]);
    const found = tried.get(types) ?? (await castOf(client, from, to, newTypes(sides.from, sides.to)));
    tried.set(types, found);
    casts.set(to.key, found);
    return found;
  };
  const found: Ambiguity[] = [];
  for (const { find } of Object.values(sources).toSorted((a, b) => a.order - b.order))
    found.push(...(await find({ ...sides, handwork, castOf: cast, decisions, remembered, found })));
  return { findings: found, casts };
}

async function carryOut(client: Client, renames: readonly Rename[]): Promise<void> {
  for (const rename of renames)
    for (const sql of statementsOf(rename)) {
      try {
        await client.query(sql);
      } catch (error) {
        throw problem('proof-failed', { stage: 'a rename fails', differences: [(error as Error).message, sql] }, error);
      }
    }
}

async function nameAlike(client: Client, { from, to, isLeftAlone }: Sides, sequences: boolean): Promise<Rename[]> {
  return renameAll(client, [
    ...sameButForName(from, to, isLeftAlone),
    ...(sequences ? renamedSequences(from, to) : []),
  ]);
}
