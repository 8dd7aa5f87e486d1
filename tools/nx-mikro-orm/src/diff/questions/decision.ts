/** Decisions as text: what follows a flag, and what stands in a revision. */
import { readTypedNames } from '../../catalogue/typed-names.ts';
import { problem } from '../../errors.ts';
import { subjectOf } from './ambiguity.ts';
import { answers, type AnswerKind, type Decision } from './question.ts';

/** Names as they are compared: `public` goes without saying, and quotes are only for who types. */
export function subjectNames(text: string): string[] {
  const found = readTypedNames(text);
  const names = found?.end === text.length ? found.names.map(({ name }) => name) : [text];
  return names.length > 1 && names[0] === 'public' ? names.slice(1) : names;
}

/** Whether two texts name the same. */
export const sameNames = (one: string, other: string): boolean =>
  JSON.stringify(subjectNames(one)) === JSON.stringify(subjectNames(other));

const forms: Record<AnswerKind, string> = {
  rename: 'table.column:new_name, table:new_name or type.value:new_value',
  drop: 'table.column, table or type.value',
  keep: "table.column or table, or '*' for all that no model describes",
  recreate: 'table',
  fill: "table.column:expression, as in teacher.city:'unknown'",
  map: 'type.value:other_value',
  using: 'table.column:expression, as in teacher.age:age::integer',
};

/** The subject of `--keep '*'`. */
export const allOfThem = '*';

/** Reads what was typed after `--rename`, `--fill` … @throws bad-option */
export function parseDecision(kind: AnswerKind, text: string): Decision {
  const bad = () =>
    problem('bad-option', { command: 'create', detail: `--${kind} wants ${forms[kind]}, not "${text}".` });
  const trimmed = text.trim();
  if (kind === 'keep' && trimmed === allOfThem) return { kind, subject: allOfThem };
  const found = readTypedNames(trimmed);
  if (!found || found.names.some(({ name }) => name === '')) throw bad();
  const subject = subjectOf(undefined, ...subjectNames(trimmed.slice(0, found.end)));
  if (found.end === trimmed.length) {
    // `fill teacher.city` says that no row will be there.
    if (answers[kind] !== undefined && kind !== 'fill') throw bad();
    return { kind, subject };
  }
  const value = trimmed.slice(found.end + 1).trim();
  if (trimmed[found.end] !== ':' || value === '' || answers[kind] === undefined) throw bad();
  return { kind, subject, value };
}

const textOf = ({ subject, value }: Decision): string => (value === undefined ? subject : `${subject}:${value}`);

/** As it is typed in a POSIX shell, after `create`. */
export function flagOf(decision: Decision): string {
  const text = textOf(decision);
  if (/^[\w.:/@%+,-]+$/.test(text)) return `--${decision.kind} ${text}`;
  const quoted =
    /[$`\\!]/.test(text) || (text.includes('"') && !text.includes("'"))
      ? `'${text.replaceAll("'", `'\\''`)}'`
      : `"${text.replaceAll('"', '\\"')}"`;
  return `--${decision.kind} ${quoted}`;
}

/** As it stands in a revision: `rename teacher.ssn:nickname`. */
export const recordOf = (decision: Decision): string => `${decision.kind} ${textOf(decision)}`;

/** @throws bad-option, for a text of another kind: a later release may have more of them */
export function readRecord(record: string): Decision {
  const [kind = '', ...rest] = record.split(' ');
  if (!(kind in answers))
    throw problem('bad-option', { command: 'create', detail: `"${record}" is no decision that this release knows.` });
  return parseDecision(kind as AnswerKind, rest.join(' '));
}

const sentences: Record<AnswerKind, (subject: string, value: string) => string> = {
  rename: (subject, value) => `${subject} was renamed to ${value}.`,
  drop: (subject) => `${subject} was dropped, with its data.`,
  keep: (subject) => `${subject} stays as it is, and is left alone.`,
  recreate: (subject) => `${subject} was made anew, and its rows were copied.`,
  fill: (subject, value) =>
    value ? `${subject}: existing rows got ${value}.` : `${subject}: there were no existing rows.`,
  map: (subject, value) => `${subject}: rows that held it got ${value}.`,
  using: (subject, value) => `${subject}: values became ${value}.`,
};

/** For people who read the revision. */
export function sentenceOf({ kind, subject, value, thing }: Decision): string {
  const named = thing === undefined ? subject : `${thing.charAt(0).toUpperCase()}${thing.slice(1)} ${subject}`;
  return sentences[kind](named, value ?? '');
}
