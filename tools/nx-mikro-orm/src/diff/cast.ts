/** What becomes of values when a column gets another type. */
import { elementType, typeNumbers, typeParts } from '../catalogue/kinds/naming.ts';

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

const parse = (type: string): Type => {
  const { schema, name } = typeParts(type);
  return { name: schema === undefined ? name : elementType(type), numbers: typeNumbers(type) };
};

/** Something that a conversion does to values, and when: the first that applies is said. */
interface Fact {
  applies: (from: Type, to: Type) => boolean;
  loss: string | ((to: Type) => string);
}

const isWhole = ({ name }: Type): boolean => ['smallint', 'integer', 'bigint'].includes(name);
const isInexact = ({ name }: Type): boolean => ['real', 'double precision'].includes(name);
const hasFractions = (type: Type): boolean => type.name === 'numeric' || type.name === 'money' || isInexact(type);
const isTimestamp = ({ name }: Type): boolean => name.startsWith('timestamp');
const isTime = ({ name }: Type): boolean => name.startsWith('time');
const isText = ({ name }: Type): boolean => ['text', 'character', 'character varying'].includes(name);

/** How many decimal places fit; without a limit where the type names none. */
const scaleOf = ({ name, numbers }: Type): number =>
  name === 'numeric' && numbers.length > 0 ? (numbers[1] ?? 0) : Infinity;

/** How many digits of a second fit. */
const precisionOf = ({ numbers }: Type): number => numbers[0] ?? 6;

const fewerDigits = (to: Type): string => `Values are rounded to ${precisionOf(to)} digits of a second.`;
const tooLong = 'Values that are too long are cut.';

/** What the server does without a word, by the chapters of PostgreSQL's manual about the types. */
const facts: readonly Fact[] = [
  // 8.1, numbers, and 8.2, money
  {
    applies: (from, to) => hasFractions(from) && isWhole(to) && scaleOf(from) !== 0,
    loss: 'Values are rounded to whole numbers.',
  },
  {
    applies: (from, to) => hasFractions(from) && to.name === 'numeric' && scaleOf(from) > scaleOf(to),
    loss: (to) => `Values are rounded to ${scaleOf(to)} decimal places.`,
  },
  {
    applies: (from, to) => ['numeric', 'bigint'].includes(from.name) && isInexact(to),
    loss: 'Values become inexact: not every digit fits.',
  },
  {
    applies: (from, to) => from.name === 'integer' && to.name === 'real',
    loss: 'Values become inexact: not every digit fits.',
  },
  {
    applies: (from, to) => from.name === 'double precision' && to.name === 'real',
    loss: 'Values lose digits.',
  },
  {
    applies: (from, to) => isWhole(from) && to.name === 'boolean',
    loss: 'Every number but 0 becomes true.',
  },
  // 8.5, dates and times
  {
    applies: (from, to) => isTimestamp(from) && to.name === 'date',
    loss: 'Values lose the time of day.',
  },
  {
    applies: (from, to) => isTimestamp(from) && to.name.startsWith('time '),
    loss: 'Values lose the date.',
  },
  {
    applies: (from, to) => isTime(from) && isTime(to) && precisionOf(to) < precisionOf(from),
    loss: fewerDigits,
  },
  {
    applies: (from, to) => from.name === 'interval' && to.name === 'interval' && precisionOf(to) < precisionOf(from),
    loss: fewerDigits,
  },
  // 8.3, texts; 8.4, bytes; 8.10, bits
  {
    applies: (from, to) => isText(from) && to.name === 'bytea',
    loss: 'Values are read as literals of bytea: a backslash begins an escape, and the encoding is that of the database.',
  },
  {
    applies: (_, to) => ['name', '"char"'].includes(to.name),
    loss: tooLong,
  },
  {
    applies: (from, to) =>
      to.name.startsWith('bit') && (from.name !== to.name || (to.numbers[0] ?? Infinity) < (from.numbers[0] ?? 1)),
    loss: tooLong,
  },
];

/** What the server's conversion from one type to another loses of a value and does not say (manual, chapter 8). */
export function castLoss(from: string, to: string): string | undefined {
  const [before, after] = [parse(from), parse(to)];
  const loss = facts.find(({ applies }) => applies(before, after))?.loss;
  return typeof loss === 'function' ? loss(after) : loss;
}
