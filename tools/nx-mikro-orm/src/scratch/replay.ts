import { walk } from '../apply/step/walk.ts';
import { keyAfterRename, readCatalogue, readKey, type Catalogue, type Kind } from '../catalogue/index.ts';
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
      for (const decision of revision.decisions) renameHandwork(byHand, decision);
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

/**
 * What hangs on a table or lives in a schema is known by another key when that was renamed. A decision does not say whether
 * `a.b` is a table in a schema or a column of a table; the keys that there are do.
 */
function renameHandwork(byHand: Set<string>, decision: string): void {
  const [, from = '', to = ''] = /^rename (.*?):(.*)$/.exec(decision) ?? [];
  const [old, next] = [namesIn(from), namesIn(to)];
  if (!next[0]) return;
  const table = (names: string[]) => (names.length === 1 ? ['public', ...names] : names);
  for (const key of [...byHand]) {
    const byTable = keyAfterRename(key, table(old), table(next));
    const after = byTable === key && old.length === 1 ? keyAfterRename(key, old, next) : byTable;
    if (after === key) continue;
    byHand.delete(key);
    byHand.add(after);
  }
}

const namesIn = (text: string): string[] => readKey(`table ${text}`).names;
