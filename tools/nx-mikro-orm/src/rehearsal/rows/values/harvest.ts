/** Values that conditions speak of, and their neighbours: most conditions are met, or just not, by these. */
import { textsMatching } from './pattern.ts';

export interface Harvest {
  /** As they are written in the conditions. */
  literals: string[];
  /** What is close to them, or of a shape they ask for. */
  near: string[];
}

const quoted = /'((?:[^']|'')*)'/g;
const number = /(?<![\w."$])-?\d+(?:\.\d+)?(?![\w"])/g;
const pattern = /(?<!!)~\*?\s*(?:[\w.]+\()?'((?:[^']|'')*)'/g;
const isDate = /^(\d{4})-(\d\d)-(\d\d)(.*)$/;
const unquote = (text: string): string => text.replaceAll("''", "'");

/** `isText`: of a text, a number may be what its length is compared with. */
export function harvest(expressions: readonly string[], isText: boolean): Harvest {
  const literals: string[] = [];
  const near: string[] = [];
  for (const expression of expressions) {
    for (const [, text = ''] of expression.matchAll(pattern)) near.push(...textsMatching(unquote(text)));
    // Where a list of text is one literal, it is written as an array: '{a,b}'.
    for (const [, text = ''] of expression.matchAll(quoted)) {
      const one = unquote(text);
      literals.push(one, ...(/^\{.*\}$/.test(one) ? one.slice(1, -1).split(',') : []));
    }
    for (const [one] of expression.replaceAll(quoted, "''").matchAll(number)) literals.push(one);
  }
  const figures = [...new Set(literals.filter((one) => /^-?\d{1,15}(\.\d+)?$/.test(one)).map(Number))].sort(
    (a, b) => a - b,
  );
  for (const [at, one] of figures.entries()) {
    near.push(...[1, -1, 2, 3, 4, 5, 6, 0.5].map((step) => decimal(one + step)));
    const next = figures[at + 1];
    if (next !== undefined)
      near.push(
        ...[2, 4, 3, 8].map((part) => decimal(one + (next - one) / part)),
        decimal(Math.floor((one + next) / 2)),
      );
  }
  const lengths = isText ? figures.filter((one) => Number.isInteger(one) && one >= 0 && one <= 4000) : [];
  near.unshift(...lengths.flatMap((one) => ofLength(one).slice(0, 1)));
  near.push(...lengths.flatMap((one) => [one, one + 1, one - 1].flatMap(ofLength)));
  for (const one of literals) {
    const [, year, month, day, rest = ''] = isDate.exec(one) ?? [];
    if (year)
      near.push(
        ...[1, 2, 3, 4, 5, 6, -1].map((days) => `${dayFrom(Number(year), Number(month), Number(day) + days)}${rest}`),
      );
    else if (isText) near.push(...['1', '2', '3', '4', '5'].map((end) => `${one.replace(/[%_]+$/, '')}${end}`));
  }
  return { literals: [...new Set(literals)], near: [...new Set(near)] };
}

const decimal = (value: number): string => String(Number(value.toFixed(6)));

function dayFrom(year: number, month: number, day: number): string {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.toISOString().slice(0, 10);
}

const ofLength = (length: number): string[] =>
  length <= 0
    ? []
    : Array.from({ length: 12 }, (_, at) =>
        String.fromCharCode(97 + at)
          .padEnd(length, 'x')
          .slice(0, length),
      );
