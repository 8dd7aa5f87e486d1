import type { History } from './graph.ts';
import type { Linked } from './revision.ts';
import type { Applied } from './state.ts';

/** How a database stands to the revisions that replace others. Pure data. */
export interface Replaced {
  /** Everything that it replaces is applied: its row takes the place of theirs, and nothing is run. */
  restamp: { revision: Linked; replaced: Applied[] }[];
  /** Only some of what it replaces is applied. It can neither be run nor take their place. */
  halfway: { revision: Linked; applied: string[]; lacking: string[] }[];
  /** By the name of each row that one of these accounts for: the revision that does. */
  accounted: Map<string, Linked>;
}

/**
 * Looks for revisions that replace others and are not applied themselves. A row counts for its own name and for what that
 * revision replaced in its turn, so that a history may be rebuilt a second time.
 */
export function replacedIn(history: History, rows: ReadonlyMap<string, Applied>): Replaced {
  const found: Replaced = { restamp: [], halfway: [], accounted: new Map() };
  const rebuilt = [...rows.values()].filter(({ replaces }) => replaces?.length);
  for (const revision of history.order) {
    if (revision.replaces.length === 0 || rows.has(revision.name)) continue;
    const wanted = new Set(revision.replaces);
    const inPlace = rebuilt.filter(({ replaces = [] }) => replaces.every((name) => wanted.has(name)));
    const replaced = [...new Set([...[...wanted].flatMap((name) => rows.get(name) ?? []), ...inPlace])];
    if (replaced.length === 0) continue;
    const covered = new Set(replaced.flatMap(({ name, replaces }) => [name, ...(replaces ?? [])]));
    const lacking = revision.replaces.filter((name) => !covered.has(name));
    if (lacking.length === 0) found.restamp.push({ revision, replaced });
    else found.halfway.push({ revision, applied: replaced.map(({ name }) => name), lacking });
    for (const { name } of replaced) found.accounted.set(name, revision);
  }
  return found;
}
