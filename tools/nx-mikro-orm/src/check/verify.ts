import { compareCatalogues, describe, readCatalogue, type Catalogue } from '../catalogue/index.ts';
import { walk } from '../run/step/walk.ts';
import type { Project } from '../config.ts';
import { isProblem, problem, type FactsOf } from '../errors.ts';
import { contentOf } from '../history/content.ts';
import { chainTo, onlyHead, type History } from '../history/graph.ts';
import type { Linked } from '../history/revision.ts';
import { withScratch, type OnLeftOut, type Scratch } from '../rehearsal/scratch/database.ts';
import { confinementOf } from '../rehearsal/scratch/confine.ts';
import { scratchWorker } from '../rehearsal/scratch/worker.ts';
import { recallVerified, type Way } from './verified.ts';

export interface Verified extends Way {
  name: string;
  path: string;
  /** What it does otherwise than it should. */
  wrong?: Wrong;
}

interface Wrong {
  stage: string;
  differences: string[];
}

/**
 * Runs every revision up, down and up again on an empty scratch copy, but those that were right before, in the same order. Past
 * one that does something else than it should, it goes on from a copy that only went up; all of them are told at the end.
 * @throws revision-unverified, step-failed of an `up`
 */
export async function verifyHistory(
  project: Project,
  history: History,
  onRevision: (at: { number: number; of: number; name: string }) => void,
  onLeftOut?: OnLeftOut,
): Promise<Verified[]> {
  const chain = chainTo(history, onlyHead(history));
  const memory = await recallVerified(project, chain);
  const verified: Verified[] = [];
  /** Goes on behind what is verified, up to the first that is wrong, or was right before. */
  const goOn = async (scratch: Scratch): Promise<void> => {
    let before = await readCatalogue(scratch.client);
    for (const [at, revision] of [...chain.entries()].slice(verified.length)) {
      if (memory.known(at)) return;
      const { name, path } = revision;
      onRevision({ number: at + 1, of: chain.length, name });
      const leftOut = leftOutOf(scratch);
      const { after, wrong, ...way } = await verifyOne(scratch, revision, before);
      verified.push({ name, path, ...way, ...(wrong && { wrong }) });
      if (wrong) return;
      // What was left out is told each time, and what code does may depend on more than its file.
      if (leftOutOf(scratch) === leftOut && !(await runsCode(revision))) memory.add(at, way);
      before = after;
    }
  };
  try {
    while (verified.length < chain.length) {
      const [at, next] = [verified.length, chain[verified.length]];
      const way = memory.known(at);
      if (next && way) verified.push({ name: next.name, path: next.path, ...way });
      else await withScratch(project, chain.slice(0, at), { copy: true, onLeftOut }, goOn);
    }
  } finally {
    memory.write();
  }
  assertVerified(project, verified);
  return verified;
}

const leftOutOf = ({ client }: Scratch): number => confinementOf(client)?.leftOut.length ?? 0;

async function runsCode(revision: Linked): Promise<boolean> {
  const { up, down } = (await contentOf(revision)).runsCode;
  return up || down;
}

async function verifyOne(
  { session, client }: Scratch,
  revision: Linked,
  before: Catalogue,
): Promise<{ after: Catalogue } & Omit<Verified, 'name' | 'path'>> {
  const worker = scratchWorker(session);
  await walk(worker, [{ revision, direction: 'up' }]);
  const after = await readCatalogue(client);
  const wrong = (stage: string, differences: string[]) => ({ after, reversible: false, wrong: { stage, differences } });
  try {
    await walk(worker, [{ revision, direction: 'down' }]);
  } catch (error) {
    if (!isProblem(error)) throw error;
    if (error.code === 'step-failed') return wrong('its down fails', error.message.split('\n'));
    if (error.code !== 'irreversible') throw error;
    const { reason } = error.facts as FactsOf<'irreversible'>;
    return { after, reversible: false, reason };
  }
  const left = differences(before, await readCatalogue(client));
  if (left.length > 0) return wrong('its down does not give back what was before', left);
  await walk(worker, [{ revision, direction: 'up' }]);
  const otherwise = differences(after, await readCatalogue(client));
  if (otherwise.length > 0) return wrong('its up does not give the same the second time', otherwise);
  return { after, reversible: true };
}

const differences = (expected: Catalogue, found: Catalogue): string[] =>
  compareCatalogues(expected, found).map(describe);

/**
 * Insists that everything is as it should be, but for what the configuration says is known.
 * @throws revision-unverified, also for what is listed there and is right
 */
function assertVerified({ config }: Project, verified: readonly Verified[]): void {
  const known = new Set(config.wrongDowns);
  const found = verified.flatMap(({ name, path, wrong }) =>
    wrong && !known.has(name) ? [{ name, path, ...wrong }] : [],
  );
  const settled = [...known].filter((name) => !verified.some((one) => one.name === name && one.wrong));
  if (found.length + settled.length > 0) throw problem('revision-unverified', { found, settled });
}
