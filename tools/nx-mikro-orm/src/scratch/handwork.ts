/** What revisions written by hand made, and what they added to things that models made. */
import type { Catalogue, Item } from '../catalogue/index.ts';

export interface Handwork {
  /** Keys of things that no model made. */
  made: Set<string>;
  /** By the key of a thing that models made: the lines of its definition that somebody added, as a grant or a comment. */
  added: Map<string, Set<string>>;
}

/** Handwork as JSON. */
export interface HandworkNote {
  made: string[];
  added: Record<string, string[]>;
}

export const noHandwork = (): Handwork => ({ made: new Set(), added: new Map() });

export const readHandworkNote = ({ made, added }: HandworkNote): Handwork => ({
  made: new Set(made),
  added: new Map(Object.entries(added).map(([key, lines]) => [key, new Set(lines)])),
});

export const handworkNote = ({ made, added }: Handwork): HandworkNote => ({
  made: [...made],
  added: Object.fromEntries([...added].map(([key, lines]) => [key, [...lines]])),
});

/** Whether anything of the thing is by hand. */
export const isTouched = ({ made, added }: Handwork, key: string): boolean => made.has(key) || added.has(key);

/** Whether a line of the thing's definition was added by hand. */
export const isAdded = ({ made, added }: Handwork, key: string, line: string): boolean =>
  made.has(key) || (added.get(key)?.has(line) ?? false);

/** The same under other keys. */
export function mapHandwork({ made, added }: Handwork, map: (key: string) => string): Handwork {
  return { made: new Set([...made].map(map)), added: new Map([...added].map(([key, lines]) => [map(key), lines])) };
}

/** A definition's lines. A comment may have several lines itself, and counts as one. */
export function linesOf({ definition, remarks }: Pick<Item, 'definition' | 'remarks'>): string[] {
  if (!remarks) return definition === '' ? [] : definition.split('\n');
  const rest = definition.slice(0, definition.length - remarks.join('\n').length).replace(/\n$/, '');
  return [...(rest === '' ? [] : rest.split('\n')), ...remarks];
}

/** What can be said of a thing beside what makes it. */
const saying =
  /^(comment |security label |sequence |index comment |grant |revoke |with \(|toast with |storage |compression |statistics |set \(|replica identity |cluster on |row level security |disabled|enabled |triggers |target )/;

/** Notes what a statement by hand made, added or took away, by the catalogues before and after it. */
export function noteHandwork({ made, added }: Handwork, before: Catalogue, after: Catalogue): void {
  for (const [key, item] of after) {
    const was = before.get(key);
    if (!was) made.add(key);
    if (!was || was.definition === item.definition || made.has(key)) continue;
    const [old, now] = [new Set(linesOf(was)), linesOf(item)];
    const kept = [...(added.get(key) ?? [])].filter((line) => now.includes(line));
    const lines = new Set([...kept, ...now.filter((line) => !old.has(line) && saying.test(line))]);
    if (lines.size > 0) added.set(key, lines);
    else added.delete(key);
  }
  for (const key of made) if (!after.has(key)) made.delete(key);
  for (const key of added.keys()) if (!after.has(key)) added.delete(key);
}

/** What stands before a key in a revision's `byHand`, where models made the thing and only more was said of it. */
const mark = 'said of ';

/** The entry of a revision's `byHand` for a thing of the models of which more was said. */
export const saidOf = (key: string): string => mark + key;

/** The key in an entry of a revision's `byHand`. */
export const keyIn = (entry: string): string => (entry.startsWith(mark) ? entry.slice(mark.length) : entry);

/** Notes what a revision that stands for a whole history says of its parts. */
export function noteRecorded({ made, added }: Handwork, entries: readonly string[], after: Catalogue): void {
  for (const entry of entries) {
    const key = keyIn(entry);
    const item = after.get(key);
    if (key === entry) made.add(key);
    else if (item) added.set(key, new Set(linesOf(item).filter((line) => saying.test(line))));
  }
}
