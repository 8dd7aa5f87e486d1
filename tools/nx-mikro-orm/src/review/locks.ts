/** Whom a revision locks out, table by table. */
import type { HeldTime } from './finding.ts';
import type { TableLock } from './target.ts';
import type { Sizes } from './held/sizes.ts';
import { asWholes, isPartOfWhole, shownRelation, rewrittenTables, strongLocks, type Seen } from './seen.ts';
import { isStronger } from './trace/locks.ts';
import { heldOf } from './weigh.ts';

/** The strongest lock on each table in use that stops its writers, and how long the longest of them lasts. */
export function tableLocks(seen: readonly Seen[], sizes: Sizes | undefined): TableLock[] {
  const found = new Map<string, TableLock>();
  for (const one of seen)
    for (const [id, lock] of strongLocks(one, 'added')) {
      if (isPartOfWhole(one, id)) continue;
      const relation = shownRelation({ before: one.base, after: one.after }, id);
      const held = sizes ? heldOf(one, id, sizes) : null;
      const known = found.get(relation);
      if (!known) found.set(relation, { relation, lock, held });
      else
        found.set(relation, {
          relation,
          lock: isStronger(lock, known.lock) ? lock : known.lock,
          held: known.held && held ? longer(known.held, held) : null,
        });
    }
  return [...found.values()].sort((a, b) => (a.relation < b.relation ? -1 : 1));
}

const longer = (one: HeldTime, other: HeldTime): HeldTime => (one.to >= other.to ? one : other);

/** Tables in use whose rows are written anew. */
export const rewrites = (seen: readonly Seen[]): string[] => [
  ...new Set(seen.flatMap((one) => asWholes(one, rewrittenTables(one)).map((id) => shownRelation(one, id)))),
];
