import { spelled, type Item } from '../../catalogue/index.ts';
import { statementsOf, type Rename } from '../rename.ts';
import type { Cast } from '../cast.ts';
import type { Column } from '../column.ts';
import type { ColumnAnswers } from '../columns.ts';
import type { ValueMove } from '../moves.ts';
import type { Handwork } from '../handwork.ts';
import type { Side } from '../side.ts';
import type { DesiredState } from '../target.ts';
import type { Answer, Decision, Question } from './question.ts';

/** What the decisions come to. Keys are those of the catalogue. */
export interface Resolution {
  renames: Rename[];
  /** What no model knows and stays. */
  kept: Set<string>;
  columns: Map<string, ColumnAnswers>;
  values: ValueMove[];
  /** Tables that are made anew with their rows. */
  recreated: Set<string>;
  /** What stays as it is, though it differs from what is wanted. */
  held: Set<string>;
}

export const emptyOutcome = (): Resolution => ({
  renames: [],
  kept: new Set(),
  columns: new Map(),
  values: [],
  recreated: new Set(),
  held: new Set(),
});

/** A question, and what comes of an answer to it. */
export interface Ambiguity {
  question: Question;
  /** Keys of the columns that it may have become. */
  candidates?: string[];
  /** Key of the column that begins anew where the answer is to drop it. */
  anew?: string;
  apply: (decision: Decision, outcome: Resolution) => void;
}

export interface Sides {
  from: Side;
  to: DesiredState;
  /** What is not asked about: made by hand, or ignored. */
  isLeftAlone: (item: Item) => boolean;
}

/** What a state that is wanted is called in a question. */
export const calledIn = ({ called = 'the models' }: DesiredState): string => called;

/** What questions are found in. */
export interface Inquiry extends Sides {
  handwork: Handwork;
  /** How values of a column that gets another type are cast. */
  castOf: (from: Column, to: Column) => Promise<Cast>;
  /** What somebody typed, and what was decided before. */
  decisions: readonly Decision[];
  remembered: readonly Decision[];
  /** What the sources before this one found. */
  found: readonly Ambiguity[];
}

/** One kind of question: where it arises. */
export interface QuestionSource {
  /** Its place among the others, which is that of its questions on the screen. */
  order: number;
  find: (inquiry: Inquiry) => Ambiguity[] | Promise<Ambiguity[]>;
}

/** A name that something may have from now on. */
export interface NewName {
  /** As a person types it. */
  value: string;
  rename: Rename;
  /** What becomes of its values or rows. */
  data: string;
}

/** That something was renamed to one of these: an answer for each, and what comes of it. Other answers are left alone. */
export const renaming = (
  thing: string,
  subject: string,
  names: readonly NewName[],
): { answers: Answer[]; apply: Ambiguity['apply'] } => ({
  answers: names.map(({ value, rename, data }) => ({
    kind: 'rename',
    subject,
    thing,
    value,
    effect: { sql: statementsOf(rename), data },
  })),
  apply: ({ kind, value }, { renames }) => {
    const chosen = names.find((one) => kind === 'rename' && one.value === value);
    if (chosen) renames.push(chosen.rename);
  },
});

/** How a person names something: without `public`, quoted only where it has to be. */
export const subjectOf = (schema: string | undefined, ...names: string[]): string =>
  spelled([schema === 'public' ? undefined : schema, ...names]);

/** How much two names have in common: from 0, nothing, to 1. */
export function nameLikeness(one: string, other: string): number {
  const pairs = (text: string) => new Set([...text.toLowerCase()].map((char, at, all) => char + (all[at + 1] ?? '')));
  const [own, wanted] = [pairs(one), pairs(other)];
  const shared = [...own].filter((pair) => wanted.has(pair)).length;
  return (2 * shared) / (own.size + wanted.size);
}

/** Candidates for a rename, the likeliest first. */
export const byLikeness = <T>(candidates: readonly T[], name: (candidate: T) => string, like: string): T[] =>
  candidates.toSorted((a, b) => nameLikeness(name(b), like) - nameLikeness(name(a), like));

/** What a thing that is gone may have become. */
export interface Candidates<T> {
  /** The likeliest first. */
  all: T[];
  /** All of them are likelier to be what became of other things. */
  areTaken: boolean;
}

/** The answers to what became of something, so that the first ones to all questions work together: no name is given twice. */
export const inOrder = (renames: readonly Answer[], others: readonly Answer[], areTaken: boolean): Answer[] =>
  areTaken ? [...others, ...renames] : [...renames, ...others];

/** For each thing that is gone, what it may have become. No two things have the same candidate in front that is not taken. */
export function matched<T>(
  gone: readonly T[],
  come: readonly T[],
  likeness: (one: T, other: T) => number,
): Map<T, Candidates<T>> {
  const couples = gone.flatMap((one) => come.map((other) => ({ one, other, likeness: likeness(one, other) })));
  const first = new Map<T, T>();
  for (const { one, other } of couples
    .filter((couple) => couple.likeness >= 0)
    .toSorted((a, b) => b.likeness - a.likeness))
    if (!first.has(one) && ![...first.values()].includes(other)) first.set(one, other);
  return new Map(
    gone.map((one) => {
      const place = (other: T) => (first.get(one) === other ? Infinity : likeness(one, other));
      const all = come.filter((other) => likeness(one, other) >= 0).toSorted((a, b) => place(b) - place(a));
      return [one, { all, areTaken: all.length > 0 && !first.has(one) }];
    }),
  );
}
