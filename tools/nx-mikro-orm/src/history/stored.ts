import { linkHistory, type History } from './graph.ts';
import type { Revision } from './revision.ts';
import type { Applied } from './state.ts';

/**
 * The history of this checkout, and in it the applied revisions that it lacks, linked as the ledger recorded them. A row
 * without a link (of stock MikroORM) follows the row before it; a link to something unknown is taken for base.
 */
export function storedHistory(history: History, applied: readonly Applied[]): History {
  const revisions: Revision[] = [...history.byName.values()].map((revision) => ({
    ...revision,
    link: revision.revises,
  }));
  const known = new Set([...history.byName.keys(), ...applied.map(({ name }) => name)]);
  let before: string | undefined;
  for (const { name, revises, hash, replaces } of applied) {
    if (!history.byName.has(name))
      revisions.push({
        name,
        path: '(the ledger)',
        hash: hash ?? '',
        link: (revises ?? (before === undefined ? [] : [before])).filter((parent) => known.has(parent)),
        linkLine: undefined,
        generated: undefined,
        replaces: replaces ?? [],
        byHand: [],
        decisions: [],
      });
    before = name;
  }
  return linkHistory(revisions.sort((a, b) => (a.name < b.name ? -1 : 1)));
}

/**
 * The names of all revisions that the files or the ledger know, oldest first. One that only the ledger knows stands after
 * the row before its own.
 */
export function everyName(history: History, applied: readonly Applied[]): string[] {
  const after = new Map<string | undefined, string[]>();
  let anchor: string | undefined;
  for (const name of new Set(applied.map((row) => row.name))) {
    if (history.byName.has(name)) anchor = name;
    else after.set(anchor, [...(after.get(anchor) ?? []), name]);
  }
  const names = history.order.map(({ name }) => name);
  return [undefined, ...names].flatMap((name) => [...(name === undefined ? [] : [name]), ...(after.get(name) ?? [])]);
}
