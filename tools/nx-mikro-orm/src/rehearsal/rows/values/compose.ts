/** What types that are made of others offer: domains, arrays, composites, ranges. */
import { elementType, typeNumbers } from '../../../catalogue/kinds/naming.ts';
import { scalars } from './scalars.ts';
import { numbers, supply, type Supply } from './supply.ts';
import { text } from './texts.ts';
import type { Type } from './type.ts';

/** What only the server could say. */
export interface Known {
  types: ReadonlyMap<number, Type>;
  /** Of a type that nobody here knows, by how it is printed: the texts that its input reads. */
  guessed: Map<string, string[]>;
  /** Of a domain with conditions: the values that meet them. */
  allowed: Map<number, string[]>;
  /** What was worked out already, by type and how it is printed. */
  supplies: Map<string, Supply>;
}

/** Below all domains: the type that reads the text, how it is printed there, and all their conditions. */
export function foundation(types: Known['types'], id: number, format: string) {
  const checks: string[] = [];
  let notNull = false;
  let type = types.get(id);
  let printed = format;
  while (type?.kind === 'd') {
    checks.push(...(type.checks ?? []));
    notNull ||= type.notNull;
    printed = type.baseFormat ?? printed;
    type = types.get(type.base);
  }
  return { type, format: printed, checks, notNull };
}

/** Whether the type's input has to be asked what it reads. */
export const isUnknown = (type: Type): boolean =>
  type.kind === 'b' && !type.isArray && !(type.builtIn && Object.hasOwn(scalars, type.name)) && type.name !== 'citext';

/** Without any value where no text is known that the type would read. */
export function supplyOf(known: Known, id: number, format: string): Supply {
  const key = `${id} ${format}`;
  const found = known.supplies.get(key) ?? workOut(known, id, format);
  known.supplies.set(key, found);
  return found;
}

function workOut(known: Known, id: number, format: string): Supply {
  const type = known.types.get(id);
  if (!type) return supply([]);
  if (type.kind === 'd') return domain(known, type);
  if (type.kind === 'e') return { ...supply(type.labels ?? []), every: true };
  if (type.kind === 'c') return composite(known, type);
  if (type.kind === 'r') return range(known, type);
  if (type.kind === 'm') return multirange(known, type);
  const scalar = type.builtIn && Object.hasOwn(scalars, type.name) ? scalars[type.name] : undefined;
  if (scalar) return scalar(typeNumbers(format), format);
  if (type.isArray) return array(known, type, format);
  if (type.name === 'citext') return text();
  return supply(known.guessed.get(format) ?? []);
}

function domain(known: Known, type: Type): Supply {
  const below = supplyOf(known, type.base, type.baseFormat ?? '');
  const allowed = known.allowed.get(type.id);
  if (!allowed) return below;
  const isAllowed = new Set(allowed);
  const ordinary = allowed.filter((one) => !below.extreme.includes(one));
  const all = supply(
    ordinary,
    below.extreme.filter((one) => isAllowed.has(one)),
  );
  return below.every ? { ...all, every: true } : all;
}

const inside = (value: string): string => `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
const at = (list: readonly string[], index: number): string | undefined => list[index % list.length];

function array(known: Known, type: Type, format: string): Supply {
  const element = known.types.get(type.element);
  const of = supplyOf(known, type.element, elementType(format));
  if (of.ordinary.length === 0) return supply(['{}']);
  const join = (values: (string | undefined)[]) =>
    `{${values.map((one) => (one === undefined ? 'NULL' : inside(one))).join(element?.delimiter ?? ',')}}`;
  const ordinary = of.ordinary.map((one, place) => join([one, at(of.ordinary, place + 1)]));
  const [first, second] = [of.ordinary[0], at(of.ordinary, 1)];
  const isNotNull = foundation(known.types, type.element, '').notNull;
  const all = supply(
    [...new Set(ordinary)],
    [
      '{}',
      join(of.extreme),
      `{${[join([first, second]), join([second, first])].join(element?.delimiter ?? ',')}}`,
      ...(isNotNull ? [] : [join([undefined, first])]),
    ],
  );
  return of.every ? { ...all, every: true } : all;
}

function composite(known: Known, type: Type): Supply {
  const parts = (type.attributes ?? []).map((one) => supplyOf(known, one.type, one.format));
  const row = (take: (part: Supply) => string | undefined) =>
    `(${parts
      .map((part) => take(part))
      .map((one) => (one === undefined ? '' : inside(one)))
      .join(',')})`;
  const most = Math.max(1, ...parts.map(({ ordinary }) => ordinary.length));
  const every = parts.some((part) => part.every);
  const count = Math.max(...parts.map((part) => (part.every ? part.ordinary.length : 1)), 1);
  const ordinary = numbers(every ? count : most).map((one) => row((part) => at(part.ordinary, one - 1)));
  const extremes = numbers(3).map((one) => row((part) => at(part.extreme, one - 1) ?? part.ordinary[0]));
  const isNotNull = (type.attributes ?? []).some((one) => foundation(known.types, one.type, '').notNull);
  const all = supply([...new Set(ordinary)], [...new Set(extremes), ...(isNotNull ? [] : [row(() => undefined)])]);
  return every ? { ...all, every: true } : all;
}

/** Each value by itself: such ranges do not overlap, whatever the order of the values is. */
const single = (value: string): string => `[${inside(value)},${inside(value)}]`;

function range(known: Known, type: Type): Supply {
  const subtype = type.of ?? 0;
  const { ordinary } = supplyOf(known, subtype, known.types.get(subtype)?.format ?? '');
  const [first = ''] = ordinary;
  return supply(
    ordinary.map(single),
    ['empty', `[${inside(first)},)`, `(,${inside(first)}]`, '(,)'].slice(0, ordinary.length ? 4 : 1),
  );
}

function multirange(known: Known, type: Type): Supply {
  const of = known.types.get(known.types.get(type.of ?? 0)?.of ?? 0);
  const { ordinary } = of ? supplyOf(known, of.id, of.format) : supply([]);
  const last = ordinary.at(-1) ?? '';
  return supply(
    ordinary.slice(0, -1).map((one) => `{${single(one)}}`),
    ['{}', ...(ordinary.length > 1 ? [`{${single(ordinary[0] ?? '')},${single(last)}}`] : [])],
  );
}
