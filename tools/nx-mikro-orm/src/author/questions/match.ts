import { problem } from '../../errors.ts';
import { nearest } from '../../history/nearest.ts';
import { flagOf, namesIn, recordOf, subjectOf } from './decision.ts';
import type { Answer, Decision, Question } from './question.ts';

/** A question and how it was answered. */
export interface Answered {
  question: Question;
  answer: Answer;
  /** With the value that was given, where the answer's own is only an example. */
  decision: Decision;
}

export interface Matched {
  answered: Answered[];
  open: Question[];
  /** Decisions that answer none of the questions. */
  idle: Decision[];
}

/**
 * Lays decisions beside questions. Pure. @throws bad-option where two answer one question differently, or give two things
 * one name
 */
export function match(questions: readonly Question[], decisions: readonly Decision[]): Matched {
  const answered: Answered[] = [];
  const open: Question[] = [];
  const used = new Set<Decision>();
  for (const question of questions) {
    const hits = decisions.flatMap((decision) => {
      const answer = answerBy(question, decision);
      return answer ? [{ question, answer, decision: completed(decision, answer) }] : [];
    });
    for (const decision of decisions) if (answerBy(question, decision)) used.add(decision);
    const [first, other] = new Map(hits.map((hit) => [recordOf(hit.decision), hit])).values();
    if (first && other) throw contradicting(first.decision, other.decision, 'answer one question differently');
    if (first) answered.push(first);
    else open.push(question);
  }
  for (const [at, { decision }] of answered.entries()) {
    const other = answered.slice(0, at).find((before) => clash(before.decision, decision));
    if (other) throw contradicting(other.decision, decision, 'give two things one name');
  }
  return { answered, open, idle: decisions.filter((decision) => !used.has(decision)) };
}

/** The answer that a decision means. Where a person writes the value, any but none does. */
export function answerBy({ answers }: Question, { kind, subject, value }: Decision): Answer | undefined {
  const meant = answers.filter((answer) => answer.kind === kind && answer.subject === subject);
  return (
    meant.find((answer) => answer.value === value && !(answer.input && value === undefined)) ??
    meant.find((answer) => answer.input && value !== undefined)
  );
}

/** Whether two renamings would give two things beside each other one name. */
export function clash(left: Decision, right: Decision): boolean {
  const beside = ({ subject }: Decision) => subjectOf(namesIn(subject).slice(0, -1));
  return (
    left.kind === 'rename' &&
    right.kind === 'rename' &&
    left.subject !== right.subject &&
    left.value === right.value &&
    beside(left) === beside(right)
  );
}

/** A decision with what only the answer knows about its subject. */
export const completed = (decision: Decision, { thing }: Answer): Decision =>
  thing === undefined ? decision : { ...decision, thing };

/**
 * Insists that what somebody typed answers something, given every question there is.
 * @throws answer-unasked, with what could have been meant
 */
export function insistOnAsked(idle: readonly Decision[], questions: readonly Question[]): void {
  if (idle.length === 0) return;
  const possible = questions.flatMap(({ answers }) => answers);
  throw problem('answer-unasked', {
    unasked: idle.map((decision) => ({ flag: flagOf(decision), meant: meantBy(decision, possible).map(flagOf) })),
    possible: [...new Set(possible.map(flagOf))],
  });
}

/** Other answers about the same subject; else those about the subjects whose names come nearest, of the same kind if any. */
function meantBy({ kind, subject }: Decision, possible: readonly Answer[]): Answer[] {
  const about = possible.filter((answer) => answer.subject === subject);
  if (about.length > 0) return about;
  const same = possible.filter((answer) => answer.kind === kind);
  const subjects = (answers: readonly Answer[]) => nearest(subject, new Set(answers.map((one) => one.subject)));
  const near = subjects(same);
  return near.length > 0
    ? near.flatMap((one) => same.filter((answer) => answer.subject === one))
    : subjects(possible).flatMap((one) => possible.filter((answer) => answer.subject === one));
}

const contradicting = (left: Decision, right: Decision, how: string) =>
  problem('bad-option', { command: 'create', detail: `${flagOf(left)} and ${flagOf(right)} ${how}.` });
