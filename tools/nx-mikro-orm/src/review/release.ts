/** Which revisions are judged: what a branch adds, what a database lacks, or what was named. */
import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import type { Project } from '../config.ts';
import { problem } from '../errors.ts';
import { chainTo, onlyHead, type History } from '../history/graph.ts';
import type { Linked } from '../history/revision.ts';
import { findRevision } from '../history/target.ts';

export interface Release {
  /** What is in use already. */
  before: Linked[];
  revisions: Linked[];
  /** What it is compared with, as it is said to people. */
  against: string;
}

/** One revision, or those after `from` up to `to`: `from:to`; an empty end is base or head. */
export function releaseNamed(history: History, text: string): Release {
  const [from, to] = text.includes(':') ? text.split(':', 2) : [undefined, text];
  const last = to === '' || to === 'head' || to === undefined ? onlyHead(history) : findRevision(history, to).name;
  const chain = chainTo(history, last);
  const start = from === undefined ? chain.length - 1 : startAfter(history, chain, from);
  return { before: chain.slice(0, start), revisions: chain.slice(start), against: 'the revision before' };
}

function startAfter(history: History, chain: readonly Linked[], from: string): number {
  if (from === '' || from === 'base') return 0;
  const { name } = findRevision(history, from);
  const at = chain.findIndex((one) => one.name === name);
  if (at < 0) throw problem('not-before', { from: name, to: chain.at(-1)?.name ?? 'base' });
  return at + 1;
}

/** Everything of the history that is not among these. */
export function beyond(history: History, known: ReadonlySet<string>, against: string): Release {
  const chain = chainTo(history, onlyHead(history));
  const start = chain.findIndex(({ name }) => !known.has(name));
  return start < 0
    ? { before: chain, revisions: [], against }
    : { before: chain.slice(0, start), revisions: chain.slice(start), against };
}

/** Branches from which others usually leave, the likeliest first. */
const trunks = ['origin/HEAD', 'origin/main', 'origin/master', 'main', 'master'];

/**
 * What this checkout adds to a git ref, or to where it left the main branch.
 * @throws since-unknown
 */
export async function sinceRef(project: Project, history: History, ref: string | undefined): Promise<Release> {
  const git = async (...words: string[]): Promise<string | undefined> =>
    promisify(execFile)('git', words, { cwd: project.root }).then(
      ({ stdout }) => stdout.trim(),
      () => undefined,
    );
  const found =
    ref === undefined ? await trunkOf(git) : await git('rev-parse', '--verify', '--quiet', `${ref}^{commit}`);
  if (found === undefined) throw problem('since-unknown', { ref });
  const files = await git('ls-tree', '--name-only', '-r', found, '--', project.revisions);
  const known = new Set((files ?? '').split('\n').map((file) => basename(file).replace(/\.[mc]?[jt]s$/, '')));
  return beyond(history, known, ref ?? found.slice(0, 8));
}

async function trunkOf(git: (...words: string[]) => Promise<string | undefined>): Promise<string | undefined> {
  for (const trunk of trunks) {
    const base = await git('merge-base', 'HEAD', trunk);
    if (base !== undefined) return base;
  }
  return undefined;
}
