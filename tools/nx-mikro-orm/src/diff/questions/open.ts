/** Questions that nothing answers yet. */
import { problem, type Problem } from '../../errors.ts';
import { flagOf } from './decision.ts';
import type { Ask, Decision, Question } from './question.ts';

const questionsOf = new WeakMap<object, readonly Question[]>();

/** The refusal for whoever is not asked: every question with the flags that answer it. */
export function questionOpen(open: readonly Question[], decided: readonly Decision[]): Problem {
  const facts = open.map(({ text, answers }) => ({ question: text, flags: answers.map(flagOf) }));
  const refusal = problem('question-open', { open: facts, decided: decided.map(flagOf) });
  questionsOf.set(refusal, open);
  return refusal;
}

/**
 * Does a work that may come upon questions. Where somebody can be asked, that is done when the work has let go of all that it
 * held, as a person may think for an hour; then it is done again, with the answers added to what is `remembered`.
 */
export async function answering<T>(ask: Ask | undefined, remembered: Decision[], work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const open = questionsOf.get(error as object);
      if (!ask || !open) throw error;
      remembered.push(...(await ask(open)));
    }
  }
}
