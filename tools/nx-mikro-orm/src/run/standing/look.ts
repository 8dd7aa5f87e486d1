import type { Client } from 'pg';
import type { Project } from '../../config.ts';
import type { History } from '../../history/graph.ts';
import { allowed, connectToRead, findTarget, type Target } from '../../postgres/connect/connect.ts';
import { holderNow, type Holder } from '../../postgres/lock.ts';
import { emptyStanding, readHistory, readStanding, type Standing } from './standing.ts';

/** Where a database stands, and the runner that is at work on it, if one is: then nothing that is open was interrupted. */
export interface Look extends Standing {
  holder: Holder | undefined;
}

/** Looks at the target database. Takes no lock, creates nothing. */
export async function look(project: Project): Promise<Look & { target: Target }> {
  const history = readHistory(project);
  const target = await findTarget(project);
  const client = await connectToRead(project, target);
  if (!client) return { target, ...emptyStanding(history), holder: undefined };
  try {
    return { target, ...(await lookAt(client, project, history)) };
  } catch (error) {
    throw allowed(error);
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
): Promise<Look> {
  let standing = await read(client, project, history);
  for (let count = 0; isOpen(standing) && count < patience; count++) {
    const holder = await holderNow(client, project);
    if (holder) return { ...standing, earlier: undefined, holder };
    const again = await read(client, project, history);
    if (runOf(again) === runOf(standing)) return { ...again, holder: undefined };
    standing = again;
  }
  return { ...standing, holder: undefined };
}

const isOpen = ({ earlier, half }: Standing): boolean => earlier !== undefined || half.length > 0;
const runOf = ({ earlier }: Standing): string | undefined => earlier?.run.run;
