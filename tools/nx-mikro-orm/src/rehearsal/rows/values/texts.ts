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
    ' a\tb\nc',
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
