/** What becomes of values when a column gets another type: tried on scratch, with values of every shape. */
import type { Cast } from '../diff/cast.ts';
import { elementType, literal, quoted, typeName, typeParts } from '../catalogue/kinds/naming.ts';
import type { Client, Kind } from '../catalogue/index.ts';
import type { Side } from '../diff/side.ts';
import type { DesiredState } from '../diff/target.ts';
import { trying, wouldTake } from './attempt.ts';
import type { Column } from '../diff/column.ts';
import { makingOf } from '../diff/statements.ts';
import { convert, shapesOf, type Conversion, type Shapes } from './rows/conversion.ts';

/** An expression of a column, by the column's name in it. */
type Way = (column: string) => string;

interface Found {
  way: Way;
  conversion: Conversion;
}

const plainly: Way = (column) => column;
const castTo =
  (type: string): Way =>
  (column) =>
    `${column}::${type}`;
const throughText = (type: string): Way => castTo(`text${arrayOf(type)}::${type}`);

const arrayOf = (type: string): string => (type.endsWith('[]') ? '[]' : '');

/** `zone` is the one that is named where values have none, or lose theirs. */
export async function castOf(
  client: Client,
  from: Column,
  to: Column,
  prelude: readonly string[],
  zone = 'UTC',
): Promise<Cast> {
  const name = quoted(to.name);
  const type = typeName(to.type);
  return trying(client, prelude, async () => {
    const shapes = await shapesOf(client, { name: to.name, type: from.type }, limitOf(to.type));
    const first = (ways: readonly Way[], fits?: (one: Conversion) => boolean) =>
      firstOf(client, shapes, to.type, ways, fits);
    const direct = [plainly, castTo(type)];
    // Where no value at all comes through without its being said, it is said.
    const found = (await first(direct, ({ converted }) => converted > 0)) ?? (await first(direct));
    if (!found) {
      if (await isEnumPair(client, from.type, to.type)) return { using: throughText(type)(name) };
      const other = await mostOf(client, shapes, to.type, otherWays(type, zone));
      return { suggestion: (other ?? (() => `null::${type}`))(name) };
    }
    const { way, conversion } = found;
    const limit = conversion.changed && shapes.isText ? varcharLimit(to.type) : undefined;
    if (limit !== undefined) return shortened(name, limit);
    const using = way === plainly ? undefined : way(name);
    if (!conversion.dependsOnZone) return { using, loss: lossOf(conversion) };
    const named = await first(waysInZone(type, zone), (one) => one.converted > 0 && !one.dependsOnZone);
    const loss = [zoneSentence, lossOf((named ?? found).conversion)].filter(Boolean).join(' ');
    return { using: named?.way(name) ?? using, loss };
  });
}

/**
 * An expression that takes back what another one, from a type without a cast, made of the values: each that was tried comes
 * back as it was. Undefined where none is known.
 */
export async function wayBack(
  client: Client,
  was: Column,
  is: Column,
  { using, prelude }: { using: string; prelude: readonly string[] },
): Promise<string | undefined> {
  return trying(client, prelude, async () => {
    const shapes = await shapesOf(client, was, limitOf(is.type));
    for (const way of otherWays(typeName(was.type), 'UTC')) {
      const back = way(shapes.column);
      const round = await convert(client, shapes, is.type, { using, back });
      if (round && round.converted > 0 && !round.changed) return back;
    }
    return undefined;
  });
}

/** The first of some expressions that the server takes, and that do what is wanted. */
async function firstOf(
  client: Client,
  shapes: Shapes,
  to: string,
  ways: readonly Way[],
  fits: (one: Conversion) => boolean = () => true,
): Promise<Found | undefined> {
  for (const way of ways) {
    const conversion = await convert(client, shapes, to, { using: way(shapes.column) });
    if (conversion && fits(conversion)) return { way, conversion };
  }
  return undefined;
}

/** The one that converts the most values; undefined where none does one. */
async function mostOf(client: Client, shapes: Shapes, to: string, ways: readonly Way[]): Promise<Way | undefined> {
  let best: { way?: Way; converted: number } = { converted: 0 };
  for (const way of ways) {
    const { converted = 0 } = (await convert(client, shapes, to, { using: way(shapes.column) })) ?? {};
    if (converted > best.converted) best = { way, converted };
  }
  return best.way;
}

