import { numbers, supply, type Supply } from './supply.ts';

/** As long as a text without a limit gets: it still has its place in an index. */
const long = 2000;

const lengthOf = (text: string): number => [...text].length;
const cut = (text: string, limit: number): string => [...text].slice(0, limit).join('');

/** A text of at most so many characters. `padded` is one that does not tell blanks at its end. */
export function text(limit = Infinity, padded = false): Supply {
  const ordinary =
    limit >= 3
      ? numbers().map((one) => `r${one}`)
      : limit === 2
        ? numbers(35).map((one) => `r${one.toString(36)}`)
        : numbers(26).map((one) => (9 + one).toString(36));
  const extreme = [
    'x'.repeat(Math.min(limit, limit === Infinity ? long : 4000)),
    `it's a "q\\uote"; -- 50% $1`,
    'Žluťoučký 老師 🎓',
    '',
    ' a\tb\nc  ',
  ].map((one) => cut(one, limit));
  const different = padded ? extreme.map((one) => one.trimEnd()) : extreme;
  return supply(ordinary, [...new Set(different)], (one) => lengthOf(one) <= limit && !one.includes('\0'));
}

/** `name`: 63 bytes. */
export const identifier = (): Supply => {
  const { ordinary, fits } = text(63);
  return supply(ordinary, ['x'.repeat(63), `it's "q"`, 'Ž老', ''], (one) => fits(one) && Buffer.byteLength(one) <= 63);
};

/** `"char"`: one byte. */
export const byte = (): Supply => {
  const { ordinary } = text(1);
  return supply(ordinary, ["'", '~'], (one) => /^[ -~]$/.test(one));
};

/** Shapes of text that conditions ask for. Only offered where there is one. */
export const shapes: string[] = [
  ...numbers(8).flatMap((one) => [
    String(one),
    `user${one}@example.com`,
    `https://example.com/${one}`,
    `slug-${one}`,
    `Name ${one}`,
  ]),
  ...[
    'USD',
    'EUR',
    'GBP',
    'JPY',
    'CZK',
    'TWD',
    'en',
    'de',
    'cs',
    'zh',
    'ja',
    'A',
    'B',
    'C',
    'D',
    'E',
    'en-GB',
    'zh-TW',
  ],
  ...numbers(5).flatMap((one) => [
    `+4420794600${one}0`,
    `2020-01-0${one}`,
    `ABC-${one}00${one}`,
    `1.0.${one}`,
    `10.0.0.${one}`,
  ]),
  ...numbers(5).flatMap((one) => [`/a/${one}`, `snake_${one}`, `00000000-0000-4000-8000-00000000000${one}`]),
  'true',
  '{}',
  '[]',
  '-1',
];

/**
 * Texts to be read as values of other types: of each shape there are two that differ in what a type may not keep, such as
 * digits, a zone, or blanks at the end of a text of `limit` characters.
 */
export const conversionTexts = (limit = 3): string[] => [
  ...['42', '-7', '12.5', '12.501', '12345678901234567890.123456789', '12345678901234567890.5'],
  ...['2020-02-03', '2020-02-03 13:45:07.123456', '2020-02-03 13:45:07.123456+02', '13:45:07.123456', '13:45:07.12'],
  ...['1 year 2 mons', '1 year 2 mons 3 days 04:05:06.789', 'true'],
  ...['{"a": 3, "b": 1}', '{"b": 1, "a": 2, "a": 3}', '[1, 2]', '{x,y}', '10.1.2.3/8', '10.0.0.0/8'],
  ...['00000000-0000-4000-8000-000000000001', 'A', '\\x41', 'x'.repeat(100), 'x'.repeat(99)],
  ...['r', 'Žluťoučký', ''],
  ...[0, 2].map((blanks) => 'y'.repeat(limit) + ' '.repeat(blanks)),
];
