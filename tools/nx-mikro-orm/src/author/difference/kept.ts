/** What somebody decided to keep, in earlier revisions: it is not asked about again, and counts as it is. */
import { readKey, spelled, type Catalogue } from '../../catalogue/index.ts';
import { readRecord, sameNames } from '../../diff/questions/decision.ts';
import { partsOf } from '../../diff/questions/held.ts';
import type { Side } from '../../diff/side.ts';
import type { Revision } from '../../history/revision.ts';

/** Keys of what stays as it is, though something else is wanted. */
export function keptBefore(chain: readonly Revision[], from: Side, wanted: Catalogue): Set<string> {
  const kept = new Set<string>();
  for (const { decisions, byHand } of chain)
    for (const record of decisions.filter((one) => one.startsWith('keep '))) {
      const { subject } = readRecord(record);
      const isSubject = (key: string) => sameNames(spelled(readKey(key).names), subject);
      const keys = [...new Set([...from.catalogue.keys(), ...wanted.keys()])].filter(isSubject);
      // What was kept because nobody wanted it any more is somebody's again when it is wanted.
      const wasGone = byHand.some(isSubject);
      for (const key of keys)
        if (!wasGone || !wanted.has(key)) for (const one of partsOf(from.catalogue, key)) kept.add(one);
    }
  return kept;
}
