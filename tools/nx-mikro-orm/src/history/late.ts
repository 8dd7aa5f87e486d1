import type { History } from './graph.ts';
import type { Linked } from './revision.ts';

/** A revision that is not applied, and the first applied one that builds on it. */
export interface LateRevision {
  revision: Linked;
  before: string;
}

/** The revisions that are not applied although something that builds on them is: grouped by that, in order. Linear. */
export function lateIn(history: History, applied: ReadonlySet<string>): LateRevision[] {
  const late: LateRevision[] = [];
  const seen = new Set<string>();
  const place = new Map(history.order.map(({ name }, at) => [name, at]));
  for (const { name } of history.order) {
    if (!applied.has(name)) continue;
    const found: Linked[] = [];
    const open = [name];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const revision = history.byName.get(next);
      if (!revision || seen.has(next)) continue;
      seen.add(next);
      if (!applied.has(next)) found.push(revision);
      open.push(...revision.revises);
    }
    found.sort((a, b) => (place.get(a.name) ?? 0) - (place.get(b.name) ?? 0));
    late.push(...found.map((revision) => ({ revision, before: name })));
  }
  return late;
}

/** A pending revision that is left out: something applied builds on it, or it follows one that is left out. */
export type Skipped = { name: string; before: string } | { name: string; follows: string };

/**
 * Of the pending revisions, in order, those that are late, and what follows one that is left out. What follows an applied
 * revision is not among them, even when something beneath that is late.
 */
export function leftOut(pending: readonly Linked[], late: readonly LateRevision[]): Map<string, Skipped> {
  const before = new Map(late.map((one) => [one.revision.name, one.before]));
  const out = new Map<string, Skipped>();
  for (const { name, revises } of pending) {
    const applied = before.get(name);
    const follows = revises.find((parent) => before.has(parent) || out.has(parent));
    if (applied !== undefined) out.set(name, { name, before: applied });
    else if (follows !== undefined) out.set(name, { name, follows });
  }
  return out;
}
