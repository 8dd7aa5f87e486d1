import { problem } from '../../errors.ts';
import { flagOf } from './decision.ts';
import { clash, insistOnAsked, match, type Answered } from './match.ts';
import type { Ask, Decision, Question } from './question.ts';

/** What is known before anybody is asked. */
export interface Given {
  /** By whoever started the command: each has to answer something. */
  decisions: readonly Decision[];
  /** By an earlier revision of the same change: what answers nothing any more is left out. */
  recorded?: readonly Decision[] | undefined;
  /** Undefined where nobody can be asked. */
  ask?: Ask | undefined;
}

/**
 * An answer for every question: from what was typed, else from what was recorded, else from whoever can be asked.
 * @throws answer-unasked, question-open, bad-option
 */
export async function settle(questions: readonly Question[], given: Given): Promise<Answered[]> {
  const { decisions, recorded = [], ask } = given;
  const typed = match(questions, decisions);
  insistOnAsked(typed.idle, questions);
  // What was typed now overrules what was decided then.
  const before = recorded.filter((one) => !typed.answered.some(({ decision }) => clash(decision, one)));
  const known = [...typed.answered, ...match(typed.open, before).answered].map(({ decision }) => decision);
  const { answered, open } = match(questions, known);
  if (open.length === 0) return answered;
  const asked = ask ? await ask(possible(open, known)) : [];
  const after = match(questions, [...known, ...asked]);
  if (after.open.length > 0) throw stillOpen(possible(after.open, known), known);
  return after.answered;
}

/** The questions without the names that are taken by what is decided already. */
export const possible = (questions: readonly Question[], decided: readonly Decision[]): Question[] =>
  questions.map((question) => ({
    ...question,
    answers: question.answers.filter((answer) => !decided.some((one) => clash(one, answer))),
  }));

/** What is said where nobody can be asked: every answer as a flag. */
const stillOpen = (open: readonly Question[], decided: readonly Decision[]) =>
  problem('question-open', {
    open: open.map(({ text, answers }) => ({ question: text, flags: answers.map(flagOf) })),
    decided: decided.map(flagOf),
  });
