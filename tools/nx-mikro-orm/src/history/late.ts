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

/**
 * The pending revisions without those that are late, and without what follows one that is left out. What follows an
 * applied revision stays, even when something beneath that is late.
 */
export function withoutLate(pending: readonly Linked[], late: readonly LateRevision[]): Linked[] {
  const out = new Set(late.map(({ revision }) => revision.name));
  for (const { name, revises } of pending) if (revises.some((parent) => out.has(parent))) out.add(name);
  return pending.filter(({ name }) => !out.has(name));
}
