import type { Client } from 'pg';
import type { Project } from '../../config.ts';
import { linkHistory, type History } from '../../history/graph.ts';
import { readRevisions } from '../../history/read.ts';
import { stateOf, type Changed, type State } from '../../history/state.ts';
import { booksProblem, connectToRead, findTarget, type Target } from '../../postgres/connect/connect.ts';
import { earlierIn, progressIn, type Earlier, type Progress } from '../../ledger/earlier.ts';
import { holderNow, type Holder } from '../../postgres/lock.ts';
import { readOpen } from '../../ledger/journal.ts';
import { readLedger } from '../../ledger/ledger.ts';

/** Everything that is known of where a database stands: the files, the ledger, and what the journal has open. */
export interface Standing {
  history: History;
  state: State;
  /** Applied revisions whose file now means something else than what was applied. */
  edited: Changed[];
  /** Revisions outside of a transaction that an earlier run began and did not finish. */
  half: Progress[];
  /** The last run, when it did not end well. */
  earlier: Earlier | undefined;
  /**
   * The runner that is at work, where that was looked for ({@link look}): then nothing that is open was interrupted, and
   * `earlier` is undefined.
   */
  holder?: Holder | undefined;
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
    edited: await editedOf(client, project, state),
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

/** Nothing is read, nor imported for it, when no file has other bytes. */
const editedOf = async (client: Client, project: Project, { changed }: State): Promise<Changed[]> =>
  changed.length === 0 ? [] : (await import('./edited.ts')).editedAmong(client, project, changed);

/** A run that failed at a revision which exists nowhere any more is over. */
function stillOpen(earlier: Earlier | undefined, half: readonly Progress[], state: State, history: History) {
  if (earlier?.at === undefined) return earlier;
  const exists =
    history.byName.has(earlier.at) ||
    half.some(({ revision }) => revision === earlier.at) ||
    state.applied.some(({ name }) => name === earlier.at);
  return exists ? earlier : undefined;
}

/** Where the target database stands. Creates nothing: not the database, not the ledger. */
export const readState = (project: Project): Promise<Standing & { target: Target }> => ofTarget(project, readStanding);

/** Looks at the target database. Takes no lock, creates nothing. */
export const look = (project: Project): Promise<Standing & { target: Target }> => ofTarget(project, lookAt);

/** What `read` finds at the target database; an empty standing where there is none. */
async function ofTarget(project: Project, read: typeof readStanding): Promise<Standing & { target: Target }> {
  const history = readHistory(project);
  const target = await findTarget(project);
  const client = await connectToRead(project, target);
  if (!client) return { target, ...emptyStanding(history) };
  try {
    return { target, ...(await read(client, project, history)) };
  } catch (error) {
    throw booksProblem(error, target);
  } finally {
    await client.end();
  }
}

/** How often a run may begin between two looks before the last one is believed. */
const patience = 5;

/**
 * The lock and the journal cannot be read at one moment. A run is open in the journal for as long as it holds the lock;
 * so one that is still open in a look that was taken after the lock had been seen free is not at work.
 */
export async function lookAt(
  client: Client,
  project: Project,
  history: History,
  read: typeof readStanding = readStanding,
): Promise<Standing> {
  let standing = await read(client, project, history);
  for (let count = 0; isOpen(standing) && count < patience; count++) {
    const holder = await holderNow(client, project);
    if (holder) return { ...standing, earlier: undefined, holder };
    const again = await read(client, project, history);
    if (runOf(again) === runOf(standing)) return again;
    standing = again;
  }
  return standing;
}

const isOpen = ({ earlier, half }: Standing): boolean => earlier !== undefined || half.length > 0;
const runOf = ({ earlier }: Standing): string | undefined => earlier?.run.run;
