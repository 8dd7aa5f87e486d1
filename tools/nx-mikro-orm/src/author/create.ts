import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { contentOf } from '../apply/content/content.ts';
import { describe, keyOf, readCatalogue, type Catalogue, type Difference } from '../catalogue/index.ts';
import type { Project } from '../config.ts';
import { problem } from '../errors.ts';
import { chainTo, linkHistory, onlyHead, type History } from '../history/graph.ts';
import { readRevisions } from '../history/read.ts';
import { withScratch, type Scratch } from '../scratch/database.ts';
import { differenceFromModels, type Statements } from './difference.ts';
import { formatStatement, revisionText, writeNew } from './file.ts';
import { checkModelSet } from './models.ts';
import { cleanMessage, nextName, slugOf } from './name.ts';
import { prove, type Proof } from './proof.ts';
import { insistOnAsked } from './questions/match.ts';
import type { Decision } from './questions/question.ts';
import type { Given } from './questions/settle.ts';
import { differencesFromModels, wantedCatalogue } from './wanted.ts';

export interface CreateOptions extends Given {
  message?: string | undefined;
  /** The end of the file name; made from the message when absent. */
  name?: string | undefined;
  /** A skeleton to fill in by hand: the models are not looked at. */
  empty?: boolean;
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
}

/** What the history lacks to give the models, proven; undefined when there is nothing. */
export interface Missing {
  statements: Statements;
  proof: Proof | undefined;
  differences: string[];
  required: string[];
  /** What was answered. */
  decisions: Decision[];
}

/** Writes the revision that takes the history to the models; undefined when they agree. */
export async function create(project: Project, options: CreateOptions): Promise<Created | undefined> {
  const message = options.message === undefined ? undefined : cleanMessage(options.message);
  const slug = slugOf(options.name ?? message ?? '');
  if (options.name !== undefined && slug === '')
    throw problem('bad-message', { detail: `No file name can be made of the name "${options.name}".` });
  // Somebody else may create a revision meanwhile: then this one has to follow theirs, and is made again, without asking
  // once more what was answered.
  let { recorded } = options;
  for (;;) {
    const history = linkHistory(readRevisions(project.revisions));
    const head = onlyHead(history);
    const missing = options.empty ? undefined : await compareWithModels(project, history, { ...options, recorded });
    if (!options.empty && !missing) return undefined;
    recorded = missing?.decisions ?? recorded;
    const now = linkHistory(readRevisions(project.revisions));
    if (onlyHead(now) !== head) continue;
    const name = nextName(slug, [...now.byName.keys()]);
    const { statements, decisions = [] } = missing ?? {};
    const text = revisionText({ name, message, revises: head, statements, decisions });
    if (!writeNew(project.revisions, name, text)) continue;
    const path = join(project.revisions, `${name}.ts`);
    if (missing) await insistOn(path, name, missing.statements);
    return {
      name,
      path,
      text,
      revises: head,
      statements: missing?.statements,
      proof: missing?.proof,
      required: missing?.required ?? [],
    };
  }
}

/** Reads a written file back, and takes it away again when it does not say what was proven. */
export async function insistOn(path: string, name: string, { up, down }: Statements): Promise<void> {
  const written = readRevisions(dirname(path)).find((one) => one.name === name);
  const said = written && (await contentOf({ ...written, revises: written.link ?? [] }));
  if (JSON.stringify([said?.up, said?.down]) === JSON.stringify([up, down])) return;
  rmSync(path);
  throw problem('proof-failed', { stage: 'the file does not say what was proven', differences: [...up, ...down] });
}

/**
 * Compares the models with the history's head, on scratch. Writes nothing.
 * Without decisions nothing is asked and nothing proven: for a look, not for a file.
 */
export async function compareWithModels(
  project: Project,
  history: History,
  options: Omit<Given, 'decisions'> & { decisions: Given['decisions'] | 'none' } & Pick<CreateOptions, 'onReplay'>,
): Promise<Missing | undefined> {
  const chain = chainTo(history, onlyHead(history));
  return withScratch(project, chain, { onReplay: options.onReplay }, async (scratch) => {
    await checkModelSet(project, scratch.session.orm);
    const { decisions } = options;
    return missingFrom(scratch, decisions === 'none' ? decisions : { ...options, decisions });
  });
}

async function missingFrom(scratch: Scratch, given: Given | 'none'): Promise<Missing | undefined> {
  const before = await readCatalogue(scratch.client);
  const wanted = await wantedCatalogue(scratch, before);
  const differences = differencesFromModels(wanted, before, scratch.byHand);
  if (differences.length === 0) {
    if (given !== 'none') insistOnAsked(given.decisions, []);
    return undefined;
  }
  const touched = new Set(
    differences.map(({ key }) => {
      const item = wanted.get(key) ?? before.get(key);
      return `${item?.schema ?? ''}.${item?.table ?? item?.name ?? ''}`;
    }),
  );
  const { up, down, decisions } = await differenceFromModels(scratch.session, {
    byHand: scratch.byHand,
    changed: (schema, name) => touched.has(`${schema}.${name}`),
    given,
  });
  const lines = differences.map(describe);
  // What was changed by hand and MikroORM has no statement for (a grant, a storage parameter) is not the models' affair.
  const byHandOnly = differences.every(({ key }) => scratch.byHand.has(key));
  if (up.length === 0 && byHandOnly) return undefined;
  const statements = { up: up.map(formatStatement), down: down.map(formatStatement) };
  const required = differences.filter((difference) => isRequired(difference, wanted, before)).map(({ key }) => key);
  const missing = { statements, differences: lines, required, decisions };
  if (given === 'none') return { ...missing, proof: undefined };
  if (up.length === 0) throw problem('not-expressible', { differences: lines });
  return { ...missing, proof: await prove(scratch, statements, before, wanted) };
}

/** Whether a column is new on a table that is not, may not be null, and gets no value by itself. */
function isRequired({ key, kind, what }: Difference, wanted: Catalogue, before: Catalogue): boolean {
  const item = wanted.get(key);
  if (kind !== 'column' || what !== 'missing' || !item?.definition.includes('not null')) return false;
  return (
    before.has(keyOf('table', [item.schema, item.table])) && !/default|generated|serial|identity/.test(item.definition)
  );
}
