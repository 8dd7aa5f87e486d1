import { problem, type Problem } from '../errors.ts';
import type { History } from '../history/graph.ts';
import type { Skipped } from '../history/late.ts';
import type { Step } from '../history/revision.ts';
import { rowFacts, stateOf, type State } from '../history/state.ts';
import { storedHistory } from '../history/stored.ts';
import { planDown, planUp, skippedUp, type Late } from '../history/target.ts';
import type { RenamedRevision } from '../history/renamed.ts';
import type { Standing } from './standing/standing.ts';

/** What was asked for: which steps. */
export interface Request {
  direction: 'up' | 'down';
  /** What the user typed; undefined means head for up, -1 for down. */
  target?: string | undefined;
  /** What to do with revisions that come late. Default `refuse`. */
  late?: Late | undefined;
  /** Going down, by the statements that the ledger has kept, also of revisions whose file is gone or edited. */
  stored?: boolean | undefined;
}

/** Finds out before connecting whether the words name something. @throws unknown-target, wrong-direction, two-heads */
export function assertWords(history: History, { direction, target, stored }: Request): void {
  if (direction === 'up') planUp(history, new Set(), target);
  // With --stored, it may name what only the ledger knows.
  else if (!stored) planDown(history, new Set(history.byName.keys()), target);
}

/** The steps for what was asked; refuses a database that the checkout does not understand. Pure. */
export function planFor(standing: Standing, request: Request): Step[] {
  if (!request.stored) {
    if (standing.state.missing.length > 0) throw missingProblem(standing);
    assertOriginal(standing);
  }
  const steps = request.direction === 'up' ? planForward(standing, request) : planBack(standing, request);
  assertWhole(standing, steps, request.direction);
  return steps;
}

function planBack({ history, state }: Standing, { stored, target }: Request): Step[] {
  const applied = new Set(state.applied.map(({ name }) => name));
  return planDown(stored ? storedHistory(history, state.applied) : history, applied, target);
}

/**
 * Takes a database from another checkout to this one: reverts what this one lacks and all that builds on it, by the
 * statements in the ledger, then applies what this one adds. Pure.
 */
export function planSwitch(standing: Standing): Step[] {
  assertOriginal(standing);
  const { history, state } = standing;
  const whole = storedHistory(history, state.applied);
  const doomed = new Set(state.missing.map(({ name }) => name));
  for (const { name, revises } of whole.order) if (revises.some((parent) => doomed.has(parent))) doomed.add(name);
  const applied = state.applied.filter(({ name }) => doomed.has(name)).map(({ name }) => name);
  const back = whole.order.filter(({ name }) => applied.includes(name)).reverse();
  const kept = state.applied.filter(({ name }) => !doomed.has(name));
  const forward = planForward({ ...standing, state: stateOf(history, kept) }, { direction: 'up' });
  const steps = [...back.map((revision) => ({ revision, direction: 'down' as const })), ...forward];
  assertWhole(standing, steps, undefined);
  return steps;
}

function planForward({ history, state }: Standing, { target, late = 'refuse' }: Request): Step[] {
  const [half] = state.halfway;
  if (half)
    throw problem('replaced-halfway', { name: half.revision.name, applied: half.applied, lacking: half.lacking });
  const [first] = state.late;
  if (first && late === 'refuse')
    throw problem('revision-late', {
      late: first.revision.name,
      before: first.before,
      current: state.current[0] ?? first.before,
      head: history.heads[0] ?? first.before,
    });
  return planUp(history, counting(state), target, { late });
}

/** What a request leaves out because it is late. Pure. */
export const skippedBy = ({ history, state }: Standing, { direction, target, late }: Request): Skipped[] =>
  direction === 'up' && late === 'skip' && state.late.length > 0 ? skippedUp(history, counting(state), target) : [];

/** The names that count as applied. */
const counting = ({ applied, restamp }: State): Set<string> =>
  new Set([...applied, ...restamp.map(({ revision }) => revision)].map(({ name }) => name));

/** What is said of applied revisions that this checkout lacks. */
export function missingProblem({ state, history }: Standing, renamed: readonly RenamedRevision[] = []): Problem {
  const missing = state.missing.map(rowFacts);
  if (state.ahead.length === state.missing.length)
    return problem('database-ahead', { missing, head: history.heads[0] ?? 'base' });
  const names = renamed.map(({ row, revision }) => ({ from: row.name, to: revision.name }));
  return problem('revision-missing', { missing, renamed: names });
}

/** @throws revision-edited */
function assertOriginal({ edited }: Standing): void {
  if (edited.length === 0) return;
  throw problem('revision-edited', {
    edited: edited.map(({ revision, row }) => ({ ...rowFacts(row), path: revision.path })),
    changes: [],
  });
}

/** A revision that is half done must be finished, in its direction, before a run can end well. @throws half-done */
function assertWhole(
  { half, history, state }: Standing,
  steps: readonly Step[],
  wanted: Request['direction'] | undefined,
): void {
  for (const { revision, direction: going, done, open, last } of half) {
    const real = done.size > 0 || open?.outcome === 'unknown';
    if (!real || steps.some((step) => step.revision.name === revision && step.direction === going)) continue;
    throw problem('half-done', {
      name: revision,
      direction: going,
      wanted,
      done: done.size,
      since: last.at,
      by: [last.by, last.host].filter(Boolean).join('@'),
      known: history.byName.has(revision) || state.applied.some(({ name }) => name === revision),
    });
  }
}