/** How many characters a `varchar(n)` takes. */
const varcharLimit = (type: string): string | undefined => /^character varying\((\d+)\)$/.exec(type)?.[1];

/** The server cuts blanks that are too many, without a word, as the standard wants it; whatever else is too long is an error. */
const shortened = (name: string, limit: string): Cast => ({
  loss: `Where a value is longer than ${limit} characters, \`up\` fails; blanks at its end are cut without an error.`,
  others: [
    { using: `left(${name}, ${limit})`, does: `What is longer than ${limit} characters is cut.` },
    {
      using: `case when length(${name}) > ${limit} then ${name} || '.' else ${name} end`,
      does: '`up` fails where a value is longer, also if only by blanks.',
    },
  ],
});

/** How many characters or bits fit. */
const limitOf = (type: string): number | undefined => {
  const { name, modifier } = typeParts(type);
  return /char|bit/.test(name)
    ? Number(/\d+/.exec(modifier)?.[0] ?? (name === 'character' ? 1 : NaN)) || undefined
    : undefined;
};

const zoneSentence = 'What a value becomes depends on the time zone, which has to be named.';

const lossOf = ({ changed }: Conversion): string | undefined =>
  changed && `Values change without an error: ${shown(changed.was)} becomes ${shown(changed.became)}.`;

/** How much of a long text is shown: two of them may differ in the beginning or at the end. */
const ends = 18;
const shown = (text: string | null): string =>
  text === null
    ? 'null'
    : JSON.stringify(text.length > 2 * ends ? `${text.slice(0, ends)}…${text.slice(-ends)}` : text);

/** What a value becomes does not depend on the session's time zone where the expression names one. */
const waysInZone = (type: string, zone: string): Way[] => [
  (column) => `${column} at time zone ${literal(zone)}`,
  (column) => `${column}::timestamp at time zone ${literal(zone)}`,
  (column) => `(${column}::text || ${literal(` ${zone}`)})::${type}`,
];

/** What a person may mean where PostgreSQL has no cast. */
const otherWays = (type: string, zone: string): Way[] => [
  throughText(type),
  (column) => `lpad(to_hex(${column}::bigint), 32, '0')::${type}`,
  (column) => `('x' || right(replace(${column}::text, '-', ''), 16))::bit(64)::bigint::${type}`,
  (column) => `to_jsonb(${column})::${type}`,
  (column) => `(${column} #>> '{}')::${type}`,
  (column) => `array[${column}]::${type}`,
  (column) => `extract(epoch from ${column})::${type}`,
  (column) => `to_timestamp(${column})::${type}`,
  (column) => `${column}::integer::${type}`,
  (column) => `${column}::boolean::${type}`,
  ...['', '::date', ` at time zone ${literal(zone)}`].map((bound): Way => (column) => {
    const [low, high] = ['lower', 'upper'].map(
      (end) => `${bound.startsWith(' ') ? `(${end}(${column})${bound})::date` : `${end}(${column})${bound}`}`,
    );
    return `${type}(${low}, ${high})`;
  }),
];

const withTypes: ReadonlySet<Kind> = new Set(['extension', 'type', 'domain']);

/** Statements for the types that only one side has: a cast to them is asked about before they are there. */
export const newTypes = (from: Side, to: DesiredState): string[] =>
  [...to.catalogue.values()]
    .filter(({ kind, key }) => withTypes.has(kind) && !from.catalogue.has(key))
    .flatMap((item) => to.makes?.get(item.key)?.statements ?? makingOf(item, to)?.create ?? []);

/** Whether both are enums, or arrays of such: `enum_first` takes nothing else. Between two of them, the text says it. */
async function isEnumPair(client: Client, from: string, to: string): Promise<boolean> {
  if (from.endsWith('[]') !== to.endsWith('[]')) return false;
  const [first, second] = [from, to].map((type) => `enum_first(null::${elementType(type)})`);
  return wouldTake(client, [`select ${first}, ${second}`]);
}
