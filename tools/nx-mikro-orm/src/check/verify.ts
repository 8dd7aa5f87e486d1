import { compareCatalogues, describe, readCatalogue, type Catalogue } from '../catalogue/index.ts';
import { walk } from '../run/step/walk.ts';
import type { Project } from '../config.ts';
import { isProblem, problem, type FactsOf } from '../errors.ts';
import { chainTo, onlyHead, type History } from '../history/graph.ts';
import type { Linked } from '../history/revision.ts';
import { withScratch, type OnLeftOut, type Scratch } from '../rehearsal/scratch/database.ts';
import { scratchWorker } from '../rehearsal/scratch/worker.ts';

export interface Verified {
  name: string;
  reversible: boolean;
  /** Why there is no way back; '' when it does not say. */
  reason?: string;
}

/** Runs every revision up, down and up again on an empty scratch copy. @throws revision-unverified, step-failed */
export async function verifyHistory(
  project: Project,
  history: History,
  onRevision: (at: { number: number; of: number; name: string }) => void,
  onLeftOut?: OnLeftOut,
): Promise<Verified[]> {
  const chain = chainTo(history, onlyHead(history));
  return withScratch(project, [], { copy: true, onLeftOut }, async (scratch) => {
    const verified: Verified[] = [];
    let before = await readCatalogue(scratch.client);
    for (const [at, revision] of chain.entries()) {
      onRevision({ number: at + 1, of: chain.length, name: revision.name });
      const { after, ...way } = await verifyOne(scratch, revision, before);
      verified.push({ name: revision.name, ...way });
      before = after;
    }
    return verified;
  });
}

async function verifyOne(
  { session, client }: Scratch,
  revision: Linked,
  before: Catalogue,
): Promise<{ after: Catalogue } & Omit<Verified, 'name'>> {
  const worker = scratchWorker(session);
  const assertSame = (stage: string, expected: Catalogue, found: Catalogue) => {
    const differences = compareCatalogues(expected, found).map(describe);
    if (differences.length > 0)
      throw problem('revision-unverified', { name: revision.name, path: revision.path, stage, differences });
  };
  await walk(worker, [{ revision, direction: 'up' }]);
  const after = await readCatalogue(client);
  try {
    await walk(worker, [{ revision, direction: 'down' }]);
  } catch (error) {
    if (isProblem(error) && error.code === 'irreversible') {
      const { reason } = error.facts as FactsOf<'irreversible'>;
      return { after, reversible: false, reason };
    }
    throw error;
  }
  assertSame('its down does not give back what was before', before, await readCatalogue(client));
  await walk(worker, [{ revision, direction: 'up' }]);
  assertSame('its up does not give the same the second time', after, await readCatalogue(client));
  return { after, reversible: true };
}
