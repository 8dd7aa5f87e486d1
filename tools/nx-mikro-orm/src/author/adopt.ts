/** A database that is there already, or that somebody changed by hand, becomes a revision. */
import { join } from 'node:path';
import type { Client } from 'pg';
import { connectToRead, findTarget, target as targetOf, type Target } from '../postgres/connect/connect.ts';
import { compareCatalogues, isSame, readCatalogue, type Catalogue } from '../catalogue/index.ts';
import { isIgnored, type Project } from '../config.ts';
import { isProblem, problem } from '../errors.ts';
import { chainTo, onlyHead, type History } from '../history/graph.ts';
import { readRevisions } from '../history/read.ts';
import { stateOf } from '../history/state.ts';
import { readLedger } from '../ledger/ledger.ts';
import { withScratch, type Scratch } from '../rehearsal/scratch/database.ts';
import { noHandwork } from '../diff/handwork.ts';
import { sideOf } from '../diff/side.ts';
import type { DesiredState } from '../diff/target.ts';
import { createBy, type CreateOptions, type Created } from './create.ts';
import { revisionFor } from './baseline.ts';
import { readLive, withoutDatabase } from './whole/live.ts';
import { keptBefore } from './difference/kept.ts';
import { holding } from '../diff/questions/held.ts';
import { missingBetween, type Missing } from './difference/missing.ts';
import { checkModelSet } from './models/models.ts';
import { cleanMessage } from './file/name.ts';
import { dropDraft } from './file/replaced.ts';
import { wantedTarget } from './models/wanted.ts';
import { writeRevision } from './file/write.ts';

export interface AdoptOptions extends CreateOptions {
  /** The database; by default the target. */
  url?: string | undefined;
  onStage?: ((what: string) => void) | undefined;
}

export interface Adopted {
  created: Created;
  target: Target;
  /** What somebody should know, as sentences. */
  careful: string[];
}

/**
 * Writes the revision that takes the history to what a database is: the first one of an empty history, or one that follows
 * its head. Reads the database, and changes nothing in it. Undefined when they agree already.
 * @throws question-open, proof-failed, baseline-lost, adopt-pending
 */
export async function adopt(project: Project, options: AdoptOptions): Promise<Adopted | undefined> {
  const target = options.url === undefined ? await findTarget(project) : targetOf(options.url, false);
  const client = await connectToRead(project, target);
  if (!client) return undefined;
  try {
    if (readRevisions(project.revisions).length === 0) return await adoptWhole(project, client, target, options);
    const look = (_: Project, history: History, deciding: CreateOptions) =>
      missingFrom(project, history, { client, target }, deciding);
    const created = await createBy(look, project, options);
    return created && { created, target, careful: [] };
  } finally {
    await client.end();
  }
}

/**
 * Insists that the database has all of the history: what is only pending would look as if somebody had dropped it. A database that
 * has something and no ledger is taken as it is. @throws adopt-pending
 */
async function assertNonePending(
  project: Project,
  history: History,
  { client, target, live }: { client: Client; target: Target; live: Catalogue },
): Promise<void> {
  const { applied, pending } = stateOf(history, await readLedger(client, project));
  if (pending.length === 0 || (applied.length === 0 && live.size > 0)) return;
  throw problem('adopt-pending', { database: target.shown, pending: pending.map(({ name }) => name) });
}

async function adoptWhole(
  project: Project,
  client: Client,
  target: Target,
  { onStage, ...options }: AdoptOptions,
): Promise<Adopted | undefined> {
  const message = options.message === undefined ? undefined : cleanMessage(options.message);
  const whole = await revisionFor(project, client, target, { message, acceptLost: false, onStage });
  if (!whole) return undefined;
  const { name, text, draft, statements, careful } = whole;
  try {
    const { byHand } = draft;
    const written = await writeRevision(project, {
      name,
      message,
      revises: undefined,
      statements,
      byHand,
      undescribed: draft.generated === undefined,
    });
    const path = written?.path ?? join(project.revisions, `${name}.ts`);
    const created = {
      ...{ name, path, text: written?.text ?? text, revises: undefined, statements, proof: undefined },
      ...{ findings: [], required: [], mentions: [], decisions: [], before: undefined },
    };
    return { created, target, careful };
  } finally {
    dropDraft(project.revisions);
  }
}

/** What the history lacks to give what the database is. */
async function missingFrom(
  project: Project,
  history: History,
  { client, target }: { client: Client; target: Target },
  options: CreateOptions,
): Promise<Missing | undefined> {
  const ignore = isIgnored(project);
  const chain = chainTo(history, onlyHead(history));
  return withScratch(project, chain, { onReplay: options.onReplay, onLeftOut: options.onLeftOut }, async (scratch) => {
    const head = withoutDatabase(await readCatalogue(scratch.client, { ignore }));
    const { catalogue: live } = await readLive(project, client);
    const from = sideOf(head);
    const wanted: DesiredState = { ...sideOf(live), called: 'the database' };
    const kept = keptBefore(chain, from, live);
    const differences = compareCatalogues(holding(wanted, from, kept).catalogue, head);
    if (differences.length === 0) return undefined;
    await assertNonePending(project, history, { client, target, live });
    const missing = await missingBetween(
      project,
      scratch,
      { from, wanted, differences, handwork: noHandwork(), ignore, kept },
      options,
    );
    if (!missing) return undefined;
    const undescribed = await notOfModels(
      project,
      scratch,
      head,
      live,
      differences.map(({ key }) => key).filter((key) => !missing.held.includes(key)),
    );
    return { ...missing, kept: [...missing.kept, ...undescribed] };
  });
}

/** Which of the keys no model describes as the database has them: `create` has to leave them alone from now on. */
async function notOfModels(
  project: Project,
  scratch: Scratch,
  head: Catalogue,
  live: Catalogue,
  keys: readonly string[],
): Promise<string[]> {
  try {
    await checkModelSet(project, scratch.session.orm);
    const { catalogue } = await wantedTarget(scratch, sideOf(head), { whole: true });
    return keys.filter((key) => {
      const [model, found] = [catalogue.get(key), live.get(key)];
      return found !== undefined && !(model && isSame(model, found));
    });
  } catch (error) {
    if (!isProblem(error) || !['no-entities', 'models-not-buildable'].includes(error.code)) throw error;
    return keys.filter((key) => live.has(key));
  }
}
