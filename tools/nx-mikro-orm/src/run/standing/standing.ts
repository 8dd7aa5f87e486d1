import type { Client } from 'pg';
import type { Project } from '../../config.ts';
import { linkHistory, type History } from '../../history/graph.ts';
import { readRevisions } from '../../history/read.ts';
import type { Linked } from '../../history/revision.ts';
import { stateOf, type Applied, type State } from '../../history/state.ts';
import { allowed, connectToRead, findTarget, type Target } from '../../postgres/connect/connect.ts';
import { earlierIn, progressIn, type Earlier, type Progress } from '../../ledger/earlier.ts';
import { readOpen } from '../../ledger/journal.ts';
import { readLedger } from '../../ledger/ledger.ts';

/** Everything that is known of where a database stands: the files, the ledger, and what the journal has open. */
export interface Standing {
  history: History;
  state: State;
  /** Applied revisions whose file now means something else than what was applied. */
  edited: { revision: Linked; row: Applied }[];
  /** Revisions outside of a transaction that an earlier run began and did not finish. */
  half: Progress[];
  /** The last run, when it did not end well. */
  earlier: Earlier | undefined;
}

/** Reads the history of the checkout. */
export const readHistory = (project: Project): History => linkHistory(readRevisions(project.revisions));

/** Looks at a database without changing it; two questions in one round trip. Imports only files that were edited. */
export async function readStanding(client: Client, project: Project, history: History): Promise<Standing> {
  const [ledger, open] = await Promise.all([readLedger(client, project), readOpen(client, project)]);
  const state = stateOf(history, ledger);
  const half = progressIn(open);
  return {
    history,
    state,
    edited: await editedOf(state),
    half,
    earlier: stillOpen(earlierIn(open), half, state, history),
  };
}

/** Where a database stands that has nothing yet. */
export const emptyStanding = (history: History): Standing => ({
  history,
  state: stateOf(history, []),
  edited: [],
  half: [],
  earlier: undefined,
});

/** A run that failed at a revision which exists nowhere any more is over. */
function stillOpen(earlier: Earlier | undefined, half: readonly Progress[], state: State, history: History) {
  if (earlier?.at === undefined) return earlier;
  const exists =
    history.byName.has(earlier.at) ||
    half.some(({ revision }) => revision === earlier.at) ||
    state.applied.some(({ name }) => name === earlier.at);
  return exists ? earlier : undefined;
}

/** Of the files whose bytes changed, those that now mean something else; nothing is read when there are none. */
async function editedOf({ changed }: State): Promise<Standing['edited']> {
  if (changed.length === 0) return [];
  const { contentOf } = await import('../../history/content.ts');
  const edited: Standing['edited'] = [];
  for (const one of changed)
    if (one.row.checksum === undefined || (await contentOf(one.revision)).checksum !== one.row.checksum)
      edited.push(one);
  return edited;
}

/** Where the target database stands. Creates nothing: not the database, not the ledger. */
export async function readState(project: Project): Promise<Standing & { target: Target }> {
  const history = readHistory(project);
  const target = await findTarget(project);
  const client = await connectToRead(project, target);
  if (!client) return { target, ...emptyStanding(history) };
  try {
    return { target, ...(await readStanding(client, project, history)) };
  } catch (error) {
    throw allowed(error);
  } finally {
    await client.end();
  }
}
