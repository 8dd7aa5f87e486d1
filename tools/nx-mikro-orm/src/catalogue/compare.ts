/** What differs between two catalogues. */
import { factOf, factsText, type Catalogue, type Item } from './item.ts';
import type { Kind } from './key.ts';
import { definitionOf } from './print.ts';
import { oneLine, shortened } from '../text/line.ts';

export interface Difference {
  key: string;
  kind: Kind;
  /** `missing`: expected and not found. `extra`: found and not expected. */
  what: 'missing' | 'extra' | 'changed';
  expected?: Item;
  found?: Item;
}

/** Names of the facts that two things do not have alike. */
export function changedFacts(one: Item, other: Item): Set<string> {
  const changed = new Set<string>();
  for (const name of new Set([...Object.keys(one.facts), ...Object.keys(other.facts)])) {
    const [a, b] = [factOf(one, name), factOf(other, name)];
    if (a !== b && JSON.stringify(a) !== JSON.stringify(b)) changed.add(name);
  }
  return changed;
}

/** Whether two things are the same, by their facts. */
export const isSame = (one: Item, other: Item): boolean =>
  one.facts === other.facts || factsText(one.facts) === factsText(other.facts);

const byKey = (a: Difference, b: Difference): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

/** Sorted by key; empty when both hold the same. */
export const compareCatalogues = (expected: Catalogue, found: Catalogue): Difference[] => {
  const differences: Difference[] = [];
  for (const item of expected.values()) {
    const { key, kind } = item;
    const other = found.get(key);
    if (!other) differences.push({ key, kind, what: 'missing', expected: item });
    else if (!isSame(item, other)) differences.push({ key, kind, what: 'changed', expected: item, found: other });
  }
  for (const item of found.values())
    if (!expected.has(item.key)) differences.push({ key: item.key, kind: item.kind, what: 'extra', found: item });
  return differences.sort(byKey);
};

const longest = 100;

/** A part of a text that is not too long, from a word shortly before `start`. */
const excerpt = (text: string, start: number): string => {
  const word = text.lastIndexOf(' ', start - 20) + 1;
  const from = text.length <= longest || start < longest / 2 ? 0 : Math.max(word, start - 40);
  return (from > 0 ? '…' : '') + (shortened(text.slice(from), longest) || 'nothing');
};

const firstDifference = (a: string, b: string): number => {
  let index = 0;
  while (index < a.length && a[index] === b[index]) index += 1;
  return index;
};

/** One line for people. */
export const describe = ({ key, what, expected, found }: Difference): string => {
  if (what !== 'changed' || !expected || !found) return `${key} is ${what}`;
  const [was, is] = [definitionOf(expected), definitionOf(found)];
  // Where only white space differs it is shown, escaped, as it is all there is to show.
  const same = oneLine(was) === oneLine(is);
  const show = same ? (text: string) => JSON.stringify(text).slice(1, -1) : oneLine;
  const [a, b] = [show(was), show(is)];
  const start = firstDifference(a, b);
  return `${key} is changed: expected ${excerpt(a, start)}, found ${excerpt(b, start)}`;
};
