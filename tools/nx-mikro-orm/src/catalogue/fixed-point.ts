/**
 * Expressions as the server prints them once it has read its own printing.
 *
 * It prints `s in ('a', 'b')` on a `varchar` as `(ARRAY['a'::character varying, …])::text[]`, and that, read again, as
 * `ARRAY[('a'::character varying)::text, …]`: the cast of an array constructor goes to its elements (parse_expr.c,
 * "transformTypeCast"). Rows of values that it turned into a table come in brackets of their own, `(VALUES`, and read again, as
 * a query in brackets, `( VALUES` (ruleutils.c, "get_from_clause_item").
 */
import { listAt, tokensOf, type Token } from '../sql/tokens.ts';

const begin = '(ARRAY[';
const values = '(VALUES ';

const isMark = (token: Token | undefined, text: string): boolean => token?.kind === 'mark' && token.text === text;

/** The token behind the name of an array's type that begins at a token, as `character varying(20)[]`; undefined for another. */
function behindArrayType(tokens: readonly Token[], from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < tokens.length; at += 1) {
    const { kind, text } = tokens[at]!;
    if (isMark(tokens[at], '[')) return depth === 0 && isMark(tokens[at + 1], ']') ? at + 2 : undefined;
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
    if (depth < 0 || !(['word', 'name', 'number'].includes(kind) || '().,'.includes(text))) return undefined;
  }
  return undefined;
}

/** The expression as it is printed the second time. */
export const fixedPoint = (text: string): string => withCastElements(withValuesAsQuery(text));

function withValuesAsQuery(text: string): string {
  if (!text.includes(values)) return text;
  let out = '';
  let done = 0;
  for (const { kind, from, end } of tokensOf(text)) {
    if (kind !== 'mark' || !text.startsWith(values, from)) continue;
    out += `${text.slice(done, end)} `;
    done = end;
  }
  return out + text.slice(done);
}

/** With the casts of its array constructors at their elements. */
function withCastElements(text: string): string {
  if (!text.includes(begin)) return text;
  const tokens = tokensOf(text);
  let out = '';
  let done = 0;
  for (let at = 0; at < tokens.length; at += 1) {
    const { from, end } = tokens[at]!;
    const isConstructor = tokens[at + 1]?.text === 'ARRAY' && isMark(tokens[at + 2], '[');
    const list = isMark(tokens[at], '(') && isConstructor ? listAt(tokens, at + 2) : undefined;
    const isCast = list && isMark(tokens[list.close + 1], ')') && isMark(tokens[list.close + 2], '::');
    const behind = isCast ? behindArrayType(tokens, list.close + 3) : undefined;
    out += text.slice(done, from);
    done = from;
    if (!list || behind === undefined) {
      out += text.slice(from, end);
      done = end;
      continue;
    }
    const type = text.slice(tokens[list.close + 2]!.end, tokens[behind - 2]!.from);
    const elements = list.parts.map((one) => `(${withCastElements(text.slice(one.from, one.end).trim())})::${type}`);
    out += `ARRAY[${elements.join(', ')}]`;
    at = behind - 1;
    done = tokens[at]!.end;
  }
  return out + text.slice(done);
}

/** The same in every text of a value. */
export function fixedPoints(value: unknown): unknown {
  if (typeof value === 'string') return fixedPoint(value);
  if (Array.isArray(value)) return value.map(fixedPoints);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, fixedPoints(one)]));
}
