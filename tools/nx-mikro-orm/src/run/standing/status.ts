import { typed } from '../../errors.ts';
import { everyName } from '../../history/stored.ts';
import { halfRebuilt } from '../../history/graph.ts';
import type { Linked } from '../../history/revision.ts';
import type { Applied } from '../../history/state.ts';
import type { Standing } from './standing.ts';

/**
 * What a revision is in a database.
 *
 * `running`: a runner is at it right now. `failed`: pending, and the last run failed at it and kept nothing. `replaced`:
 * applied, and about to be recorded under `replacing`. `half-way`: replaces revisions of which only some are applied, or is
 * one of those.
 */
type RevisionState =
  | 'applied'
  | 'pending'
  | 'missing'
  | 'late'
  | 'edited'
  | 'failed'
  | 'half-done'
  | 'running'
  | 'duplicate'
  | 'replaced'
  | 'replacing'
  | 'half-way';

export interface StatusRow {
  state: RevisionState;
  name: string;
  /** What the ledger has of it, when it was applied. */
  row: Applied | undefined;
  /** Its file, when this checkout has it. */
  revision: Linked | undefined;
}

/** One row for each revision that the files, the ledger or what is half done know, newest last. Pure. */
export function statusRows(standing: Standing): StatusRow[] {
  const { history, state } = standing;
  // Of two rows of one name, the younger one counts.
  const rows = new Map(state.applied.map((row) => [row.name, row]));
  const marks = marksOf(standing);
  // A half done one may be in neither of them: its file went before it was finished.
  const names = new Set([...everyName(history, state.applied), ...marks.keys()]);
  return [...names].map((name) => {
    const row = rows.get(name);
    const plain = row ? 'applied' : 'pending';
    return { state: marks.get(name) ?? plain, name, row, revision: history.byName.get(name) };
  });
}

/** What there is to say of a revision beyond applied and pending. What stands later here says more. */
function marksOf(standing: Standing): Map<string, RevisionState> {
  const { state, edited, half, holder } = standing;
  const begun = half.filter(({ done, open }) => done.size > 0 || open?.outcome === 'unknown');
  const told: [RevisionState, string[]][] = [
    ['failed', failedIn(standing)],
    ['late', state.late.map(({ revision }) => revision.name)],
    ['edited', edited.map(({ revision }) => revision.name)],
    ['missing', state.missing.map(({ name }) => name)],
    ['replacing', state.restamp.map(({ revision }) => revision.name)],
    ['replaced', state.restamp.flatMap(({ replaced }) => replaced.map(({ name }) => name))],
    ['half-way', state.halfway.flatMap(({ revision, applied }) => [revision.name, ...applied])],
    [holder ? 'running' : 'half-done', begun.map(({ revision }) => revision)],
    ['duplicate', state.duplicated.map(({ name }) => name)],
  ];
  return new Map(told.flatMap(([mark, names]) => names.map((name) => [name, mark] as const)));
}

/** The pending revision that the last run failed at, going up. */
function failedIn({ state, earlier }: Standing): string[] {
  if (earlier?.outcome !== 'failed' || earlier.direction !== 'up') return [];
  return state.pending.filter(({ name }) => name === earlier.at).map(({ name }) => name);
}

/** Something that does not fit, or is left to do, and what leads on from there. */
export interface Remark {
  state: RevisionState | 'two-heads';
  names: string[];
  text: string;
  next: string[];
}

/** `ok`: at head, and nothing wrong. `pending`: there is something to apply. `wrong`: something does not fit. */
export type Verdict = 'ok' | 'pending' | 'wrong';

const wrong = new Set<RevisionState>(['missing', 'late', 'edited', 'half-done', 'duplicate', 'half-way']);
const open = new Set<RevisionState>(['pending', 'failed', 'running', 'replacing']);

export function verdictOf({ history }: Standing, rows: readonly StatusRow[]): Verdict {
  if (history.heads.length > 1 || rows.some(({ state }) => wrong.has(state))) return 'wrong';
  return rows.some(({ state }) => open.has(state)) ? 'pending' : 'ok';
}

/** What the rows come to, the worst first; nothing when all is well. Pure. */
export function remarksOn(standing: Standing, rows: readonly StatusRow[]): Remark[] {
  const { history, state, half } = standing;
  const of = (...states: RevisionState[]) => rows.filter((row) => states.includes(row.state)).map(({ name }) => name);
  const ahead = state.ahead.length > 0 && state.ahead.length === state.missing.length;
  const rebuilt = halfRebuilt(history);
  const going = new Set(half.map(({ direction }) => direction));
  const found: Remark[] = [
    {
      state: 'two-heads',
      names: history.heads.length > 1 ? history.heads : [],
      text: rebuilt
        ? `A rebuild was interrupted half-way, or a merge has brought back what ${rebuilt.name} replaces.`
        : `The history has ${history.heads.length} heads: let one of them revise the other.`,
      next: [typed(rebuilt ? 'rebuild' : 'heads')],
    },
    {
      state: 'half-done',
      names: of('half-done'),
      text: 'Half done, outside of a transaction: what is done of it stays.',
      next: [...going].map((direction) => typed(direction)),
    },
    {
      state: 'half-way',
      names: of('half-way'),
      text: 'It replaces revisions of which this database has only some: bring it to the old head first, from the commit before.',
      next: [typed('repair')],
    },
    {
      state: 'missing',
      names: of('missing'),
      text: ahead
        ? 'The database is ahead of this checkout.'
        : 'Applied, and not in this checkout: `switch` reverts it by the statements in the ledger.',
      next: [typed('switch'), typed('repair')],
    },
    {
      state: 'edited',
      names: of('edited'),
      text: 'Edited since it was applied: another database gets something else.',
      next: [typed('repair')],
    },
    {
      state: 'late',
      names: of('late'),
      text: 'Not applied, but something that builds on it is.',
      next: [typed('repair'), `${typed('up')} --late allow`],
    },
    {
      state: 'duplicate',
      names: of('duplicate'),
      text: 'The ledger has it more than once.',
      next: [typed('repair')],
    },
    {
      state: 'replacing',
      names: of('replacing'),
      text: 'The next `up` records it in the place of those that it replaces, and runs nothing of it.',
      next: [typed('up')],
    },
    {
      state: 'pending',
      names: of('pending', 'failed'),
      text: 'Not applied yet.',
      next: [typed('up')],
    },
  ];
  const told = found.filter(({ names }) => names.length > 0);
  // While something does not fit, `up` would be refused.
  const hindered = told.filter(({ state }) => state !== 'pending' && state !== 'replacing');
  return hindered.length > 0 ? hindered : told;
}
