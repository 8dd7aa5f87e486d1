import { word } from '../../errors/entry.ts';
import { problem } from '../../errors.ts';
import { answers, type AnswerKind, type Decision } from './question.ts';

/** What is typed after each flag, in the words of one small schema. */
const examples: Record<AnswerKind, string> = {
  rename: 'teacher.ssn:nickname',
  drop: 'teacher.bio',
  keep: 'teacher.bio',
  fill: "teacher.name:'unknown'",
  map: 'mood.sad:ok',
  using: 'teacher.age:age::integer',
};

const kinds = Object.keys(answers) as AnswerKind[];
const takesExpression = (kind: AnswerKind): boolean => answers[kind] === 'SQL expression';

/**
 * Reads what follows a flag: `teacher.ssn:nickname`. A name with a dot, a colon, a comma or a quote in it stands in double
 * quotes, in which `""` is one; `public.` in front is left out. Of an expression, only the first colon belongs to us.
 * @throws bad-option, with the right form
 */
export function parseDecision(kind: AnswerKind, text: string): Decision {
  const found = readNames(text);
  const names = found && withoutPublic(found.names);
  if (!found || !names || names.length > 3) throw malformed(kind, text);
  const subject = subjectOf(names);
  const value = valueIn(kind, found.rest);
  if (value === false) throw malformed(kind, text);
  return value === undefined ? { kind, subject } : { kind, subject, value };
}

/** Reads a flag that may hold several, with commas between: `teacher.ssn,teacher.bio`. An expression is always one. */
export const parseDecisions = (kind: AnswerKind, text: string): Decision[] =>
  takesExpression(kind)
    ? [parseDecision(kind, text)]
    : (text.match(/(?:"(?:[^"]|"")*"|[^,"]|")+/g) ?? [text])
        .filter((part, _, all) => part.trim() !== '' || all.length === 1)
        .map((part) => parseDecision(kind, part));

/** Every decision among what was typed, in the order of the kinds. @throws bad-option */
export const decisionsIn = (typed: { [Kind in AnswerKind]: readonly string[] }): Decision[] =>
  kinds.flatMap((kind) => typed[kind].flatMap((text) => parseDecisions(kind, text)));

/** As it is typed in a shell: `--fill "teacher.name:'unknown'"`. */
export const flagOf = (decision: Decision): string => `--${decision.kind} ${word(textOf(decision))}`;

/** As a revision file keeps it: `rename teacher.ssn:nickname`. */
export const recordOf = (decision: Decision): string => `${decision.kind} ${textOf(decision)}`;

/** The inverse of {@link recordOf}. @throws bad-option when nobody but a person can have written it */
export function readRecord(text: string): Decision {
  const [, kind, rest = ''] = /^(\w+) ([^]*)$/.exec(text) ?? [];
  const known = kinds.find((one) => one === kind);
  if (!known)
    throw problem('bad-option', {
      command: 'create',
      detail: `"${text}" among the \`decisions\` of a revision is no decision; one reads "rename ${examples.rename}".`,
    });
  return parseDecision(known, rest);
}

/** Names as a subject: `teacher.ssn`, `"Odd.Name"."a:b"`. */
export const subjectOf = (names: readonly string[]): string => names.map(quoted).join('.');

/** The names in a subject: of table and column, of type and value; the schema's in front where it is not `public`. */
export const namesIn = (subject: string): string[] => readNames(subject)?.names ?? [subject];

/** In front of a schema's or table's name that is itself `public`, the word is typed twice: once is left out. */
function textOf({ kind, subject, value }: Decision): string {
  const names = namesIn(subject);
  const place = names.length > 1 && names[0] === 'public' ? `public.${subject}` : subject;
  if (value === undefined) return place;
  return `${place}:${takesExpression(kind) ? value : quoted(value)}`;
}

const withoutPublic = (names: string[]): string[] =>
  names.length > 1 && names[0] === 'public' ? names.slice(1) : names;

const quoted = (name: string): string =>
  /^[\p{L}\p{N}_$][\p{L}\p{N}_$-]*$/u.test(name) ? name : `"${name.replaceAll('"', '""')}"`;

/** Names with dots between, and what stands behind the first unquoted colon. Undefined when they are none. */
function readNames(text: string): { names: string[]; rest: string | undefined } | undefined {
  const name = /\s*(?:"((?:[^"]|"")*)"|([^".:,]+))\s*(?=([.:])|$)/y;
  const names: string[] = [];
  for (;;) {
    const match = name.exec(text);
    const found = match?.[1]?.replaceAll('""', '"') ?? match?.[2]?.trim();
    if (!match || found === undefined || (match[2] !== undefined && found === '')) return undefined;
    names.push(found);
    if (match[3] === ':') return { names, rest: text.slice(name.lastIndex + 1) };
    if (match[3] === undefined) return { names, rest: undefined };
    name.lastIndex++;
  }
}

/** The value behind the colon; false when this kind takes none, or another. */
function valueIn(kind: AnswerKind, rest: string | undefined): string | undefined | false {
  if (rest === undefined) return ['drop', 'keep', 'fill'].includes(kind) ? undefined : false;
  if (answers[kind] === undefined) return false;
  if (takesExpression(kind)) return rest.trim() || false;
  const value = readNames(rest);
  return value?.names.length === 1 && value.rest === undefined ? (value.names[0] ?? false) : false;
}

const malformed = (kind: AnswerKind, text: string) =>
  problem('bad-option', {
    command: 'create',
    detail: `--${kind} cannot be "${text}": it is written like ${flagOf(parseDecision(kind, examples[kind]))}. A name with a dot, a colon, a comma or a quote in it stands in double quotes, as in '"odd.name".column'.`,
  });
