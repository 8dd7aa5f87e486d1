/** Values that conditions speak of, and their neighbours: most conditions are met, or just not, by these. */
import { tokensOf, valueOf, type Token } from '../../../sql/tokens.ts';
import { textsMatching } from './pattern.ts';

export interface Harvest {
  /** As they are written in the conditions. */
  literals: string[];
  /** What is close to them, or of a shape they ask for. */
  near: string[];
}

const isDate = /^(\d{4})-(\d\d)-(\d\d)(.*)$/;

/** `isText`: of a text, a number may be what its length is compared with. */
export function harvest(expressions: readonly string[], isText: boolean): Harvest {
  const literals = expressions.flatMap(literalsIn);
  const figures = figuresAmong(literals);
  const lengths = isText ? figures.filter((one) => Number.isInteger(one) && one >= 0 && one <= 4000) : [];
  const near = [
    ...lengths.flatMap((one) => ofLength(one).slice(0, 1)),
    ...expressions.flatMap(matchingTexts),
    ...figures.flatMap((one, at) => [...aroundFigure(one), ...betweenFigures(one, figures[at + 1])]),
    ...lengths.flatMap((one) => [one, one + 1, one - 1].flatMap(ofLength)),
    ...literals.flatMap((one) => aroundDate(one) ?? (isText ? aroundText(one) : [])),
  ];
  return { literals: [...new Set(literals)], near: [...new Set(near)] };
}

/** Texts and numbers; where a list of texts is one literal, it is written as an array: `'{a,b}'`. */
function literalsIn(expression: string): string[] {
  const tokens = tokensOf(expression);
  const texts = textsAmong(tokens).flatMap((one) => [
    one,
    ...(one.startsWith('{') && one.endsWith('}') ? one.slice(1, -1).split(',') : []),
  ]);
  const numbers = tokens.flatMap(({ kind, text, from }, at) => {
    const before = tokens[at - 1];
    const isNegative = before?.kind === 'operator' && before.text.endsWith('-') && before.end === from;
    return kind === 'number' ? [isNegative ? `-${text}` : text] : [];
  });
  return [...texts, ...numbers];
}

const textsAmong = (tokens: readonly Token[]): string[] =>
  tokens.filter(({ kind }) => kind === 'text').flatMap((token) => valueOf(token) ?? []);

/** Texts that match the regular expressions of a condition: what stands behind `~`, be it in brackets or in a function. */
function matchingTexts(expression: string): string[] {
  const tokens = tokensOf(expression);
  return tokens.flatMap(({ kind, text }, at) => {
    if (kind !== 'operator' || !['~', '~*'].includes(text)) return [];
    const behind = tokens.slice(at + 1);
    const next = behind.findIndex((token) => token.kind !== 'word' && !['.', '('].includes(token.text));
    return textsAmong(behind.slice(next, next + 1)).flatMap((one) => textsMatching(one));
  });
}

/** The numbers that literals stand for, from the smallest. */
const figuresAmong = (literals: readonly string[]): number[] =>
  [...new Set(literals.filter((one) => /^-?\d{1,15}(\.\d+)?$/.test(one)).map(Number))].sort((a, b) => a - b);

const aroundFigure = (figure: number): string[] => [1, -1, 2, 3, 4, 5, 6, 0.5].map((step) => decimal(figure + step));

const betweenFigures = (figure: number, next: number | undefined): string[] =>
  next === undefined
    ? []
    : [
        ...[2, 4, 3, 8].map((part) => decimal(figure + (next - figure) / part)),
        decimal(Math.floor((figure + next) / 2)),
      ];

/** Days before and after; undefined where the literal is no date. */
function aroundDate(literal: string): string[] | undefined {
  const [, year, month, day, rest = ''] = isDate.exec(literal) ?? [];
  if (!year) return undefined;
  return [1, 2, 3, 4, 5, 6, -1].map((days) => `${dayFrom(Number(year), Number(month), Number(day) + days)}${rest}`);
}

/** Texts that begin alike, as `like` compares them. */
const aroundText = (literal: string): string[] =>
  ['1', '2', '3', '4', '5'].map((end) => `${literal.replace(/[%_]+$/, '')}${end}`);

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
