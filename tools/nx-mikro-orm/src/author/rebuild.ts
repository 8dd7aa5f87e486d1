import { join } from 'node:path';
import { connectToRead, findTarget } from '../postgres/connect/connect.ts';
import { readLedger } from '../ledger/ledger.ts';
import { compareCatalogues, describe, readCatalogue } from '../catalogue/index.ts';
import type { Project } from '../config.ts';
import { isProblem, problem } from '../errors.ts';
import { linkHistory, onlyHead, type History } from '../history/graph.ts';
import { readRevisions } from '../history/read.ts';
import { rowFacts, stateOf } from '../history/state.ts';
import { withScratch } from '../rehearsal/scratch/database.ts';
import { keyIn } from '../diff/handwork.ts';
import { differencesOfModels } from './create.ts';
import { assertWritten } from './file/write.ts';
import { revisionText } from './file/file.ts';
import { readHead } from './whole/head.ts';
import { readHandwork } from './whole/by-hand.ts';
import { cleanMessage, nextName, slugOf } from './file/name.ts';
import {
  draftFolder,
  dropDraft,
  isInterrupted,
  recoverReplacement,
  replacedFolder,
  replaceRevisions,
  writeDraft,
} from './file/replaced.ts';
import { proveWhole, type Whole } from './whole/whole.ts';

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
    await assertModels(project, history, head, options);
    const { source, rows, careful, tooLarge } = await readHead(project, history, (what) => options.onStage?.(what));
    options.onStage?.('proving the new revision on scratch');
    const whole = await proveWhole(project, source);
    const lost = lossesOf(whole, tooLarge);
    if (lost.length > 0 && !options.acceptLost) throw problem('rebuild-lost', { lost });
    const name = nextName(
      slugOf(message ?? ''),
      history.order.map((revision) => revision.name),
    );
    const replaces = replacedBy(history);
    const byHand = await withScratch(project, history.order, {}, readHandwork);
    const kept = byHand.filter((entry) => whole.catalogue.has(keyIn(entry)));
    const text = revisionText({
      name,
      message,
      revises: undefined,
      statements: whole.statements,
      replaces,
      byHand: kept,
    });
    try {
      const draft = await assertDraft(project, name, text, whole);
      const now = linkHistory(readRevisions(revisions));
      if (hashesOf(now) !== hashesOf(history)) continue;
      if (!options.dryRun) replaceRevisions(revisions, draft, history.order);
      const path = join(revisions, `${name}.ts`);
      return { name, path, text, replaces, aside: replacedFolder(revisions), lost, careful, rows, database };
    } finally {
      if (!isInterrupted(revisions)) dropDraft(revisions);
    }
  }
}

/** Insists that the history gives what the models describe. @throws models-ahead */
async function assertModels(project: Project, history: History, head: string, { onStage }: RebuildOptions) {
  const differences = await differencesOfModels(project, history, {
    onReplay: ({ number, of, name }) => onStage?.(`replaying ${number}/${of} ${name}`),
  });
  if (differences.length > 0) throw problem('models-ahead', { head, differences });
}

/** Everything that cannot be carried over; what is too large is told once, with the reason. */
const lossesOf = ({ lost }: Whole, tooLarge: readonly string[]): string[] => [
  ...tooLarge,
  ...lost.filter((line) => !tooLarge.some((large) => large.includes(`${line}:`))),
];

/**
 * The names that a revision in the place of the whole history replaces. What stands for others already is named by those: so
 * a database that never saw it is recognised, and one that did too.
 */
const replacedBy = ({ order }: History): string[] =>
  order.flatMap(({ name, replaces }) => (replaces.length > 0 ? replaces : [name]));

const hashesOf = ({ order }: History): string => order.map(({ hash }) => hash).join();

/** Insists that the target database, where it can be reached, has all of the history or nothing of it. */
async function lookAtDatabase(project: Project, history: History): Promise<string> {
  const target = await findTarget(project);
  try {
    const client = await connectToRead(project, target);
    if (!client) return `${target.shown} does not exist yet`;
    try {
      const { applied, missing, pending, halfway } = stateOf(history, await readLedger(client, project));
      if (missing.length > 0)
        throw problem('revision-missing', {
          missing: missing.map(rowFacts),
          renamed: [],
        });
      if (applied.length === 0) return `${target.shown} has none of it`;
      if (pending.length === 0) return `${target.shown} has all of it`;
      const lacks = pending.flatMap(
        ({ name }) => halfway.find(({ revision }) => revision.name === name)?.lacking ?? name,
      );
      throw problem('rebuild-halfway', { database: target.shown, applied: applied.length, lacks });
    } finally {
      await client.end();
    }
  } catch (error) {
    if (!isProblem(error) || error.exit !== 'unreachable') throw error;
    return `${target.shown} was not looked at: it cannot be reached`;
  }
}

/** Runs the very file on scratch, and asks whether the models and it agree. */
async function assertDraft(project: Project, name: string, text: string, whole: Whole) {
  const history = linkHistory(writeDraft(project.revisions, name, text));
  const draft = history.byName.get(name);
  if (!draft) throw problem('whole-unproven', { stage: 'the file is not read back', differences: [name] });
  await assertWritten(draft.path, name, whole.statements);
  const found = await withScratch(project, [draft], {}, ({ client }) => readCatalogue(client));
  const differences = compareCatalogues(whole.catalogue, found).filter(({ kind }) => kind !== 'database');
  if (differences.length > 0)
    throw problem('whole-unproven', {
      stage: 'the file does not give what its statements gave',
      differences: differences.map(describe),
    });
  const ahead = await differencesOfModels(project, history);
  if (ahead.length > 0)
    throw problem('whole-unproven', {
      stage: 'the models are not what the new revision gives',
      differences: ahead,
    });
  return draft;
}
