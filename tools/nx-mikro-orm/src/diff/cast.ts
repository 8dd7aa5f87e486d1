/** What becomes of values when a column gets another type. */

export interface Cast {
  /** The expression that has to be said; undefined where the server converts by itself, or there is no way. */
  using?: string | undefined;
  /** What is lost without a word of the server's, as a sentence. */
  loss?: string | undefined;
  /** There is no way; this is how an expression could begin. */
  suggestion?: string | undefined;
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
export function lossOf(from: string, to: string): string | undefined {
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
