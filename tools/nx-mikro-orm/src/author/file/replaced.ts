import { createHash } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { problem } from '../../errors.ts';
import { readRevisions } from '../../history/read.ts';
import type { Revision } from '../../history/revision.ts';

/**
 * One file takes the place of many, so that a process that is killed at any point leaves a history that is whole, or one
 * that every command refuses and the next `rebuild` puts right. The draft waits in a folder of its own; a plan beside it
 * says that it is proven and what it replaces. Then the new file appears: from here on the history has two heads. The old
 * files leave newest first, so that what is left of them stays a history.
 */
interface Plan {
  /** Files with the SHA-256 of their bytes, oldest first. */
  draft: Named;
  replaces: Named[];
}

interface Named {
  file: string;
  hash: string;
}

/** Below the folder of the revisions: nothing in it counts as one. */
export const draftFolder = (revisions: string): string => join(revisions, '.rebuild');
export const replacedFolder = (revisions: string): string => join(revisions, 'replaced');
const planFile = (revisions: string): string => join(draftFolder(revisions), 'plan.json');

/** Writes a draft where its imports resolve as they will in the history, and reads it as a history of its own. */
export function writeDraft(revisions: string, name: string, text: string): Revision[] {
  mkdirSync(draftFolder(revisions), { recursive: true });
  writeFileSync(join(draftFolder(revisions), `${name}.ts`), text);
  return readRevisions(draftFolder(revisions));
}

/** Takes the draft and its folder away. */
export const dropDraft = (revisions: string): void => rmSync(draftFolder(revisions), { recursive: true, force: true });

/** Puts the draft in the place of the revisions it replaces. `onChange` hears of every change to the disk. */
export function replaceRevisions(
  revisions: string,
  draft: Revision,
  replaced: readonly Revision[],
  onChange: () => void = () => undefined,
): void {
  const named = ({ path, hash }: Revision): Named => ({ file: basename(path), hash });
  const plan: Plan = { draft: named(draft), replaces: replaced.map(named) };
  // A plan that is there is a plan that is complete.
  writeFileSync(`${planFile(revisions)}.part`, JSON.stringify(plan));
  renameSync(`${planFile(revisions)}.part`, planFile(revisions));
  onChange();
  carryOut(revisions, plan, onChange);
}

/**
 * Looks for a `rebuild` that was interrupted. Where nothing has changed since, it is finished, and the name of the new
 * revision returned; where something has, all files are put back.
 */
export function recoverReplacement(revisions: string): string | undefined {
  if (!existsSync(planFile(revisions))) {
    dropDraft(revisions);
    return undefined;
  }
  const plan = JSON.parse(readFileSync(planFile(revisions), 'utf8')) as Plan;
  if (unchanged(revisions, plan)) {
    carryOut(revisions, plan, () => undefined);
    return plan.draft.file.replace(/\.ts$/, '');
  }
  putBack(revisions, plan);
  return undefined;
}

/** Whether an interrupted `rebuild` waits to be finished. Changes nothing. */
export const isInterrupted = (revisions: string): boolean => existsSync(planFile(revisions));

function carryOut(revisions: string, plan: Plan, onChange: () => void): void {
  const change = (work: () => void) => {
    work();
    onChange();
  };
  const { file } = plan.draft;
  change(() => linkOnce(join(draftFolder(revisions), file), join(revisions, file), plan.draft.hash));
  mkdirSync(replacedFolder(revisions), { recursive: true });
  for (const old of plan.replaces.toReversed()) {
    const from = join(revisions, old.file);
    if (!existsSync(from)) continue;
    change(() => linkOnce(from, join(replacedFolder(revisions), old.file), old.hash));
    change(() => rmSync(from));
  }
  change(() => rmSync(planFile(revisions)));
  dropDraft(revisions);
}

function unchanged(revisions: string, plan: Plan): boolean {
  const known = new Set([plan.draft.file, ...plan.replaces.map(({ file }) => file)]);
  const here = (folder: string, { file, hash }: Named) => hashOf(join(folder, file)) === hash;
  return (
    readRevisions(revisions).every(({ path }) => known.has(basename(path))) &&
    here(draftFolder(revisions), plan.draft) &&
    [plan.draft.hash, undefined].includes(hashOf(join(revisions, plan.draft.file))) &&
    plan.replaces.every(
      (old) =>
        here(revisions, old) ||
        (hashOf(join(revisions, old.file)) === undefined && here(replacedFolder(revisions), old)),
    )
  );
}

function putBack(revisions: string, plan: Plan): void {
  const made = join(revisions, plan.draft.file);
  const found = hashOf(made);
  if (found !== undefined && found !== plan.draft.hash)
    throw problem('rebuild-interrupted', { folder: draftFolder(revisions), edited: made });
  for (const { file, hash } of plan.replaces) {
    const aside = join(replacedFolder(revisions), file);
    if (!existsSync(join(revisions, file)) && existsSync(aside)) linkSync(aside, join(revisions, file));
    if (hashOf(join(revisions, file)) === hash) rmSync(aside, { force: true });
  }
  rmSync(made, { force: true });
  rmSync(planFile(revisions));
  dropDraft(revisions);
  if (existsSync(replacedFolder(revisions)) && readdirSync(replacedFolder(revisions)).length === 0)
    rmSync(replacedFolder(revisions), { recursive: true });
}

/** A second name for a file; it may have it already, but no other file may. */
function linkOnce(from: string, to: string, hash: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || hashOf(to) !== hash) throw error;
  }
}

const hashOf = (path: string): string | undefined =>
  existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : undefined;
