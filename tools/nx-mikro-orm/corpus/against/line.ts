/** One line of corpus/against-mikro-orm.md: written from what stock made of an entry, and read again. */
import type { Change } from '../change.ts';
import { oursFailed, verdicts, type Line } from './verdict.ts';

/** Text in which no letter means anything to Markdown. */
export const plain = (text: string): string => text.replaceAll(/[\\`*_<>[\]#|~]/g, '\\$&');
const unescaped = (text: string): string => text.replaceAll(/\\(.)/g, '$1');

const code = (text: string): string => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``);
/** Prettier takes away the blanks beside double backticks. */
const uncoded = (text: string): string => (text.startsWith('``') ? text.slice(2, -2).trim() : text.slice(1, -1));

/** The options that ours is told for an entry and stock cannot be. What `--drop` says, stock does by itself. */
export const answersOf = ({ decisions = [], volunteered = [] }: Change): string[] =>
  [
    ...new Set([...decisions, ...volunteered].flatMap((text) => /^(?:rename|fill|map|using)\b/.exec(text)?.[0] ?? [])),
  ].sort();

/** What the page says of one entry. */
export function lineOf(name: string, line: Line, answers: string[] = []): string {
  const { is, why, words, oursFails, withoutSnapshot } = line;
  const verdict = is === 'right' || is === 'not compared' ? is : `**${is}**`;
  const reason = [why === undefined ? [] : plain(why), words === undefined ? [] : code(words)].flat().join(': ');
  const more = [
    withoutSnapshot === undefined ? [] : `with \`snapshot: false\`: ${withoutSnapshot}`,
    oursFails && why !== oursFailed ? oursFailed : [],
    answers.length === 0 ? [] : `needs an answer: ${answers.map((option) => code(`--${option}`)).join(', ')}`,
  ].flat();
  return [`- ${plain(name)} — ${verdict}${reason && `: ${reason}`}`, ...more].join('; ');
}

const verdict = verdicts.join('|');
const pattern = new RegExp(
  [
    String.raw`^- (?<name>.*?) — (?:\*\*)?(?<is>${verdict})(?:\*\*)?`,
    String.raw`(?:: (?<why>(?:[^\`\\;]|\\.)+?)(?:: (?<words>\`.*?\`+))?)?`,
    String.raw`(?:; with \`snapshot: false\`: (?<withoutSnapshot>${verdict}))?`,
    `(?<oursFails>; ${oursFailed})?`,
    '(?:; needs an answer: .*)?$',
  ].join(''),
);

/** A line of the page, read; undefined where it is another text. */
export function readLine(text: string): { name: string; line: Line } | undefined {
  const found = pattern.exec(text)?.groups;
  if (!found) return undefined;
  const { name = '', is, why, words, withoutSnapshot, oursFails } = found;
  const line = {
    is,
    ...(why !== undefined && { why: unescaped(why) }),
    ...(words !== undefined && { words: uncoded(words) }),
    ...((oursFails !== undefined || why === oursFailed) && { oursFails: true }),
    ...(withoutSnapshot !== undefined && { withoutSnapshot }),
  } as Line;
  return { name: unescaped(name), line };
}
