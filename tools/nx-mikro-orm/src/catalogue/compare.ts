/** What differs between two catalogues. */
import type { Catalogue, Kind } from './item.ts';

export interface Difference {
  key: string;
  kind: Kind;
  /** `missing`: expected and not found. `extra`: found and not expected. */
  what: 'missing' | 'extra' | 'changed';
  expected?: string;
  found?: string;
}

const byKey = (a: Difference, b: Difference): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

/** Sorted by key; empty when both hold the same. */
export const compareCatalogues = (expected: Catalogue, found: Catalogue): Difference[] => {
  const differences: Difference[] = [];
  for (const { key, kind, definition } of expected.values()) {
    const other = found.get(key);
    if (!other) differences.push({ key, kind, what: 'missing', expected: definition });
    else if (other.definition !== definition)
      differences.push({ key, kind, what: 'changed', expected: definition, found: other.definition });
  }
  for (const { key, kind, definition } of found.values())
    if (!expected.has(key)) differences.push({ key, kind, what: 'extra', found: definition });
  return differences.sort(byKey);
};

const longest = 100;

/** A part of a text that is not too long, from a word shortly before `start`. */
const excerpt = (text: string, start: number): string => {
  const word = text.lastIndexOf(' ', start - 20) + 1;
  const from = text.length <= longest || start < longest / 2 ? 0 : Math.max(word, start - 40);
  const part = Array.from(text.slice(from));
  const cut = part.length > longest ? `${part.slice(0, longest).join('')}…` : part.join('');
  return (from > 0 ? '…' : '') + (cut || 'nothing');
};

const oneLine = (text = ''): string => text.replace(/\s+/g, ' ').trim();

const firstDifference = (a: string, b: string): number => {
  let index = 0;
  while (index < a.length && a[index] === b[index]) index += 1;
  return index;
};

/** One line for people. */
export const describe = ({ key, what, expected, found }: Difference): string => {
  if (what !== 'changed') return `${key} is ${what}`;
  // Where only white space differs it is shown, escaped, as it is all there is to show.
  const same = oneLine(expected) === oneLine(found);
  const show = same ? (text = '') => JSON.stringify(text).slice(1, -1) : oneLine;
  const [a, b] = [show(expected), show(found)];
  const start = firstDifference(a, b);
  return `${key} is changed: expected ${excerpt(a, start)}, found ${excerpt(b, start)}`;
};
