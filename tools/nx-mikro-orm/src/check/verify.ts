import { compareCatalogues, describe, readCatalogue, Rereading, type Catalogue } from '../catalogue/index.ts';
import { walk } from '../run/step/walk.ts';
import type { Client } from 'pg';
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

/** After so many revisions, everything is read, and has to be what was read in parts. */
const confirmedEvery = 50;

/** Reads the catalogue at which the session stands. */
type Reading = Pick<Rereading, 'read' | 'confirm'>;

/** Only what was changed is read; where that once missed something, everything, from then on. */
export type ReadingOf = (client: Client) => Reading;

const inFull: ReadingOf = (client) => ({ read: () => readCatalogue(client), confirm: () => Promise.resolve(true) });

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
  readingOf: ReadingOf = (client) => new Rereading(client),
): Promise<Verified[]> {
  const chain = chainTo(history, onlyHead(history));
  const memory = await recallVerified(project, chain);
  const verified: Verified[] = [];
  let reading = readingOf;
  /** Goes on behind what is verified, up to the first that is wrong, or was right before. */
  const goOn = async (scratch: Scratch): Promise<void> => {
    const catalogue = reading(scratch.client);
    let before = await catalogue.read();
    let unconfirmed: (() => void)[] = [];
    /** False where the readings were wrong: what they said is forgotten. */
    const confirmed = async (): Promise<boolean> => {
      const right = await catalogue.confirm();
      if (right) for (const keep of unconfirmed) keep();
      else {
        verified.length -= unconfirmed.length;
        reading = inFull;
      }
      unconfirmed = [];
      return right;
    };
    for (const [at, revision] of [...chain.entries()].slice(verified.length)) {
      if (memory.known(at)) break;
      const { name, path } = revision;
      onRevision({ number: at + 1, of: chain.length, name });
      const leftOut = leftOutOf(scratch);
      const { after, wrong, ...way } = await verifyOne(scratch, catalogue, revision, before);
      verified.push({ name, path, ...way, ...(wrong && { wrong }) });
      // What was left out is told each time, and what code does may depend on more than its file.
      const kept = !wrong && leftOutOf(scratch) === leftOut && !(await runsCode(revision));
      unconfirmed.push(() => kept && memory.add(at, way));
      if (wrong) break;
      if (unconfirmed.length >= confirmedEvery && !(await confirmed())) return;
      before = after;
    }
    await confirmed();
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
  { session }: Scratch,
  catalogue: Pick<Rereading, 'read'>,
  revision: Linked,
  before: Catalogue,
): Promise<{ after: Catalogue } & Omit<Verified, 'name' | 'path'>> {
  const worker = scratchWorker(session);
  await walk(worker, [{ revision, direction: 'up' }]);
  const after = await catalogue.read();
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
  const left = differences(before, await catalogue.read());
  if (left.length > 0) return wrong('its down does not give back what was before', left);
  await walk(worker, [{ revision, direction: 'up' }]);
  const otherwise = differences(after, await catalogue.read());
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
