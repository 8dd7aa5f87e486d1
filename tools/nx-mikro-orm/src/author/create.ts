import { rmSync } from 'node:fs';
import { describe } from '../catalogue/index.ts';
import { isIgnored, type Project } from '../config.ts';
import { problem } from '../errors.ts';
import { chainTo, linkHistory, onlyHead, type History } from '../history/graph.ts';
import { readRevisions } from '../history/read.ts';
import type { Revision } from '../history/revision.ts';
import { withScratch, type OnLeftOut, type Scratch } from '../rehearsal/scratch/database.ts';
import { readSide } from '../diff/side.ts';
import { desiredState, differencesFrom, isByHand } from '../diff/desired.ts';
import { dataText, tablesAtHead } from './data/data.ts';
import type { Statements } from '../diff/moves.ts';
import type { NewRevision } from './file/file.ts';
import {
  missingBetween,
  sketchOf,
  type Deciding,
  type Missing,
  type Sketch,
  type States,
} from './difference/missing.ts';
import { checkModelSet, withModels } from './models/models.ts';
import { cleanMessage, nextName, slugOf } from './file/name.ts';
import type { Proof } from '../rehearsal/proof.ts';
import { assertCreatable } from '../run/settings.ts';
import { keptBefore } from './difference/kept.ts';
import { holding } from '../diff/questions/held.ts';
import { recordOf } from '../diff/questions/decision.ts';
import { answering } from '../diff/questions/open.ts';
import type { Ask } from '../diff/questions/question.ts';
import type { Finding } from '../review/finding.ts';
import { sizesFor } from '../review/held/sizes.ts';
import { judgeWritten } from '../review/revisions.ts';
import { wantedTarget } from './models/wanted.ts';
import { writeRevision, type Written } from './file/write.ts';

export interface CreateOptions extends Deciding {
  message?: string | undefined;
  /** The end of the file name; made from the message when absent. */
  name?: string | undefined;
  /** Puts open questions to a person; without it they are refused. */
  ask?: Ask | undefined;
  /** A skeleton to fill in by hand: the models are not looked at. */
  empty?: boolean;
  /** A skeleton for a change of rows: patterns of the tables that it has typed queries on. The models are not looked at. */
  data?: readonly string[] | undefined;
  onReplay?: ((at: { number: number; of: number; name: string }) => void) | undefined;
  onLeftOut?: OnLeftOut | undefined;
}

export interface Created extends Written {
  statements: Statements | undefined;
  proof: Proof | undefined;
  /** What it does to a database in use. */
  findings: Finding[];
  /** Columns that come to a table that is there already, and that its rows would have no value for. */
  required: string[];
  /** What functions still name, though it is gone or renamed, as sentences. */
  mentions: string[];
  /** What was decided, as it is recorded. */
  decisions: string[];
  /** The revision that has to be committed before this one: values that it uses come with it. */
  before: Created | undefined;
}

/** Finds what a history lacks; undefined when there is nothing. */
export type Look = (project: Project, history: History, options: CreateOptions) => Promise<Missing | undefined>;

/** Writes the revision that takes the history to the models; undefined when they agree. */
export const create = (project: Project, options: CreateOptions): Promise<Created | undefined> =>
  createBy(options.empty || options.data ? undefined : compareWithModels, project, options);

/** Writes the revision that takes the history to what `look` wants; without it, an empty one. */
export async function createBy(
  look: Look | undefined,
  project: Project,
  options: CreateOptions,
): Promise<Created | undefined> {
  const title = titleOf(options);
  await assertCreatable(project);
  const remembered = [...(options.remembered ?? [])];
  // Somebody else may create a revision meanwhile: then this one has to follow theirs, and is made again.
  for (;;) {
    const history = linkHistory(readRevisions(project.revisions));
    const head = onlyHead(history);
    const tables = options.data && (await tablesAtHead(project, history, options.data, options));
    const missing = await answering(options.ask, remembered, async () =>
      look?.(project, history, { ...options, remembered }),
    );
    if (look && !missing) return undefined;
    const now = linkHistory(readRevisions(project.revisions));
    if (onlyHead(now) !== head) continue;
    const revision = revisionAfter(now, title, missing);
    const written = await writeRevision(project, revision, tables && dataText(revision, tables));
    if (!written || takenBack(project, written)) continue;
    const created = await createdFrom(project, written, missing);
    if (!missing?.isFirst) return created;
    return createRest(look, project, { ...options, decisions: [], remembered: missing.later }, created);
  }
}

/** Whether somebody else has put a revision at the same place at the same moment: then this one goes, to follow theirs. */
function takenBack(project: Project, { path, name, revises }: Written): boolean {
  const beside = readRevisions(project.revisions).filter((one) => one.name !== name && isBehind(one, revises));
  if (beside.length > 0) rmSync(path, { force: true });
  return beside.length > 0;
}

