import type { History } from './graph.ts';
import type { Applied } from './state.ts';

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
