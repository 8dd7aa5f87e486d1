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
