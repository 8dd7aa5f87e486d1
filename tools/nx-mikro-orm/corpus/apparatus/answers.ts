/** Insists that all is asked that is to be decided: without an answer nothing is written, and its flag is named. */
import assert from 'node:assert/strict';
import { create, type Created } from '../../src/author/create.ts';
import { parseDecision, sameNames } from '../../src/diff/questions/decision.ts';
import type { AnswerKind, Decision } from '../../src/diff/questions/question.ts';
import type { Project } from '../../src/config.ts';
import { isProblem } from '../../src/errors.ts';
import type { Change } from '../change.ts';

/** The one place where a decision as text becomes what `create` takes. */
export const decisionOf = (text: string): Decision => {
  const [kind = '', ...rest] = text.split(' ');
  return parseDecision(kind as AnswerKind, rest.join(' '));
};

export interface Open {
  question: string;
  flags: string[];
}

/**
 * Creates with the answers of an entry, each of which is given only after it was asked for. What is volunteered and bears
 * a name that is not given yet comes along with the first answer.
 */
export async function createAsked(
  project: Project,
  { decisions = [], volunteered = [] }: Pick<Change, 'decisions' | 'volunteered'>,
): Promise<Created | undefined> {
  let given = [...volunteered];
  let early = false;
  let left = decisions;
  for (;;) {
    const outcome = await create(project, { message: 'after', decisions: given.map(decisionOf) }).then(
      (created) => ({ created }),
      (refusal: unknown) => ({ refusal }),
    );
    if ('created' in outcome) {
      assert.deepEqual(left, [], 'decided though nobody asked');
      return outcome.created;
    }
    const { refusal } = outcome;
    if (isProblem(refusal) && refusal.code === 'answer-unasked' && left === decisions && !early) {
      early = true;
      given = [];
      continue;
    }
    if (!isProblem(refusal) || refusal.code !== 'question-open') throw refusal;
    const { open } = refusal.facts as unknown as { open: Open[] };
    for (const { flags } of open)
      for (const flag of flags)
        assert.ok(
          refusal.message.includes(flag) || isCounted(flag, flags, refusal.message),
          `the message holds ${flag}, or counts it`,
        );
    const answered = left.filter((decision) => answerFor(open, decision));
    if (answered.length === 0)
      assert.fail(`asked without an answer to give:\n${refusal.message}\nleft: ${left.join(', ')}`);
    given.push(...answered, ...(early && left === decisions ? volunteered : []));
    left = left.filter((decision) => !answered.includes(decision));
  }
}

/** Whether one of the questions offers the decision. */
export const answerFor = (open: readonly Open[], decision: string): boolean =>
  open.some(({ flags }) => flags.some((flag) => answers(flag, decision)));

/** Whether a flag that is offered is the decision; of those with an expression, the expression is only an example. */
function answers(flag: string, decision: string): boolean {
  if (unquoted(flag.slice('--'.length)) === decision) return true;
  const [one, other] = [typedFlag(flag), decisionOf(decision)];
  if (one.kind !== other.kind || !sameNames(one.subject, other.subject)) return false;
  if (one.value === undefined || other.value === undefined) return one.value === other.value;
  return one.kind === 'fill' || one.kind === 'using' || sameNames(one.value, other.value);
}

/** Whether a flag is one of many names for the same subject, of which a message shows four and counts the others. */
function isCounted(flag: string, flags: readonly string[], message: string): boolean {
  const subject = flag.slice(0, flag.lastIndexOf(':') + 1);
  const alike = flags.filter((other) => subject !== '' && other.startsWith(subject));
  return alike.indexOf(flag) >= 4 && message.includes(`${subject}… for another of ${alike.length - 4} names`);
}

/** What `create` gets where a flag is typed as it is offered. */
export const typedFlag = (flag: string): Decision => decisionOf(unquoted(flag.slice('--'.length)));

/** What a POSIX shell makes of the quotes that a flag stands in. */
function unquoted(flag: string): string {
  const [kind = '', ...rest] = flag.split(' ');
  const text = rest.join(' ');
  const single = /^'(.*)'$/s.exec(text)?.[1];
  const double = /^"(.*)"$/s.exec(text)?.[1];
  return `${kind} ${single?.replaceAll("'\\''", "'") ?? double?.replaceAll(/\\(["$`\\])/g, '$1') ?? text}`;
}
