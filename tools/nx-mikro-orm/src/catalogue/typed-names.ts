/** Names as people type them at a command line. */
import { Scan, tokensOf, valueOf } from '../sql/tokens.ts';

export interface TypedName {
  name: string;
  /** It stood in quotes, so that its letter case counts. */
  isQuoted: boolean;
}

/** The names in `teacher."Last name"`, and where they end; a colon ends them too. Undefined for a text that begins otherwise. */
export function readTypedNames(text: string): { names: TypedName[]; end: number } | undefined {
  const names: TypedName[] = [];
  for (let at = 0; ; at += 1) {
    const end = text[at] === '"' ? endOfQuotes(text, at) : endOfWord(text, at);
    if (end === undefined || end === at) return undefined;
    const written = text.slice(at, end);
    const [token] = written.startsWith('"') ? tokensOf(written) : [];
    names.push({ name: (token && valueOf(token)) ?? written.trim(), isQuoted: token !== undefined });
    at = end;
    if (text[at] !== '.') return { names, end: at };
  }
}

function endOfQuotes(text: string, from: number): number | undefined {
  const scan = new Scan(text.slice(from));
  scan.next();
  return scan.kind === 'name' ? from + scan.end : undefined;
}

function endOfWord(text: string, from: number): number {
  let end = from;
  while (end < text.length && !'".:'.includes(text[end] ?? '')) end += 1;
  return end;
}
