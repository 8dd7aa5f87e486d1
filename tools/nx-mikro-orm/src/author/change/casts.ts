/** What becomes of values when a column gets another type. */
import type { Client } from '../../catalogue/index.ts';
import type { Side } from './side.ts';
import type { Target } from './target.ts';
import { wouldTake } from '../ddl/attempt.ts';
import type { Column } from './column.ts';
import { quoted, typeName } from '../../catalogue/kinds/naming.ts';
import { makingOf } from './statements.ts';

export interface Cast {
  /** The expression that has to be said; undefined where the server converts by itself, or there is no way. */
  using?: string | undefined;
  /** What is lost without a word of the server's, as a sentence. */
  loss?: string | undefined;
  /** There is no way; this is how an expression could begin. */
  suggestion?: string | undefined;
}

/** Finds out by asking the server, on a table of its own. What a conversion loses silently is a table of facts. */
export async function castOf(client: Client, from: Column, to: Column, prelude: readonly string[]): Promise<Cast> {
  const name = quoted(to.name);
  const zone = /^timestamp/.test(from.type) && /^timestamp/.test(to.type) && zoned(from.type) !== zoned(to.type);
  // Without it, what a value becomes depends on the time zone of whoever runs the revision.
  if (zone)
    return {
      using: `${name} at time zone 'UTC'`,
      loss: zoned(from.type)
        ? 'Values lose their time zone: they are kept as the wall clock of the one that is named.'
        : 'Values have no time zone yet: they are read as the wall clock of the one that is named.',
    };
  const loss = lossOf(from.type, to.type);
  if (await converts(client, prelude, from.type, to.type, '')) return { loss };
  const explicit = `${name}::${typeName(to.type)}`;
  if (await converts(client, prelude, from.type, to.type, ` using c::${to.type}`)) return { using: explicit, loss };
  // Between two enums, the text says it.
  const array = to.type.endsWith('[]') ? '[]' : '';
  if (await isEnumPair(client, prelude, from.type, to.type))
    return { using: `${name}::text${array}::${typeName(to.type)}` };
  return { suggestion: explicit };
}

const zoned = (type: string): boolean => type.includes('with time zone');

/** Statements for the types that only one side has: a cast to them is asked about before they are there. */
export const newTypes = (from: Side, to: Target): string[] =>
  [...to.catalogue.values()]
    .filter(({ kind, key }) => (kind === 'type' || kind === 'domain') && !from.catalogue.has(key))
    .flatMap((item) => to.makes?.get(item.key)?.statements ?? makingOf(item, to)?.create ?? []);

/** Asks on a table without rows, so that only the types decide. */
const converts = (client: Client, prelude: readonly string[], from: string, to: string, using: string) =>
  wouldTake(
    client,
    [
      `create temporary table nx_mikro_orm_cast (c ${from})`,
      `alter table pg_temp.nx_mikro_orm_cast alter c type ${to}${using}`,
    ],
    prelude,
  );

/** Whether both are enums, or arrays of such: `enum_first` takes nothing else. */
async function isEnumPair(client: Client, prelude: readonly string[], from: string, to: string): Promise<boolean> {
  if (from.endsWith('[]') !== to.endsWith('[]')) return false;
  const [first, second] = [from, to].map((type) => `enum_first(null::${type.replace(/\[\]$/, '')})`);
  return wouldTake(client, [`select ${first}, ${second}`], prelude);
}

interface Type {
  name: string;
  /** What stands in parentheses. */
  numbers: number[];
}

const parse = (type: string): Type => ({
  name: type.replace(/\(.*?\)/, '').replace(/\[\]$/, ''),
  numbers: (/\((.*?)\)/.exec(type)?.[1]?.split(',') ?? []).map(Number),
});

const whole = ['smallint', 'integer', 'bigint'];
const inexact = ['real', 'double precision'];

/** What the server's conversion from one type to another loses of a value and does not say (manual, chapters 8.1 and 8.5). */
function lossOf(from: string, to: string): string | undefined {
  const [a, b] = [parse(from), parse(to)];
  const fraction = a.name === 'numeric' || a.name === 'money' || inexact.includes(a.name);
  if (
    fraction &&
    whole.includes(b.name) &&
    !(a.name === 'numeric' && a.numbers.length > 0 && (a.numbers[1] ?? 0) === 0)
  )
    return 'Values are rounded to whole numbers.';
  if (fraction && b.name === 'numeric' && b.numbers.length > 0) {
    const scale = a.name === 'numeric' && a.numbers.length > 0 ? (a.numbers[1] ?? 0) : Infinity;
    if (scale > (b.numbers[1] ?? 0)) return `Values are rounded to ${b.numbers[1] ?? 0} decimal places.`;
  }
  if (
    inexact.includes(b.name) &&
    (a.name === 'numeric' || a.name === 'bigint' || (a.name === 'integer' && b.name === 'real'))
  )
    return 'Values become inexact: not every digit fits.';
  if (a.name === 'double precision' && b.name === 'real') return 'Values lose digits.';
  if (whole.includes(a.name) && b.name === 'boolean') return 'Every number but 0 becomes true.';
  if (/^timestamp/.test(a.name) && b.name === 'date') return 'Values lose the time of day.';
  if (/^timestamp/.test(a.name) && /^time /.test(b.name)) return 'Values lose the date.';
  if (/^time/.test(a.name) && /^time/.test(b.name) && (b.numbers[0] ?? 6) < (a.numbers[0] ?? 6))
    return `Values are rounded to ${b.numbers[0]} digits of a second.`;
  if (a.name === 'interval' && b.name === 'interval' && (b.numbers[0] ?? 6) < (a.numbers[0] ?? 6))
    return `Values are rounded to ${b.numbers[0]} digits of a second.`;
  if (b.name === 'bytea' && /^(text|character)/.test(a.name))
    return 'Values are read as literals of bytea: a backslash begins an escape, and the encoding is that of the database.';
  if (b.name === 'name' || b.name === '"char"') return 'Values that are too long are cut.';
  if (/^bit/.test(b.name) && (a.name !== b.name || (b.numbers[0] ?? Infinity) < (a.numbers[0] ?? 1)))
    return 'Values that are too long are cut.';
  return undefined;
}
