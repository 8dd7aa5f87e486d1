import { diffArrays } from 'diff';
import { withoutSemicolon } from '../sql/tokens.ts';

/** How many lines of a diff are shown. */
const most = 40;
/** How many characters of a line are shown. */
const widest = 160;
/** Lines around a change that are shown although they are the same. */
const context = 2;
/** With more differences than these, nobody reads a diff, and finding the shortest one takes long. */
const mostEdits = 500;

/**
 * How the statements of a revision differ from those that were applied, as the lines of a diff: `- ` for what was applied,
 * `+ ` for what the file has now, two spaces for what is the same. How a line is indented counts only when there is no other
 * difference. Empty when nothing differs; never more than 40 lines and one that says how many were left out; none is long.
 */
export function changes(stored: readonly string[], current: readonly string[]): string[] {
  const trimmed: Equal = (left, right) => left.trim() === right.trim();
  const exact: Equal = (left, right) => left === right;
  let lines: string[] = [];
  // Semicolons show where one statement became two: the last difference to look for.
  for (const [end, equal] of [
    ['', trimmed],
    ['', exact],
    [';', exact],
  ] as const) {
    lines = compare(linesOf(stored, end), linesOf(current, end), equal);
    if (lines.length > 0) break;
  }
  const more = lines.slice(most).filter((line) => !line.startsWith(' ')).length;
  return more > 0 ? [...lines.slice(0, most), `  … and ${more} more changed lines`] : lines.slice(0, most);
}

function linesOf(statements: readonly string[], end: string): string[] {
  return statements.flatMap((sql) => {
    const bare = withoutSemicolon(sql);
    return bare ? `${bare}${end}`.split(/\r\n|\r|\n/) : [];
  });
}

type Equal = (left: string, right: string) => boolean;

interface Part {
  value: string[];
  added: boolean;
  removed: boolean;
}

function compare(before: string[], after: string[], comparator: Equal): string[] {
  const parts: Part[] =
    diffArrays(before, after, { comparator, maxEditLength: mostEdits }) ?? apart(before, after, comparator);
  if (parts.every(({ added, removed }) => !added && !removed)) return [];
  return parts.flatMap((part, at) => {
    const other = part.removed ? parts[at + 1] : parts[at - 1];
    const twins = other && (other.added || other.removed) ? other.value : [];
    if (part.removed) return part.value.map((line, n) => `- ${cut(line, twins[n])}`);
    if (part.added) return part.value.map((line, n) => `+ ${cut(line, twins[n])}`);
    return around(part.value, at > 0, at < parts.length - 1).map((line) => `  ${cut(line)}`);
  });
}

/** The whole middle, from the first line that differs to the last one: not the shortest diff, but a quick one. */
function apart(before: string[], after: string[], equal: Equal): Part[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && equal(before[head]!, after[head]!)) head++;
  let tail = 0;
  while (tail < shorter - head && equal(before.at(-1 - tail)!, after.at(-1 - tail)!)) tail++;
  const part = (value: string[], change: Partial<Part> = {}) => ({ value, added: false, removed: false, ...change });
  return [
    part(after.slice(0, head)),
    part(before.slice(head, before.length - tail), { removed: true }),
    part(after.slice(head, after.length - tail), { added: true }),
    part(after.slice(after.length - tail)),
  ].filter(({ value }) => value.length > 0);
}

/** Of lines that are the same, those beside a change. */
function around(lines: string[], follows: boolean, precedes: boolean): string[] {
  const first = follows ? context : 0;
  const last = precedes ? context : 0;
  if (lines.length <= first + last + 1) return lines;
  return [...lines.slice(0, first), '…', ...lines.slice(lines.length - last)];
}

/** A long line is shown from a little before the place where it differs from its twin. */
function cut(line: string, twin = ''): string {
  if (line.length <= widest) return line;
  let same = 0;
  while (twin && line[same] === twin[same] && same < line.length) same++;
  const from = Math.max(0, Math.min(same - 40, line.length - widest));
  const to = from + widest;
  return `${from > 0 ? '…' : ''}${line.slice(from, to)}${to < line.length ? '…' : ''}`;
}
