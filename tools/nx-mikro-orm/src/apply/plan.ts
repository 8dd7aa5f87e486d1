import { problem } from '../errors.ts';
import type { History } from '../history/graph.ts';
import type { Step } from '../history/revision.ts';
import { known, type Applied } from '../history/state.ts';
import { storedHistory } from '../history/stored.ts';
import { planDown, planUp, type Late } from '../history/target.ts';
import type { Standing } from './standing.ts';

/** What was asked for. */
export interface Wish {
  direction: 'up' | 'down';
  /** What the user typed; undefined means head for up, -1 for down. */
  target?: string | undefined;
  /** What to do with revisions that come late. Default `refuse`. */
  late?: Late | undefined;
  /** Going down, by the statements that the ledger has kept, also of revisions whose file is gone or edited. */
  stored?: boolean | undefined;
}

/** Finds out before connecting whether the words name something. @throws unknown-target, wrong-direction, two-heads */
export function insistOnWords(history: History, { direction, target, stored }: Wish): void {
  if (direction === 'up') planUp(history, new Set(), target);
  // With --stored, it may name what only the ledger knows.
  else if (!stored) planDown(history, new Set(history.byName.keys()), target);
}

/** The steps for what was asked; refuses a database that the checkout does not understand. Pure. */
export function planFor(standing: Standing, wish: Wish): Step[] {
  const { state } = standing;
  if (!wish.stored) {
    insistOnAll(standing);
    insistOnOriginal(standing);
  }
  insistOnWhole(standing, wish.direction);
  if (wish.direction === 'up') return planForward(standing, wish);
  const applied = new Set(state.applied.map(({ name }) => name));
  const history = wish.stored ? storedHistory(standing.history, state.applied) : standing.history;
  return planDown(history, applied, wish.target);
}

function planForward({ history, state }: Standing, { target, late = 'refuse' }: Wish): Step[] {
  const [half] = state.halfway;
  if (half) throw problem('rebuild-halfway', { name: half.revision.name, applied: half.applied, lacking: half.lacking });
  const [first] = state.late;
  if (first && late === 'refuse') throw problem('revision-late', { late: first.revision.name, before: first.before });
  const applied = new Set([...state.applied, ...state.restamp.map(({ revision }) => revision)].map(({ name }) => name));
  return planUp(history, applied, target, { late });
}

const rowOf = (row: Applied) => ({ name: row.name, known: known(row) });

/** @throws revision-missing, database-ahead */
function insistOnAll({ state, history }: Standing): void {
  if (state.missing.length === 0) return;
  const missing = state.missing.map(rowOf);
  if (state.ahead.length === state.missing.length)
    throw problem('database-ahead', { missing, head: history.heads[0] ?? 'base' });
  throw problem('revision-missing', { missing });
}

/** @throws revision-edited */
function insistOnOriginal({ edited }: Standing): void {
  if (edited.length === 0) return;
  throw problem('revision-edited', {
    edited: edited.map(({ revision, row }) => ({ ...rowOf(row), path: revision.path })),
    changes: [],
  });
}

/** A revision that is half done must be finished, in its direction, before anything else. @throws half-done */
function insistOnWhole({ half, history, state }: Standing, direction: Wish['direction']): void {
  for (const { revision, direction: going, done, open, last } of half) {
    const real = done.size > 0 || open?.outcome === 'unknown';
    if (!real || going === direction) continue;
    throw problem('half-done', {
      name: revision,
      direction: going,
      wanted: direction,
      done: done.size,
      since: last.at,
      by: [last.by, last.host].filter(Boolean).join('@'),
      known: history.byName.has(revision) || state.applied.some(({ name }) => name === revision),
    });
  }
}
