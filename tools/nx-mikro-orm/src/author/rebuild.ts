import { join } from 'node:path';
import { connectToRead, findTarget } from '../apply/connect.ts';
import { readLedger } from '../apply/ledger.ts';
import { walk } from '../apply/walk.ts';
import { compareCatalogues, describe, readCatalogue } from '../catalogue/index.ts';
import type { Project } from '../config.ts';
import { isProblem, problem } from '../errors.ts';
import { linkHistory, onlyHead, type History } from '../history/graph.ts';
import { readRevisions } from '../history/read.ts';
import { known, stateOf } from '../history/state.ts';
import { withScratch, type Scratch } from '../scratch/database.ts';
import { scratchWorker } from '../scratch/worker.ts';
import { compareWithModels, insistOn } from './create.ts';
import { readEntries } from './ddl/read.ts';
import { changingColumns, readContents, readFilled, rowEntries, sequenceEntries, type Changing } from './ddl/rows.ts';
import { revisionText } from './file.ts';
import { readHandwork } from './handwork.ts';
import { cleanMessage, nextName, slugOf } from './name.ts';
import {
  draftFolder,
  dropDraft,
  isInterrupted,
  recoverReplacement,
  replacedFolder,
  replaceRevisions,
  writeDraft,
} from './replaced.ts';
import { besideLedger, proveWhole, type Source, type Whole } from './whole.ts';

export interface RebuildOptions {
  message?: string | undefined;
  /** Prove, and write nothing. */
  dryRun: boolean;
  /** Go on without what cannot be carried over. */
  acceptLost: boolean;
  onStage?: ((what: string) => void) | undefined;
}

export interface Rebuilt {
  name: string;
  path: string;
  text: string;
  replaces: string[];
  /** Where the replaced files are now. */
  aside: string;
  lost: string[];
  /** What somebody should know of the rows, as sentences. */
  careful: string[];
  /** How many rows are carried over. */
  rows: number;
  /** What was found out about the target database. */
  database: string;
}

/** An interrupted rebuild that this one has only finished. */
export interface Finished {
  finished: string;
  aside: string;
}

/**
 * Writes one revision in the place of the whole history: what scratch at head contains, as statements, with the rows that
 * the history leaves on an empty database. It is proven before any file changes. The old files move to `replaced/`.
 * @throws models-ahead, rebuild-halfway, rebuild-lost, whole-unproven
 */
export async function rebuild(project: Project, options: RebuildOptions): Promise<Rebuilt | Finished | undefined> {
  const { revisions } = project;
  const message = options.message === undefined ? undefined : cleanMessage(options.message);
  if (options.dryRun && isInterrupted(revisions))
    throw problem('rebuild-interrupted', { folder: draftFolder(revisions) });
  const finished = recoverReplacement(revisions);
  if (finished !== undefined) return { finished, aside: replacedFolder(revisions) };
  for (;;) {
    const history = linkHistory(readRevisions(revisions));
    const head = onlyHead(history);
    if (head === undefined) return undefined;
    const database = await lookAtDatabase(project, history);
    const ahead = await compareWithModels(project, history, {
      decisions: 'none',
      onReplay: ({ number, of, name }) => options.onStage?.(`replaying ${number}/${of} ${name}`),
    });
    if (ahead) throw problem('models-ahead', { head, differences: ahead.differences });
    const { source, rows, careful, tooLarge } = await readHead(project, history, options);
    options.onStage?.('proving the new revision on scratch');
    const whole = await proveWhole(project, source);
    const lost = [...tooLarge, ...whole.lost.filter((line) => !tooLarge.some((large) => large.includes(`${line}:`)))];
    if (lost.length > 0 && !options.acceptLost) throw problem('rebuild-lost', { lost });
    const name = nextName(
      slugOf(message ?? ''),
      history.order.map((revision) => revision.name),
    );
    const replaces = history.order.map((revision) => revision.name);
    const byHand = await withScratch(project, history.order, {}, readHandwork);
    const kept = byHand.filter((key) => whole.catalogue.has(key));
    const text = revisionText({
      name,
      message,
      revises: undefined,
      statements: whole.statements,
      replaces,
      byHand: kept,
    });
    try {
      const draft = await insistOnDraft(project, name, text, whole);
      const now = linkHistory(readRevisions(revisions));
      if (now.order.map(({ hash }) => hash).join() !== history.order.map(({ hash }) => hash).join()) continue;
      if (!options.dryRun) replaceRevisions(revisions, draft, history.order);
      const path = join(revisions, `${name}.ts`);
      return { name, path, text, replaces, aside: replacedFolder(revisions), lost, careful, rows, database };
    } finally {
      if (!isInterrupted(revisions)) dropDraft(revisions);
    }
  }
}

