/**
 * Expressions as the server prints them once it has read its own printing.
 *
 * It prints `s in ('a', 'b')` on a `varchar` as `(ARRAY['a'::character varying, …])::text[]`, and that, read again, as
 * `ARRAY[('a'::character varying)::text, …]`: the cast of an array constructor goes to its elements (parse_expr.c,
 * "transformTypeCast").
 */

const begin = '(ARRAY[';

/** Where the literal, the quoted name or the dollar-quoted text that begins at `at` ends; `at` where none begins. */
function endOfQuoted(text: string, at: number): number {
  const quote = text[at];
  if (quote === "'" || quote === '"') {
    let end = at + 1;
    while (end < text.length && (text[end] !== quote || text[end + 1] === quote)) end += text[end] === quote ? 2 : 1;
    return Math.min(end + 1, text.length);
  }
  return at;
}

/** The elements of a list in brackets that begins before `from`, and where its bracket closes. */
function elementsFrom(text: string, from: number): { elements: string[]; end: number } | undefined {
  const elements: string[] = [];
  let depth = 0;
  let start = from;
  for (let at = from; at < text.length;) {
    const behind = endOfQuoted(text, at);
    if (behind > at) {
      at = behind;
      continue;
    }
    const char = text[at] ?? '';
    if (depth === 0 && (char === ']' || char === ',')) {
      elements.push(text.slice(start, at).trim());
      start = at + 1;
      if (char === ']') return { elements, end: at };
    }
    if ('([{'.includes(char)) depth += 1;
    else if (')]}'.includes(char)) depth -= 1;
    at += 1;
  }
  return undefined;
}

/** The name of a type that begins at `from` and ends with `[]`, and where it ends. */
function arrayTypeFrom(text: string, from: number): { type: string; end: number } | undefined {
  for (let at = from; at < text.length;) {
    const behind = endOfQuoted(text, at);
    if (behind > at) at = behind;
    else if (text.startsWith('[]', at)) return { type: text.slice(from, at), end: at + 2 };
    else if (!/[\w .(,)]/.test(text[at] ?? '') || text.startsWith('))', at)) return undefined;
    else at += 1;
  }
  return undefined;
}

/** The expression with the casts of its array constructors at their elements. */
export function fixedPoint(text: string): string {
  if (!text.includes(begin)) return text;
  let out = '';
  for (let at = 0; at < text.length;) {
    const behind = endOfQuoted(text, at);
    if (behind > at || !text.startsWith(begin, at)) {
      const next = Math.max(behind, at + 1);
      out += text.slice(at, next);
      at = next;
      continue;
    }
    const list = elementsFrom(text, at + begin.length);
    const cast = list && text.startsWith('])::', list.end) ? arrayTypeFrom(text, list.end + 4) : undefined;
    if (!list || !cast) {
      out += begin;
      at += begin.length;
      continue;
    }
    const elements = list.elements.map((one) => `(${fixedPoint(one)})::${cast.type}`);
    out += `ARRAY[${elements.join(', ')}]`;
    at = cast.end;
  }
  return out;
}

/** The same in every text of a value. */
export function fixedPoints(value: unknown): unknown {
  if (typeof value === 'string') return fixedPoint(value);
  if (Array.isArray(value)) return value.map(fixedPoints);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, fixedPoints(one)]));
}
