import { walk } from '../run/step/walk.ts';
import { keyAfterRename, readCatalogue, readKey, type Catalogue, type Kind } from '../catalogue/index.ts';
import { isUpAsGenerated } from '../history/digest.ts';
import type { Linked } from '../history/revision.ts';
import type { OrmSession } from '../orm.ts';
import { mapKey, saidKey, subjectOf } from './said.ts';
import { scratchWorker } from './worker.ts';

export type OnReplay = (at: { number: number; of: number; name: string }) => void;

/** What models are made of. In a revision that `create` wrote and somebody edited, these still are the models'. */
const ofModels = new Set<Kind>(['table', 'column', 'constraint', 'index']);

/** When these are changed by hand, they still are not made by hand: where the models drop one, it is not left alone. */
const staysOfModels = new Set<Kind>([...ofModels, 'view', 'materialized view', 'type']);

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
      readAround = content.runsCode.up || !isUpAsGenerated(revision.generated, content.up);
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
  for (const [key, { kind, definition }] of after) {
    if (before.get(key)?.definition === definition || (edited && ofModels.has(kind))) continue;
    if (before.has(key) && !byHand.has(key) && staysOfModels.has(kind)) byHand.add(saidKey(key));
    byHand.add(key);
  }
  for (const key of byHand) if (!after.has(subjectOf(key))) byHand.delete(key);
}

/**
 * What hangs on a table or lives in a schema is known by another key when that was renamed. A decision does not say whether
 * `a.b` is a table in a schema or a column of a table; the keys that there are do.
 */
function renameHandwork(byHand: Set<string>, decision: string): void {
  const [, from = '', to = ''] = /^rename (.*?):(.*)$/.exec(decision) ?? [];
  const [old, next] = [namesIn(from), namesIn(to)];
  if (!next[0]) return;
  const whole = (names: string[], length: number) => (names.length < length ? ['public', ...names] : names);
  const column = whole(old, 3);
  const asColumn = next.length === 1 && column.length === 3 ? [[column, [...column.slice(0, 2), ...next]]] : [];
  const asSchema = old.length === 1 ? [[old, next]] : [];
  const ways = [...asColumn, [whole(old, 2), whole(next, 2)], ...asSchema];
  for (const key of [...byHand]) {
    const after = mapKey(
      key,
      (one) => ways.map(([from = [], to = []]) => keyAfterRename(one, from, to)).find((other) => other !== one) ?? one,
    );
    if (after === key) continue;
    byHand.delete(key);
    byHand.add(after);
  }
}

const namesIn = (text: string): string[] => readKey(`table ${text}`).names;