/** Insists that the target database, where it can be reached, has all of the history or nothing of it. */
async function lookAtDatabase(project: Project, history: History): Promise<string> {
  const target = await findTarget(project);
  try {
    const client = await connectToRead(project, target);
    if (!client) return `${target.shown} does not exist yet`;
    try {
      const { applied, missing, pending } = stateOf(history, await readLedger(client, project));
      if (missing.length > 0)
        throw problem('revision-missing', { missing: missing.map((row) => ({ name: row.name, known: known(row) })) });
      if (applied.length === 0) return `${target.shown} has none of it`;
      if (pending.length === 0) return `${target.shown} has all of it`;
      const lacks = pending.map(({ name }) => name);
      throw problem('rebuild-halfway', { database: target.shown, applied: applied.length, lacks });
    } finally {
      await client.end();
    }
  } catch (error) {
    if (!isProblem(error) || error.exit !== 'unreachable') throw error;
    return `${target.shown} was not looked at: it cannot be reached`;
  }
}

interface Head {
  source: Source;
  rows: number;
  careful: string[];
  tooLarge: string[];
}

/**
 * Runs the history on an empty database, and reads what it gives. Where it leaves rows it is run twice: what differs
 * between two runs was not written down in the history, but made on the way.
 */
async function readHead(project: Project, history: History, options: RebuildOptions): Promise<Head> {
  const steps = history.order.map((revision) => ({ revision, direction: 'up' as const }));
  const run = <T>(which: string, work: (scratch: Scratch) => Promise<T>) =>
    withScratch(project, [], { copy: true }, async (scratch) => {
      let number = 0;
      await walk(scratchWorker(scratch.session), steps, {
        before: async ({ step }) => options.onStage?.(`${which} ${++number}/${steps.length} ${step.revision.name}`),
      });
      return work(scratch);
    });
  const first = await run('running', async (scratch) => {
    const filled = await readFilled(scratch.client);
    return filled.length > 0 ? filled : readSource(project, scratch, { leftOut: new Set(), frozen: [] });
  });
  if (!Array.isArray(first)) return first;
  return run('running once more', async (scratch) =>
    readSource(project, scratch, changingColumns(first, await readFilled(scratch.client))),
  );
}

async function readSource(project: Project, { client }: Scratch, { leftOut, frozen }: Changing): Promise<Head> {
  const filled = await readFilled(client);
  const { entries: inserts, lost: tooLarge } = await rowEntries(client, filled, leftOut);
  const entries = [...(await readEntries(client)), ...inserts, ...(await sequenceEntries(client))];
  const contents = await readContents(client, leftOut);
  return {
    source: besideLedger(project, { entries, catalogue: await readCatalogue(client), contents, leftOut }),
    rows: filled.reduce(
      (sum, { table, rows }) => sum + (inserts.some(({ key }) => key === `rows of ${table}`) ? rows : 0),
      0,
    ),
    careful: [
      ...[...leftOut].map((column) => `${column} differs from run to run: its default gives it anew on every database`),
      ...frozen.map((column) => `${column} differs from run to run: every new database gets the values of this run`),
      ...entries
        .filter(({ key }) => key.startsWith('role '))
        .map(({ key }) => `${key} is made, without a login, where the server has none`),
    ],
    tooLarge,
  };
}

/** Runs the very file on scratch, and asks whether the models and it agree. */
async function insistOnDraft(project: Project, name: string, text: string, whole: Whole) {
  const history = linkHistory(writeDraft(project.revisions, name, text));
  const draft = history.byName.get(name);
  if (!draft) throw problem('whole-unproven', { stage: 'the file is not read back', differences: [name] });
  await insistOn(draft.path, name, whole.statements);
  const found = await withScratch(project, [draft], {}, ({ client }) => readCatalogue(client));
  const differences = compareCatalogues(whole.catalogue, found).filter(({ kind }) => kind !== 'database');
  if (differences.length > 0)
    throw problem('whole-unproven', {
      stage: 'the file does not give what its statements gave',
      differences: differences.map(describe),
    });
  const ahead = await compareWithModels(project, history, { decisions: 'none' });
  if (ahead)
    throw problem('whole-unproven', {
      stage: 'the models are not what the new revision gives',
      differences: ahead.differences,
    });
  return draft;
}
