/** Keys: how a thing in a database is told from all others. */

// eslint-disable-next-line import-x/no-restricted-paths -- the words only: a kind is added in one place
import type * as kinds from './kinds/all.ts';

/** What sort of thing it is, in the server's word for it: `table`, `event trigger`. */
export type Kind = keyof typeof kinds;

const plain = /^[a-z_][a-z0-9_$]*$/;
const quoted = (name: string): string => (plain.test(name) ? name : `"${name.replaceAll('"', '""')}"`);

/** Names as a person writes them, quoted only where they have to be: `teacher."Last name"`. */
export const spelled = (names: readonly (string | null | undefined)[]): string =>
  names
    .filter((name) => name !== undefined && name !== null && name !== '')
    .map((name) => quoted(name as string))
    .join('.');

/** The key of a thing: `column public.teacher.name`; its signature is appended as it is. */
export const keyOf = (kind: Kind, names: readonly (string | null | undefined)[], signature = ''): string =>
  `${kind} ${spelled(names)}${signature}`;

/** One name, and where it ends; undefined where no name begins. */
function readName(text: string, from: number): { name: string; end: number } | undefined {
  if (text[from] !== '"') {
    let end = from;
    while (end < text.length && !'."( :'.includes(text[end] ?? '')) end += 1;
    return end === from ? undefined : { name: text.slice(from, end), end };
  }
  let name = '';
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] !== '"') name += text[at];
    else if (text[at + 1] === '"') name += text[(at += 1)];
    else return { name, end: at + 1 };
  }
  return undefined;
}

/** Names with dots between them, as {@link spelled} writes them, and where they end. Undefined for a text that begins otherwise. */
export function readNames(text: string, from = 0): { names: string[]; end: number } | undefined {
  const names: string[] = [];
  for (let at = from; ; at += 1) {
    const found = readName(text, at);
    if (!found) return undefined;
    names.push(found.name);
    at = found.end;
    if (text[at] !== '.') return { names, end: at };
  }
}
