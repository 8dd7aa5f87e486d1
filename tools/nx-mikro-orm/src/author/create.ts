import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { contentOf } from '../apply/content/content.ts';
import {
  describe,
  keyOf,
  readCatalogue,
  type Catalogue,
  type Difference as CatalogueDifference,
} from '../catalogue/index.ts';
import type { Project } from '../config.ts';
import { isProblem, problem } from '../errors.ts';
import { chainTo, linkHistory, onlyHead, type History } from '../history/graph.ts';
import { readRevisions } from '../history/read.ts';
import { withScratch, type Scratch } from '../scratch/database.ts';
import { differencesFromModels } from './byhand.ts';
import { readWays, type Side } from './change/side.ts';
import { withoutGrants, type Target } from './change/target.ts';
import { dataText, tablesAtHead } from './data.ts';
import { differenceBetween, onlyValuesOf, type Statements } from './difference.ts';
import { formatStatement, revisionText, writeNew } from './file.ts';
import { checkModelSet, withModels } from './models.ts';
import { cleanMessage, nextName, slugOf } from './name.ts';
import { prove, type Proof } from './proof.ts';
import type { Decision } from './questions/question.ts';
import type { Ask } from './questions/settle.ts';
import { wantedTarget } from './wanted.ts';

export interface CreateOptions {
  message?: string | undefined;
  /** The end of the file name; made from the message when absent. */
  name?: string | undefined;
  /** A skeleton to fill in by hand: the models are not looked at. */
  empty?: boolean;
  /** A skeleton for a change of rows: patterns of the tables that it has typed queries on. The models are not looked at. */
  data?: readonly string[] | undefined;
  decisions: readonly Decision[];
  /** Decisions of before, which may answer nothing any more. */
  remembered?: readonly Decision[];
  /** Puts open questions to a person; without it they are refused. */
  ask?: Ask | undefined;
  onReplay?: ((at: { number: number; of: number; name: string }) => void) | undefined;
}

export interface Created {
  name: string;
  path: string;
  text: string;
  revises: string | undefined;
  statements: Statements | undefined;
  proof: Proof | undefined;
  /** Columns that come to a table that is there already, and that its rows would have no value for. */
  required: string[];
  /** The revision that has to be committed before this one: values that it uses come with it. */
  before: Created | undefined;
}

/** What the history lacks to give the models, proven; undefined when there is nothing. */
export interface Missing {
  statements: Statements;
  proof: Proof;
  differences: string[];
  required: string[];
  decisions: Decision[];
  /** Decisions that are about what comes after the values. */
  later: Decision[];
  kept: string[];
  /** Values of enums that have to be committed first: it is only these. */
  isFirst: boolean;
}

/** Writes the revision that takes the history to the models; undefined when they agree. */
export async function create(project: Project, options: CreateOptions): Promise<Created | undefined> {
  const message = options.message === undefined ? undefined : cleanMessage(options.message);
  const slug = slugOf(options.name ?? message ?? '');
  if (options.name !== undefined && slug === '')
    throw problem('bad-message', { detail: `No file name can be made of the name "${options.name}".` });
  // Somebody else may create a revision meanwhile: then this one has to follow theirs, and is made again.
  for (;;) {
    const history = linkHistory(readRevisions(project.revisions));
    const head = onlyHead(history);
    const tables = options.data && (await tablesAtHead(project, history, options.data, options));
    const byHand = options.empty || tables !== undefined;
    const missing = byHand ? undefined : await compareWithModels(project, history, options);
    if (!byHand && !missing) return undefined;
    const now = linkHistory(readRevisions(project.revisions));
    if (onlyHead(now) !== head) continue;
    const name = nextName(missing?.isFirst ? `${slug}_values` : slug, [...now.byName.keys()]);
    const generated = () =>
      revisionText({
        name,
        message: missing?.isFirst ? `${message ?? name}: the new values, which have to be committed first` : message,
        revises: head,
        statements: missing?.statements,
        ...(missing && { decisions: missing.decisions, byHand: missing.kept }),
      });
    const text = tables ? dataText({ name, message, revises: head }, tables) : generated();
    if (!writeNew(project.revisions, name, text)) continue;
    const path = join(project.revisions, `${name}.ts`);
    if (missing) await insistOn(path, name, missing.statements);
    const created: Created = {
      name,
      path,
      text,
      revises: head,
      statements: missing?.statements,
      proof: missing?.proof,
      required: missing?.required ?? [],
      before: undefined,
    };
    return missing?.isFirst
      ? createRest(project, { ...options, decisions: [], remembered: missing.later }, created)
      : created;
  }
}

/** Goes on after values that have to be committed first; without the rest, they are taken back. */
async function createRest(project: Project, options: CreateOptions, before: Created): Promise<Created> {
  try {
    const rest = await create(project, options);
    return rest ? { ...rest, before } : before;
  } catch (error) {
    rmSync(before.path, { force: true });
    throw error;
  }
}

