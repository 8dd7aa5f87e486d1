/** Which decision answers which question. */
import { problem } from '../../errors.ts';
import { nearest } from '../../history/nearest.ts';
import { allOfThem, flagOf, subjectNames, sameNames } from './decision.ts';
import type { Answer, Decision, Question } from './question.ts';

function fits(answer: Answer, { kind, subject, value }: Decision): boolean {
  if (answer.kind !== kind || !sameNames(answer.subject, subject)) return false;
  if (answer.input) return value !== undefined;
  return answer.value === undefined || value === undefined ? answer.value === value : sameNames(answer.value, value);
}

/** Whether `--keep '*'` was typed, which keeps all that no model describes and nobody says anything else of. */
const keepsAll = (decisions: readonly Decision[]): boolean =>
  decisions.some(({ kind, subject }) => kind === 'keep' && subject === allOfThem);

/** The answer that a question gets where all are kept. */
function kept({ answers, optional, single }: Question): { decision: Decision; answer: Answer }[] {
  const answer = optional || single ? undefined : answers.find(({ kind }) => kind === 'keep');
  return answer ? [{ decision: answer, answer }] : [];
}

const fittingTo = ({ answers }: Question, decisions: readonly Decision[]) =>
  decisions.flatMap((decision) => {
    const answer = answers.find((one) => fits(one, decision));
    return answer ? [{ decision, answer }] : [];
  });

/**
 * Which questions the decisions answer, and which are left; what is remembered counts where nobody says otherwise.
 * @throws bad-option for two answers to one question
 */
export function match(
  questions: readonly Question[],
  decisions: readonly Decision[],
  remembered: readonly Decision[] = [],
): { answered: Map<Question, Decision>; open: Question[] } {
  const answered = new Map<Question, Decision>();
  for (const question of questions) {
    const typed = fittingTo(question, decisions);
    const known = typed.length > 0 ? typed : fittingTo(question, remembered);
    const fitting = known.length === 0 && keepsAll(decisions) ? kept(question) : known;
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
      const { kind, subject, value, thing } = first.answer;
      answered.set(question, { kind, subject, value: first.answer.input ? first.decision.value : value, thing });
    }
  }
  assertOwnNames([...answered.values()]);
  return { answered, open: questions.filter((question) => !question.optional && !answered.has(question)) };
}

/** @throws bad-option for one name that two things are given */
function assertOwnNames(decisions: readonly Decision[]): void {
  const renames = decisions.filter(({ kind }) => kind === 'rename');
  for (const [at, one] of renames.entries()) {
    const other = renames.slice(at + 1).find((later) => givesSameName(one, later));
    if (other)
      throw problem('bad-option', {
        command: 'create',
        detail: `${flagOf(one)} and ${flagOf(other)} give the same name to two.`,
      });
  }
}

/** What is within a table or type has a name of its own there; of all else, the name is said with its schema. */
const givesSameName = (one: Decision, other: Decision): boolean =>
  one.thing === other.thing &&
  sameNames(one.value ?? '', other.value ?? '') &&
  (!['column', 'enum value'].includes(one.thing ?? '') || ownerIn(one) === ownerIn(other));

const ownerIn = ({ subject }: Decision): string => JSON.stringify(subjectNames(subject).slice(0, -1));

/** @throws answer-unasked, for an answer to something that nobody asked, with what could have been meant */
export function assertUse(typed: readonly Decision[], used: readonly Decision[], asked: readonly Question[]): void {
  const lost = typed.filter(
    ({ kind, subject }) =>
      subject !== allOfThem && !used.some((decision) => decision.kind === kind && sameNames(decision.subject, subject)),
  );
  if (lost.length === 0) return;
  const all = asked.flatMap(({ answers }) => answers);
  throw problem('answer-unasked', {
    unasked: lost.map((decision) => ({ flag: flagOf(decision), meant: meantBy(decision, all).map(flagOf) })),
    possible: [...new Set(all.map(flagOf))],
  });
}

/** Other answers about the same subject; else those about the subject whose name comes nearest, of the same kind if any. */
function meantBy({ kind, subject }: Decision, all: readonly Answer[]): Answer[] {
  const about = all.filter((answer) => sameNames(answer.subject, subject));
  if (about.length > 0) return about;
  const [near] = nearest(subject, new Set(all.map((answer) => answer.subject)));
  const alike = all.filter((answer) => answer.subject === near);
  const same = alike.filter((answer) => answer.kind === kind);
  return same.length > 0 ? same : alike;
}

/** Questions as they are after some answers: a name that was given is not offered again. */
export const possible = (questions: readonly Question[], decided: readonly Decision[]): Question[] =>
  questions.map((question) => ({
    ...question,
    answers: question.answers.filter((answer) => !decided.some((decision) => takesName(decision, answer))),
  }));

const takesName = (decision: Decision, answer: Answer): boolean =>
  decision.kind === 'rename' && answer.kind === 'rename' && givesSameName({ ...decision, thing: answer.thing }, answer);
