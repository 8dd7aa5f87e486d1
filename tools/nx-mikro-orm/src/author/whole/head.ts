import { walk } from '../../run/step/walk.ts';
import { readCatalogue } from '../../catalogue/index.ts';
import type { Project } from '../../config.ts';
import type { History } from '../../history/graph.ts';
import { withScratch, type Scratch } from '../../rehearsal/scratch/database.ts';
import { scratchWorker } from '../../rehearsal/scratch/worker.ts';
import { readContents, sequenceEntries } from './contents.ts';
import { changingColumns, readFilled, type Changing } from './filled.ts';
import { rowEntries } from './rows.ts';
import { readEntries } from './live.ts';
import { besideLedger, rolesMade, type DatabaseSource } from './whole.ts';

/** What the history gives on an empty database. */
export interface Head {
  source: DatabaseSource;
  rows: number;
  careful: string[];
  tooLarge: string[];
}

/**
 * Runs the history on an empty database, and reads what it gives. Where it leaves rows it is run twice: what differs
 * between two runs was not written down in the history, but made on the way.
 */
export async function readHead(project: Project, history: History, onStage: (what: string) => void): Promise<Head> {
  const steps = history.order.map((revision) => ({ revision, direction: 'up' as const }));
  const run = <T>(which: string, work: (scratch: Scratch) => Promise<T>) =>
    withScratch(project, [], { copy: true }, async (scratch) => {
      let number = 0;
      await walk(scratchWorker(scratch.session), steps, {
        before: async ({ step }) => onStage(`${which} ${++number}/${steps.length} ${step.revision.name}`),
      });
      return work(scratch);
    });
  const first = await run('running', async (scratch) => {
    const filled = await readFilled(scratch.client);
    return filled.length > 0 ? filled : readSource(project, scratch, { leftOut: new Set(), anew: [], frozen: [] });
  });
  if (!Array.isArray(first)) return first;
  return run('running once more', async (scratch) =>
    readSource(project, scratch, changingColumns(first, await readFilled(scratch.client))),
  );
}

async function readSource(project: Project, { client }: Scratch, { leftOut, anew, frozen }: Changing): Promise<Head> {
  const filled = await readFilled(client);
  const { entries: inserts, lost: tooLarge } = await rowEntries(client, filled, leftOut);
  const catalogue = await readCatalogue(client);
  const entries = [...(await readEntries(client, catalogue)), ...inserts, ...(await sequenceEntries(client))];
  const contents = await readContents(client, leftOut);
  return {
    source: besideLedger(project, { entries, catalogue, contents, leftOut }),
    rows: filled.reduce(
      (sum, { table, rows }) => sum + (inserts.some(({ key }) => key === `rows of ${table}`) ? rows : 0),
      0,
    ),
    careful: [
      ...anew.map((column) => `${column} differs from run to run: its default gives it anew on every database`),
      ...frozen.map((column) => `${column} differs from run to run: every new database gets the values of this run`),
      ...rolesMade(entries),
    ],
    tooLarge,
  };
}