const isBehind = ({ link }: Revision, head: string | undefined): boolean =>
  head === undefined ? link?.length === 0 : link?.includes(head) === true;

/** What a person says that a revision is: its message, and the end of its name. */
interface Title {
  message: string | undefined;
  slug: string;
}

/** @throws bad-message */
function titleOf({ message: typed, name }: CreateOptions): Title {
  const message = typed === undefined ? undefined : cleanMessage(typed);
  const words = name ?? message;
  const slug = slugOf(words ?? '');
  if (words !== undefined && slug === '') {
    const [of, way] = name === undefined ? ['message', ' Give it one with --name.'] : ['name', ''];
    throw problem('bad-message', { detail: `No file name can be made of the ${of} "${words}".${way}` });
  }
  return { message, slug };
}

/** The revision that follows a history's head: what is missing, or a skeleton. */
function revisionAfter(history: History, { message, slug }: Title, missing: Missing | undefined): NewRevision {
  const revises = onlyHead(history);
  const names = [...history.byName.keys()];
  if (!missing) return { name: nextName(slug, names), message, revises, statements: undefined };
  const { statements, decisions, kept: byHand, isFirst } = missing;
  const name = nextName(isFirst ? `${slug}_values` : slug, names);
  const told = isFirst ? `${message ?? name}: the new values, which have to be committed first` : message;
  return { name, message: told, revises, statements, decisions, byHand };
}

const createdFrom = async (project: Project, written: Written, missing: Missing | undefined): Promise<Created> => ({
  ...written,
  statements: missing?.statements,
  proof: missing?.proof,
  findings: missing ? await findingsOf(project, written.path, missing) : [],
  required: missing?.required ?? [],
  mentions: missing?.mentions ?? [],
  decisions: missing?.decisions.map(recordOf) ?? [],
  before: undefined,
});

/** What was seen of statements, as it is said of the file that they are in now. */
export const findingsOf = (
  project: Project,
  path: string,
  { statements, trace }: Pick<Missing, 'statements' | 'trace'>,
): Promise<Finding[]> => judgeWritten(path, statements.up, trace, sizesFor(project));

/** Goes on after values that have to be committed first; without the rest, they are taken back. */
async function createRest(
  look: Look | undefined,
  project: Project,
  options: CreateOptions,
  before: Created,
): Promise<Created> {
  try {
    const rest = await createBy(look, project, options);
    return rest ? { ...rest, before } : before;
  } catch (error) {
    // One that was written and only failed to be formatted follows it.
    const followed = readRevisions(project.revisions).some(({ link }) => link?.includes(before.name));
    if (!followed) rmSync(before.path, { force: true });
    throw error;
  }
}

type Looking = Pick<CreateOptions, 'onReplay' | 'onLeftOut'>;

/** How the models differ from the history's head, on scratch, as lines; empty when they agree. Writes and asks nothing. */
export async function differencesOfModels(
  project: Project,
  history: History,
  options: Looking = {},
): Promise<string[]> {
  return atHead(project, history, options, (_, { differences }) => differences.map(describe));
}

/** What `create` would write, and what it would ask; undefined when it would write nothing. */
export async function sketchOfModels(
  project: Project,
  history: History,
  options: Looking = {},
): Promise<Sketch | undefined> {
  return atHead(project, history, options, (scratch, states) =>
    states.differences.length === 0 ? undefined : sketchOf(project, scratch, states),
  );
}

/** Compares the models with the history's head, on scratch, and works out what is missing. Writes nothing. */
export async function compareWithModels(
  project: Project,
  history: History,
  options: Looking & Deciding,
): Promise<Missing | undefined> {
  return atHead(project, history, options, (scratch, states) =>
    states.differences.length === 0 ? undefined : missingBetween(project, scratch, states, options),
  );
}

async function atHead<T>(
  project: Project,
  history: History,
  { onReplay, onLeftOut }: Looking,
  work: (scratch: Scratch, states: States) => T | Promise<T>,
): Promise<T> {
  const chain = chainTo(history, onlyHead(history));
  const compare = async (scratch: Scratch) => {
    const { client, handwork } = scratch;
    await checkModelSet(project, scratch.session.orm);
    const ignore = isIgnored(project);
    const from = await readSide(client, ignore);
    const wanted = await wantedTarget(scratch, from, { ignore });
    const isLeftAlone = isByHand(handwork, (key) => wanted.catalogue.has(key));
    const desired = desiredState({ wanted, from, handwork, isLeftAlone });
    const kept = keptBefore(chain, from, wanted.catalogue);
    const differences = differencesFrom(holding(desired, from, kept).catalogue, from.catalogue);
    return work(scratch, { from, wanted, differences, handwork, ignore, kept });
  };
  return withModels(project, () => withScratch(project, chain, { onReplay, onLeftOut }, compare));
}
