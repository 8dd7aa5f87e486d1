/** Where the texts of a revision stand in its file, down to the character. */
import { parse } from 'acorn';
import { withoutTypes } from '../history/code.ts';

/** A literal text of a file. */
export interface SourceLiteral {
  value: string;
  /** Where it begins in the file. */
  start: number;
  /** Where a character of its value stands in the file. */
  place: (at: number) => number;
}

/** Every text that a file holds as a literal, in order; those that are put together at run time are none. */
export function literalsIn(source: string): SourceLiteral[] {
  const found: SourceLiteral[] = [];
  const look = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const literal = literalAt(node, source);
    if (literal) found.push(literal);
    for (const inner of Object.values(node)) look(inner);
  };
  try {
    // Types become blanks, so that everything stays where it is.
    look(parse(withoutTypes(source), { ecmaVersion: 'latest', sourceType: 'module' }));
  } catch {
    return [];
  }
  return found.sort((a, b) => a.start - b.start);
}

function literalAt(node: object, source: string): SourceLiteral | undefined {
  const {
    type,
    start = 0,
    end = 0,
    value,
    quasis,
    expressions,
  } = node as {
    type?: string;
    start?: number;
    end?: number;
    value?: unknown;
    quasis?: { value: { cooked?: string } }[];
    expressions?: unknown[];
  };
  const text =
    type === 'Literal' && typeof value === 'string'
      ? value
      : type === 'TemplateLiteral' && expressions?.length === 0
        ? quasis?.[0]?.value.cooked
        : undefined;
  if (text === undefined) return undefined;
  let places: number[] | undefined;
  const place = (at: number) => (places ??= placesOf(source, start + 1, end - 1))[at] ?? end - 1;
  return { value: text, start, place };
}

const escape = /\\(?:u\{([0-9a-f]+)\}|u[0-9a-f]{4}|x[0-9a-f]{2}|\r\n|[\s\S])|\r\n|[\s\S]/giy;

/** Of each unit of the value, where its first character is in the source. */
function placesOf(source: string, from: number, to: number): number[] {
  const places: number[] = [];
  escape.lastIndex = from;
  for (let match = escape.exec(source); match && match.index < to; match = escape.exec(source)) {
    const [written, point] = match;
    // A line that goes on in the next one adds nothing.
    if (/^\\(\r\n|[\n\r\u2028\u2029])$/.test(written)) continue;
    const units = point !== undefined && Number.parseInt(point, 16) > 0xffff ? 2 : 1;
    for (let unit = 0; unit < units; unit += 1) places.push(match.index);
  }
  return places;
}