/** Reads a written file back, and takes it away again when it does not say what was proven. */
export async function insistOn(path: string, name: string, { up, down }: Statements): Promise<void> {
  const written = linkHistory(readRevisions(dirname(path))).byName.get(name);
  const said = written && (await contentOf(written));
  if (JSON.stringify([said?.up, said?.down]) === JSON.stringify([up, down])) return;
  rmSync(path);
  throw problem('proof-failed', { stage: 'the file does not say what was proven', differences: [...up, ...down] });
}

type Looking = Pick<CreateOptions, 'onReplay'>;
type Deciding = Pick<CreateOptions, 'decisions' | 'remembered' | 'ask'>;

/** How the models differ from the history's head, on scratch, as lines; empty when they agree. Writes and asks nothing. */
export async function differencesOfModels(
  project: Project,
  history: History,
  options: Looking = {},
): Promise<string[]> {
  return atHead(project, history, options, async (_, { differences }) => differences.map(describe));
}

/** Compares the models with the history's head, on scratch, and works out what is missing. Writes nothing. */
export async function compareWithModels(
  project: Project,
  history: History,
  options: Looking & Deciding,
): Promise<Missing | undefined> {
  return atHead(project, history, options, (scratch, states) =>
    states.differences.length === 0 ? undefined : missingFrom(project, scratch, states, options),
  );
}

interface States {
  from: Side;
  wanted: Target;
  differences: CatalogueDifference[];
}

async function atHead<T>(
  project: Project,
  history: History,
  { onReplay }: Looking,
  work: (scratch: Scratch, states: States) => T | Promise<T>,
): Promise<T> {
  const chain = chainTo(history, onlyHead(history));
  const compare = async (scratch: Scratch) => {
    await checkModelSet(project, scratch.session.orm);
    const { client } = scratch;
    const catalogue = await readCatalogue(client);
    const wanted = await wantedTarget(scratch, catalogue);
    const from = { catalogue, ...(await readWays(client, catalogue, wanted.catalogue)) };
    const differences = differencesFromModels(wanted.catalogue, catalogue, scratch.byHand).filter(
      // What was said by hand of a model's table is not the models' affair.
      ({ key, what, expected, found }) =>
        !(what === 'changed' && scratch.byHand.has(key) && withoutGrants(expected) === withoutGrants(found)),
    );
    return work(scratch, { from, wanted, differences });
  };
  return withModels(project, () => withScratch(project, chain, { onReplay }, compare));
}

async function missingFrom(
  project: Project,
  scratch: Scratch,
  { from, wanted, differences }: States,
  { decisions, remembered = [], ask }: Deciding,
): Promise<Missing | undefined> {
  const schemaStays = (name: string) => name === project.table.schema;
  const options = { from, decisions, remembered, ask, ignore: undefined, schemaStays };
  const whole = await differenceBetween(scratch, { ...options, wanted });
  const isFirst = whole.commitFirst.length > 0;
  const target = isFirst ? onlyValuesOf(from, wanted, whole.commitFirst) : wanted;
  const found = isFirst
    ? await differenceBetween(scratch, { ...options, wanted: target, decisions: [], remembered: whole.decisions })
    : whole;
  if (found.statements.up.length === 0 && found.kept.length === 0) {
    // What was changed by hand and no model can say (a storage parameter) is not the models' affair.
    if (differences.every(({ key }) => scratch.byHand.has(key))) return undefined;
    throw problem('not-expressible', { differences: differences.map(describe) });
  }
  const { statements, proof } = await proveOne([found.statements, found.single], (one) =>
    prove(scratch, {
      statements: one,
      before: from.catalogue,
      wanted: target.catalogue,
      renames: found.renames,
      kept: found.kept,
      ignore: undefined,
      schemaStays,
    }),
  );
  return {
    statements,
    proof,
    differences: differences.map(describe),
    required: differences.filter((one) => isRequired(one, wanted.catalogue, from.catalogue)).map(({ key }) => key),
    decisions: found.decisions,
    later: whole.decisions,
    kept: found.kept,
    isFirst,
  };
}

/** Proves the first of several ways that can be proven. */
async function proveOne(
  ways: readonly Statements[],
  work: (statements: Statements) => Promise<Proof>,
): Promise<{ statements: Statements; proof: Proof }> {
  let failure: unknown;
  for (const { up, down } of ways) {
    const statements = { up: up.map(formatStatement), down: down.map(formatStatement) };
    try {
      return { statements, proof: await work(statements) };
    } catch (error) {
      if (!isProblem(error)) throw error;
      failure ??= error;
    }
  }
  throw failure;
}

/** Whether a column is new on a table that is not, may not be null, and gets no value by itself. */
function isRequired({ key, kind, what }: CatalogueDifference, wanted: Catalogue, before: Catalogue): boolean {
  const item = wanted.get(key);
  if (kind !== 'column' || what !== 'missing' || !item?.definition.includes('not null')) return false;
  return (
    before.has(keyOf('table', [item.schema, item.table])) && !/default|generated|serial|identity/.test(item.definition)
  );
}
