/** Which decision answers which question. */
import { problem } from '../../errors.ts';
import { nearest } from '../../history/nearest.ts';
import { flagOf, sameNames } from './decision.ts';
import type { Answer, Decision, Question } from './question.ts';

function fits(answer: Answer, { kind, subject, value }: Decision): boolean {
  if (answer.kind !== kind || !sameNames(answer.subject, subject)) return false;
  if (answer.input) return value !== undefined;
  return answer.value === undefined || value === undefined ? answer.value === value : sameNames(answer.value, value);
}

/** Which questions the decisions answer, and which are left. @throws bad-option for two answers to one question */
export function match(
  questions: readonly Question[],
  decisions: readonly Decision[],
): { answered: Map<Question, Decision>; open: Question[] } {
  const answered = new Map<Question, Decision>();
  for (const question of questions) {
    const fitting = decisions.flatMap((decision) => {
      const answer = question.answers.find((one) => fits(one, decision));
      return answer ? [{ decision, answer }] : [];
    });
    const [first] = fitting;
    const other = fitting.find(
      ({ answer, decision }) => answer !== first?.answer || decision.value !== first.decision.value,
    );
    if (first && other)
      throw problem('bad-option', {
        command: 'create',
        detail: `${flagOf(first.decision)} and ${flagOf(other.decision)} are two answers to one question.`,
      });
    // As the question has it: with the names as they are, however they were typed.
    if (first) {
      const { kind, subject, value } = first.answer;
      answered.set(question, { kind, subject, value: first.answer.input ? first.decision.value : value });
    }
  }
  return { answered, open: questions.filter((question) => !question.optional && !answered.has(question)) };
}

/** @throws bad-option, for an answer to something that nobody asked */
export function insistOnUse(typed: readonly Decision[], used: readonly Decision[], asked: readonly Question[]): void {
  const lost = typed.find(
    ({ kind, subject }) => !used.some((decision) => decision.kind === kind && sameNames(decision.subject, subject)),
  );
  if (!lost) return;
  const subjects = [...new Set(asked.flatMap(({ answers }) => answers.map(({ subject }) => subject)))];
  const about = asked.find(({ answers }) => answers.some(({ subject }) => sameNames(subject, lost.subject)));
  const near = nearest(lost.subject, subjects)[0];
  const hint = about
    ? ` The answers about ${lost.subject} are: ${about.answers.map(flagOf).join(', ')}.`
    : near
      ? ` Did you mean ${near}?`
      : subjects.length > 0
        ? ` The questions are about ${subjects.join(', ')}.`
        : ' There is no question.';
  throw problem('bad-option', { command: 'create', detail: `${flagOf(lost)} answers no question.${hint}` });
}
