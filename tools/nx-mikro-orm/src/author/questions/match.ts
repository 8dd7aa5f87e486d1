import { problem } from '../../errors.ts';
import type { Answer, Decision, Question } from './question.ts';

/** As it is typed after `create`. */
export const flagOf = ({ kind, subject, value }: Decision): string => {
  const text = value === undefined ? subject : `${subject}:${value}`;
  return `--${kind} ${/^[\w.:/@%+,-]+$/.test(text) ? text : `"${text.replace(/[\\"$`]/g, '\\$&')}"`}`;
};

const fits = (answer: Answer, decision: Decision): boolean =>
  answer.kind === decision.kind &&
  answer.subject === decision.subject &&
  (answer.input ? decision.value !== undefined : answer.value === decision.value);

/** Which questions the decisions answer, and which are left. @throws bad-option for two answers to one question */
export function match(
  questions: readonly Question[],
  decisions: readonly Decision[],
): { answered: Map<Question, Decision>; open: Question[] } {
  const answered = new Map<Question, Decision>();
  for (const question of questions) {
    const fitting = decisions.filter((decision) => question.answers.some((answer) => fits(answer, decision)));
    const [first, second] = fitting;
    if (first && second && flagOf(first) !== flagOf(second))
      throw problem('bad-option', { command: 'create', detail: `${flagOf(first)} and ${flagOf(second)} contradict.` });
    if (first) answered.set(question, first);
  }
  return { answered, open: questions.filter((question) => !question.optional && !answered.has(question)) };
}
