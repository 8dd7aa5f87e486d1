import { problem, type Problem } from '../errors.ts';
import { nearestRevisions } from './nearest.ts';
import type { Linked, Revision } from './revision.ts';

/** The revisions in the order in which they run, and how they hang together. Pure data. */
export interface History {
  /** Every revision after all that it revises; among equals, by name. */
  order: Linked[];
  byName: Map<string, Linked>;
  /** Names that nothing revises. None when there are no revisions; more than one is a fork. */
  heads: string[];
}

/**
 * Links revisions into a history.
 *
 * A revision without a link follows its predecessor by name, as stock MikroORM would run it.
 * @throws revision-link-missing, revision-cycle: a link to nothing, or a circle of links.
 */
export function linkHistory(revisions: readonly Revision[]): History {
  const byName = new Map<string, Linked>();
  revisions.forEach((revision, at) => {
    const before = revisions[at - 1]?.name;
    byName.set(revision.name, { ...revision, revises: revision.link ?? (before === undefined ? [] : [before]) });
  });
  for (const { name, path, linkLine, revises } of byName.values()) {
    const missing = revises.find((parent) => !byName.has(parent));
    if (missing === undefined) continue;
    const replacedBy = revisions.find(({ replaces }) => replaces.includes(missing))?.name;
    throw problem('revision-link-missing', {
      name,
      place: linkLine === undefined ? path : `${path}:${linkLine}`,
      missing,
      replacedBy,
      nearest: replacedBy === undefined ? nearestRevisions(missing, [...byName.keys()]) : [],
    });
  }
  const revised = new Set([...byName.values()].flatMap((revision) => revision.revises));
  const heads = [...byName.keys()].filter((name) => !revised.has(name));
  return { order: sortByLinks(byName), byName, heads };
}

/** Kahn's algorithm, with the smallest free name first, so that the order never depends on the reading order. */
function sortByLinks(byName: Map<string, Linked>): Linked[] {
  const waitingFor = new Map<string, number>();
  const followers = new Map<string, Linked[]>();
  for (const revision of byName.values()) {
    const parents = new Set(revision.revises);
    waitingFor.set(revision.name, parents.size);
    for (const parent of parents) {
      const known = followers.get(parent);
      if (known) known.push(revision);
      else followers.set(parent, [revision]);
    }
  }
  const free: Linked[] = [];
  for (const revision of byName.values()) if (waitingFor.get(revision.name) === 0) insert(free, revision);
  const order: Linked[] = [];
  for (let next = free.pop(); next; next = free.pop()) {
    order.push(next);
    for (const follower of followers.get(next.name) ?? []) {
      const left = (waitingFor.get(follower.name) ?? 0) - 1;
      waitingFor.set(follower.name, left);
      if (left === 0) insert(free, follower);
    }
  }
  if (order.length < byName.size) {
    const done = new Set(order.map((revision) => revision.name));
    throw problem('revision-cycle', { cycle: findCycle([...byName.values()].filter((r) => !done.has(r.name))) });
  }
  return order;
}

/** Puts a revision in its place in a list with the smallest name last. */
function insert(free: Linked[], revision: Linked): void {
  let low = 0;
  let high = free.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (free[middle]!.name > revision.name) low = middle + 1;
    else high = middle;
  }
  free.splice(low, 0, revision);
}

/** Follows links among revisions that could not be ordered until one comes up again. */
function findCycle(stuck: Linked[]): string[] {
  const names = new Map(stuck.map((revision) => [revision.name, revision]));
  const path = new Set<string>();
  let at = stuck[0];
  while (at && !path.has(at.name)) {
    path.add(at.name);
    at = at.revises.map((parent) => names.get(parent)).find((parent) => parent !== undefined);
  }
  const walked = [...path];
  return at ? [...walked.slice(walked.indexOf(at.name)), at.name] : walked;
}

/** The only head, undefined for an empty history. @throws two-heads when the history forks. */
export function onlyHead(history: History): string | undefined {
  if (history.heads.length > 1) throw twoHeads(history);
  return history.heads[0];
}

/** What is said of a history that forks. */
export const twoHeads = (history: History): Problem =>
  problem('two-heads', { heads: history.heads, rebuilt: halfRebuilt(history) });

/**
 * A head that replaces revisions which are still here: a `rebuild` that was interrupted leaves both. What stands for others
 * in its turn is there in the place of those.
 */
export function halfRebuilt({ heads, byName }: History): { name: string; paths: string[] } | undefined {
  // The youngest: a history that is rebuilt again has two that replace the same.
  for (const name of heads.toReversed()) {
    const replaced = new Set(byName.get(name)?.replaces);
    if (replaced.size === 0) continue;
    const present = [...byName.values()].filter(
      (other) =>
        other.name !== name &&
        (replaced.has(other.name) || (other.replaces.length > 0 && other.replaces.every((each) => replaced.has(each)))),
    );
    if (present.length > 0) return { name, paths: present.map(({ path }) => path) };
  }
  return undefined;
}

/** A revision and everything it builds on, in order. */
export function chainTo(history: History, name: string | undefined): Linked[] {
  const wanted = new Set<string>();
  const open = name === undefined ? [] : [name];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (wanted.has(next)) continue;
    wanted.add(next);
    open.push(...(history.byName.get(next)?.revises ?? []));
  }
  return history.order.filter((revision) => wanted.has(revision.name));
}
