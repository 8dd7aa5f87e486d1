/** Definitions for people. */
import type { Item, Said } from './item.ts';
import { moduleOf } from './kinds/index.ts';

const printed = (facts: object): string[] =>
  Object.entries(facts).map(([name, value]) => (value === true ? name : `${name} ${String(value)}`));

/** What a thing is, line by line: its facts as its kind prints them, then what was said of it. */
export function definitionOf(item: Item): string {
  const module = moduleOf(item.kind);
  const { comment, 'security labels': labels = [], ...facts } = item.facts as Said;
  const own = module.print ? module.print(item.facts, item) : printed(facts);
  return [
    ...own,
    comment === undefined ? undefined : `comment ${comment}`,
    ...labels.map(([provider, label]) => `security label ${provider} ${label}`),
  ]
    .filter((line) => line)
    .join('\n');
}
