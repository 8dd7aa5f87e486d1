import { walk } from '../apply/step/walk.ts';
import { readCatalogue, type Catalogue, type Kind } from '../catalogue/index.ts';
import { statementsDigest } from '../history/digest.ts';
import type { Linked } from '../history/revision.ts';
import type { OrmSession } from '../orm.ts';
import { scratchWorker } from './worker.ts';

export type OnReplay = (at: { number: number; of: number; name: string }) => void;

/** What models are made of. In a revision that `create` wrote and somebody edited, these still are the models'. */
const ofModels = new Set<Kind>(['table', 'column', 'constraint', 'index']);

/** Runs revisions up, and notes in `byHand` what the parts that `create` did not write made, changed or removed. */
export async function replay(
  session: OrmSession,
  revisions: readonly Linked[],
  byHand: Set<string>,
  onReplay: OnReplay | undefined,
): Promise<void> {
  const steps = revisions.map((revision) => ({ revision, direction: 'up' as const }));
  // The catalogue is read around revisions with something written by hand; two in a row share the reading in between.
  let known: Catalogue | undefined;
  let readAround = false;
  let number = 0;
  await walk(scratchWorker(session), steps, {
    before: async ({ step: { revision }, content }) => {
      onReplay?.({ number: ++number, of: steps.length, name: revision.name });
      readAround = content.runsCode.up || revision.generated !== statementsDigest(content.up);
      if (readAround) known ??= await readCatalogue(session.client);
    },
    onDone: async ({ revision }) => {
      const before = known;
      known = readAround ? await readCatalogue(session.client) : undefined;
      if (before && known) noteHandwork(byHand, before, known, revision.generated !== undefined);
      // A revision that stands for a whole history says itself which part of it no model describes.
      for (const key of revision.byHand) byHand.add(key);
    },
  });
}

/** Adds what a revision made or changed by hand, and takes out what it removed. */
function noteHandwork(byHand: Set<string>, before: Catalogue, after: Catalogue, edited: boolean): void {
  for (const [key, { kind, definition }] of after)
    if (before.get(key)?.definition !== definition && !(edited && ofModels.has(kind))) byHand.add(key);
  for (const key of byHand) if (!after.has(key)) byHand.delete(key);
}
