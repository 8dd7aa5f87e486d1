import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';
import { withBookkeeping, type Bookkeeping } from '../ledger/bookkeeping.ts';
import { contentOf } from '../history/content.ts';
import { booksProblem, connectToRead, findTarget, type Target } from '../postgres/connect/connect.ts';
import { readLedger } from '../ledger/ledger.ts';
import { recordApplied } from '../ledger/record.ts';
import { compareCatalogues, describe } from '../catalogue/index.ts';
import type { Project } from '../config.ts';
import { isProblem, problem } from '../errors.ts';
import { linkHistory } from '../history/graph.ts';
import { readRevisions } from '../history/read.ts';
import type { Linked } from '../history/revision.ts';
import { rowFacts, stateOf } from '../history/state.ts';
import { withScratch } from '../rehearsal/scratch/database.ts';
import { assertWritten } from './file/write.ts';
import type { Statements } from '../diff/moves.ts';
import { revisionText, writeNew } from './file/file.ts';
import { readHandwork } from './whole/by-hand.ts';
import { readDatabase } from './whole/live.ts';
import { checkModelSet, withModels } from './models/models.ts';
import { cleanMessage, nextName, slugOf } from './file/name.ts';
import { dropDraft, writeDraft } from './file/replaced.ts';
import { proveWhole, rolesMade } from './whole/whole.ts';

export interface BaselineOptions {
  message?: string | undefined;
  acceptLost: boolean;
  onStage?: ((what: string) => void) | undefined;
}

export interface Baseline {
  name: string;
  path: string;
  text: string;
  target: Target;
  lost: string[];
  /** What somebody should know, as sentences. */
  careful: string[];
}

/**
 * Writes the first revision from what is in the target database, and records it there as applied. The database is only
 * read, but for that; the revision is proven on scratch before the file exists. Undefined when the database is empty.
 * @throws baseline-history, baseline-lost, baseline-moved, whole-unproven
 */
export async function baseline(project: Project, options: BaselineOptions): Promise<Baseline | undefined> {
  const message = options.message === undefined ? undefined : cleanMessage(options.message);
  assertNoHistory(project);
  const target = await findTarget(project);
  const client = await connectToRead(project, target);
  if (!client) return undefined;
  try {
    const doing = {
      target,
      doing: 'baseline',
      onWaiting: (holder: string) => options.onStage?.(`waiting for ${holder}`),
    };
    return await withModels(project, () =>
      withBookkeeping(project, client, doing, (bookkeeping) =>
        underLock(project, bookkeeping, target, { ...options, message }),
      ),
    );
  } catch (error) {
    throw booksProblem(error, target);
  } finally {
    await client.end();
  }
}

async function underLock(project: Project, bookkeeping: Bookkeeping, target: Target, options: BaselineOptions) {
  const { client } = bookkeeping;
  const { missing } = stateOf(linkHistory([]), await readLedger(client, project));
  if (missing.length > 0)
    throw problem('revision-missing', {
      missing: missing.map(rowFacts),
      renamed: [],
    });
  const whole = await revisionFor(project, client, target, options);
  if (!whole) return undefined;
  const { name, text, draft, lost, careful } = whole;
  try {
    const path = join(project.revisions, `${name}.ts`);
    await record(project, bookkeeping, draft, path, () => {
      assertNoHistory(project);
      writeNew(project.revisions, name, text);
    });
    return { name, path, text, target, lost, careful };
  } finally {
    dropDraft(project.revisions);
  }
}

/** A revision that stands for a whole database, proven, as a draft. */
export interface WholeRevision {
  name: string;
  text: string;
  draft: Linked;
  statements: Statements;
  lost: string[];
  careful: string[];
}

/**
 * Makes the first revision of what is in a database, which is only read. The draft stays for the caller to drop, unless it
 * fails. Undefined when the database is empty. @throws baseline-lost, baseline-moved, whole-unproven
 */
export async function revisionFor(
  project: Project,
  client: Client,
  target: Target,
  { message, acceptLost, onStage }: BaselineOptions,
): Promise<WholeRevision | undefined> {
  onStage?.(`reading ${target.shown}`);
  const source = await readDatabase(project, client);
  if (source.catalogue.size === 0) return undefined;
  onStage?.('proving the revision on scratch');
  const { statements, lost, scratchMajor } = await proveWhole(project, source);
  if (lost.length > 0 && !acceptLost) {
    const major = await majorOf(client);
    const servers = major === scratchMajor ? {} : { servers: { database: major, scratch: scratchMajor } };
    throw problem('baseline-lost', { database: target.shown, lost, ...servers });
  }
  const name = nextName(slugOf(message ?? ''), []);
  try {
    const byHand = await findHandwork(project, { name, message, statements });
    const text = revisionText({ name, message, revises: undefined, statements, ...byHand });
    const draft = linkHistory(writeDraft(project.revisions, name, text)).byName.get(name);
    if (!draft) throw problem('whole-unproven', { stage: 'the file is not read back', differences: [name] });
    await assertWritten(draft.path, name, statements);
    const moved = compareCatalogues(source.catalogue, (await readDatabase(project, client)).catalogue);
    if (moved.length > 0) throw problem('baseline-moved', { database: target.shown, differences: moved.map(describe) });
    return { name, text, draft, statements, lost, careful: rolesMade(source.entries) };
  } catch (error) {
    dropDraft(project.revisions);
    throw error;
  }
}

function assertNoHistory(project: Project): void {
  const revisions = readRevisions(project.revisions).map(({ name }) => name);
  if (revisions.length > 0) throw problem('baseline-history', { revisions });
}

const majorOf = async (client: Client): Promise<number> =>
  Math.floor(
    Number((await client.query<{ v: string }>("select current_setting('server_version_num') as v")).rows[0]?.v) /
      10_000,
  );

/** What the models do not describe; where they describe nothing yet, all of it. */
async function findHandwork(
  project: Project,
  revision: { name: string; message: string | undefined; statements: Statements },
): Promise<{ byHand: string[] } | { undescribed: true }> {
  const text = revisionText({ ...revision, revises: undefined, undescribed: true });
  const history = linkHistory(writeDraft(project.revisions, revision.name, text));
  return withScratch(project, history.order, {}, async (scratch) => {
    try {
      await checkModelSet(project, scratch.session.orm);
      return { byHand: await readHandwork(scratch) };
    } catch (error) {
      if (!isProblem(error) || !['no-entities', 'models-not-buildable'].includes(error.code)) throw error;
      return { undescribed: true as const };
    }
  });
}

/** Records the revision as applied, together with `write`, which brings its file about. */
async function record(
  project: Project,
  { client, write: transaction }: Bookkeeping,
  draft: Linked,
  path: string,
  write: () => void,
): Promise<void> {
  const content = await contentOf(draft);
  let written = false;
  try {
    await transaction(async ({ journal, provenance }) => {
      await recordApplied(client, project, { revision: draft, content }, provenance, { durationMs: 0 });
      await journal.add(client, { event: 'stamped', revision: draft.name, direction: 'up' });
      write();
      written = true;
    });
  } catch (error) {
    if (written) rmSync(path, { force: true });
    throw error;
  }
}
