/** `-- allow <finding>: <reason>` right above a statement: that finding of that statement is not told. */
import type { Statement } from '../sql/parse.ts';
import type { Finding, FilePlace } from './finding.ts';
import { rules } from './rules/index.ts';

/** A comment that allows something, or means to. */
export interface Allowance {
  place: FilePlace;
  /** The statement below it, by its number in the text; undefined for all statements of the text. */
  of: number | undefined;
  code: string;
  reason: string;
}

/** A finding, and the number of its statement in the text. */
interface Numbered {
  of: number;
  finding: Finding;
}

const form = /^\s*(?:--|\/\/\s*(?:--)?)\s*allow\b\s*([\w-]*)\s*(?::\s*(.*))?$/i;

/** A file without it has no such comment. */
export const mayAllow = /\ballow\b/i;

/** A line of a comment that allows something; undefined for another one. */
export function readAllowance(line: string): Pick<Allowance, 'code' | 'reason'> | undefined {
  const match = form.exec(line);
  return match ? { code: match[1] ?? '', reason: (match[2] ?? '').trim() } : undefined;
}

/** Takes away what is allowed, and tells what is wrong with the comments themselves. `run` of the statements were traced. */
export function applyAllowed(
  found: readonly Numbered[],
  allowances: readonly Allowance[],
  statements: readonly Statement[],
  run: number,
): Finding[] {
  const wrong: Finding[] = [];
  const used = new Set<Numbered>();
  for (const one of allowances) {
    const text = statements[one.of ?? 0]?.text ?? '';
    const mistake = mistakeIn(one);
    if (mistake) {
      wrong.push(finding(one, text, 'allow-broken', 'error', mistake));
      continue;
    }
    const covered = found.filter(({ of, finding: { code } }) => code === one.code && (one.of ?? of) === of);
    for (const each of covered) used.add(each);
    // Whether it still suppresses something is not known of what was not run.
    if (covered.length === 0 && (one.of ?? 0) < run)
      wrong.push(finding(one, text, 'allow-unused', 'warning', `nothing here is found by ${one.code} any more`));
  }
  return [...found.filter((one) => !used.has(one)).map((one) => one.finding), ...wrong];
}

const mistakeIn = ({ code, reason }: Allowance): string | undefined => {
  if (code === '') return 'the comment does not say which finding it allows';
  if (!rules.some((rule) => rule.code === code))
    return `there is no finding ${code}, so that nothing is allowed by this`;
  return reason === '' ? `the comment gives no reason, so that ${code} is not allowed by it` : undefined;
};

/** Comments of a text that stand right above one of its statements. */
export function allowancesIn(
  text: string,
  statements: readonly Statement[],
  place: (at: number) => FilePlace,
): Allowance[] {
  return statements.flatMap(({ at }, of) => {
    const previous = statements[of - 1];
    const from = previous ? previous.at + previous.text.length : 0;
    const lines = text.slice(from, at).split('\n');
    const found: Allowance[] = [];
    let end = at - (lines.at(-1)?.length ?? 0) - 1;
    // What stands in front of the statement on its own line is no line above it.
    for (const line of lines.slice(0, -1).reverse()) {
      if (!/^\s*--/.test(line)) break;
      const read = readAllowance(line);
      if (read) found.unshift({ ...read, of, place: place(end - line.length) });
      end -= line.length + 1;
    }
    return found;
  });
}

const finding = (
  { place }: Allowance,
  statement: string,
  code: string,
  severity: Finding['severity'],
  message: string,
): Finding => ({
  code,
  class: 'integrity_loss',
  severity,
  statement,
  ...place,
  relation: null,
  lock: null,
  held: null,
  message,
  instead:
    code === 'allow-unused' ? 'delete the comment' : 'write `-- allow <finding>: <reason>` right above the statement',
});
