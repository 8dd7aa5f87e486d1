import { collectStatements } from '../apply/statements.ts';
import { walk } from '../apply/walk.ts';
import { readCatalogue, type Catalogue, type Kind } from '../catalogue/index.ts';
import { statementsDigest } from '../history/digest.ts';
import type { Linked } from '../history/revision.ts';
import type { OrmSession } from '../orm.ts';

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
  let named: readonly string[] = [];
  await walk(session, steps, {
    onStep: (step, { number, of }) => onReplay?.({ number, of, name: step.revision.name }),
    before: async ({ revision }, Class) => {
      const { statements, runsCode } = await collectStatements(Class, 'up');
      named = (Class as { byHand?: readonly string[] }).byHand ?? [];
      readAround = runsCode || revision.generated !== statementsDigest(statements);
      if (readAround) known ??= await readCatalogue(session.client);
    },
    onDone: async ({ revision }) => {
      const before = known;
      known = readAround ? await readCatalogue(session.client) : undefined;
      if (before && known) noteHandwork(byHand, before, known, revision.generated !== undefined);
      // A revision that stands for a whole history says itself which part of it no model describes.
      for (const key of named) byHand.add(key);
    },
  });
}

/** Adds what a revision made or changed by hand, and takes out what it removed. */
function noteHandwork(byHand: Set<string>, before: Catalogue, after: Catalogue, edited: boolean): void {
  for (const [key, { kind, definition }] of after)
    if (before.get(key)?.definition !== definition && !(edited && ofModels.has(kind))) byHand.add(key);
  for (const key of byHand) if (!after.has(key)) byHand.delete(key);
}
