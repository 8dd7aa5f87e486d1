import type { Client } from 'pg';
import type { Project } from '../config.ts';
import { isProblem } from '../errors.ts';
import { linkHistory, type History } from '../history/graph.ts';
import { readRevisions } from '../history/read.ts';
import type { Revision } from '../history/revision.ts';
import { stateOf, type Changed } from '../history/state.ts';
import { earlierIn, progressIn } from '../ledger/earlier.ts';
import { readDecisions, readOpen } from '../ledger/journal.ts';
import { readLedger } from '../ledger/ledger.ts';
import { isEdited } from '../run/standing/edited.ts';
import { lookAt, type Standing } from '../run/standing/standing.ts';
import type { Survey } from './finding.ts';

/** Reads files, ledger and journal, and goes on where one of the files is no good. `locked`: nobody else is at work. */
export async function see(project: Project, client: Client, { locked }: { locked: boolean }): Promise<Survey> {
  const read = readFiles(project);
  let unreadable: Survey['unreadable'] = [];
  const standing = async (_: Client, __: Project, history: History): Promise<Standing> => {
    const [ledger, open] = await Promise.all([readLedger(client, project), readOpen(client, project)]);
    const state = stateOf(history, ledger);
    const compared = await compare(client, project, state.changed);
    unreadable = compared.unreadable;
    return { history, state, edited: compared.edited, half: progressIn(open), earlier: earlierIn(open) };
  };
  const found = await (locked
    ? standing(client, project, read.history)
    : lookAt(client, project, read.history, standing));
  return { client, project, ...found, ...read, unreadable, decisions: await readDecisions(client, project) };
}

/** The history or, where there is none, the files in the order of their names. */
export function readFiles(project: Project): Pick<Survey, 'history' | 'broken' | 'files'> {
  let revisions: Revision[] = [];
  let files = false;
  try {
    revisions = readRevisions(project.revisions);
    files = true;
    return { history: linkHistory(revisions), broken: undefined, files };
  } catch (error) {
    if (!isProblem(error)) throw error;
    return { history: linkHistory(revisions.map((one) => ({ ...one, link: undefined }))), broken: error, files };
  }
}

async function compare(
  client: Client,
  project: Project,
  changed: readonly Changed[],
): Promise<Pick<Survey, 'edited' | 'unreadable'>> {
  const found: Pick<Survey, 'edited' | 'unreadable'> = { edited: [], unreadable: [] };
  for (const one of changed) {
    try {
      if (await isEdited(client, project, one)) found.edited.push(one);
    } catch (error) {
      if (!isProblem(error)) throw error;
      found.unreadable.push({ ...one, error });
    }
  }
  return found;
}
