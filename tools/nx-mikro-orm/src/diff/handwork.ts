/** What revisions made that `create` did not write, and what they added to things that models made. */
import { changedFacts, readKey, type Catalogue, type Item } from '../catalogue/index.ts';
import { factOf } from '../catalogue/item.ts';
import { moduleOf } from '../catalogue/kinds/index.ts';

export interface Handwork {
  /** Keys of things that no model made. */
  made: Set<string>;
  /** By the key of a thing that models made: names of the facts that somebody added, as privileges or a comment. */
  added: Map<string, Set<string>>;
  /** Keys of things that came before `create`: models may have described them, and nothing says whether they did. */
  unclaimed: Set<string>;
}

/** Handwork as JSON. */
export interface HandworkNote {
  made: string[];
  added: Record<string, string[]>;
  unclaimed: string[];
}

export const noHandwork = (): Handwork => ({ made: new Set(), added: new Map(), unclaimed: new Set() });

export const readHandworkNote = ({ made, added, unclaimed }: HandworkNote): Handwork => ({
  made: new Set(made),
  added: new Map(Object.entries(added).map(([key, facts]) => [key, new Set(facts)])),
  unclaimed: new Set(unclaimed),
});

export const handworkNote = ({ made, added, unclaimed }: Handwork): HandworkNote => ({
  made: [...made],
  added: Object.fromEntries([...added].map(([key, facts]) => [key, [...facts]])),
  unclaimed: [...unclaimed],
});

/** Whether anything of the thing is by hand. */
export const isTouched = ({ made, added }: Handwork, key: string): boolean => made.has(key) || added.has(key);

/** The same under other keys. */
export function mapHandwork({ made, added, unclaimed }: Handwork, map: (key: string) => string): Handwork {
  return {
    made: new Set([...made].map(map)),
    added: new Map([...added].map(([key, facts]) => [map(key), facts])),
    unclaimed: new Set([...unclaimed].map(map)),
  };
}

/** Names of the facts that somebody may add to a thing of the models. */
const addableFacts = (key: string): readonly string[] => [
  'comment',
  'security labels',
  'privileges',
  ...(moduleOf(readKey(key).kind).addable ?? []),
];

/** Names of the facts of a thing that are by hand. */
export const factsByHand = ({ made, added, unclaimed }: Handwork, key: string): readonly string[] =>
  made.has(key) || unclaimed.has(key) ? addableFacts(key) : [...(added.get(key) ?? [])];

/** Whether models may have described what a revision made. */
export type MayBeModels = (item: Item) => boolean;

/** Notes what statements that are not `create`'s made, added or took away, by the catalogues before and after them. */
export function noteHandwork(
  handwork: Handwork,
  before: Catalogue,
  after: Catalogue,
  mayBeModels: MayBeModels = () => false,
): void {
  const { made, added, unclaimed } = handwork;
  for (const [key, item] of after) {
    const was = before.get(key);
    if (!was) noteMade(handwork, key, mayBeModels(item));
    else if (!made.has(key) && !unclaimed.has(key)) noteChange(handwork, was, item);
  }
  for (const keys of [made, unclaimed, added]) for (const key of keys.keys()) if (!after.has(key)) keys.delete(key);
}

function noteMade({ made, unclaimed }: Handwork, key: string, mayBeModels: boolean): void {
  const [theirs, others] = mayBeModels ? [unclaimed, made] : [made, unclaimed];
  theirs.add(key);
  others.delete(key);
}

function noteChange({ added }: Handwork, was: Item, item: Item): void {
  const { key } = item;
  const changed = changedFacts(was, item);
  if (changed.size === 0) return;
  const facts = new Set(added.get(key));
  for (const name of addableFacts(key).filter((one) => changed.has(one)))
    if (factOf(item, name) === undefined) facts.delete(name);
    else facts.add(name);
  if (facts.size > 0) added.set(key, facts);
  else added.delete(key);
}

/** What stands before a key in a revision's `byHand`, where models made the thing and only more was said of it. */
const mark = 'said of ';

/** The entry of a revision's `byHand` for a thing of the models of which more was said. */
export const saidOf = (key: string): string => mark + key;

/** The key in an entry of a revision's `byHand`. */
export const keyIn = (entry: string): string => (entry.startsWith(mark) ? entry.slice(mark.length) : entry);

/** Notes what a revision that stands for a whole history says of its parts. */
export function noteRecorded({ made, added, unclaimed }: Handwork, entries: readonly string[], after: Catalogue): void {
  for (const entry of entries) {
    const key = keyIn(entry);
    const item: Item | undefined = after.get(key);
    if (key === entry) {
      made.add(key);
      unclaimed.delete(key);
    } else if (item) added.set(key, new Set(addableFacts(key).filter((name) => factOf(item, name) !== undefined)));
  }
}
