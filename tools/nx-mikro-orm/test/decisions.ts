import type { AnswerKind, Decision } from '../src/author/questions/question.ts';

/** Decisions as they are recorded: `rename teacher.ssn:nickname`. */
export const decisionsOf = (texts: readonly string[] = []): Decision[] =>
  texts.map((text) => {
    const [, kind = '', subject = '', value] = /^(\w+) ((?:"[^"]*"|[^":])*)(?::(.*))?$/s.exec(text) ?? [];
    return { kind: kind as AnswerKind, subject, value };
  });
