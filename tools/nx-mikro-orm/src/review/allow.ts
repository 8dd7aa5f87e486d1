/** `-- allow <finding>: <reason>` right above a statement: that finding of that statement is not told. */
import type { Statement } from '../sql/parse.ts';
import type { Finding } from './finding.ts';
import { rules } from './rules/index.ts';

/** A comment that allows something, or means to. */
interface Allowance {
  line: number;
  /** The statement below it, by its number. */
  of: number;
  code: string;
  reason: string;
}

const form = /^\s*--\s*allow\b\s*([\w-]*)\s*(?::\s*(.*))?$/i;

/** Takes away what is allowed, and tells what is wrong with the comments themselves. */
export function applyAllowed(text: string, statements: readonly Statement[], findings: readonly Finding[]): Finding[] {
  const allowances = allowancesIn(text, statements);
  const lines = statements.map(({ at }) => text.slice(0, at).split('\n').length);
  const wrong: Finding[] = [];
  const used = new Set<Finding>();
  for (const one of allowances) {
    const mistake = mistakeIn(one);
    if (mistake) wrong.push(finding(one, statements[one.of], 'allow-broken', 'error', mistake));
    if (mistake) continue;
    const [from = 0, to = Infinity] = [lines[one.of], lines[one.of + 1]];
    const covered = findings.filter(({ code, line, statement }) => code === one.code && line >= from && line <= to && statement === statements[one.of]?.text);
    for (const each of covered) used.add(each);
    if (covered.length === 0)
      wrong.push(finding(one, statements[one.of], 'allow-unused', 'warning', `nothing here is found by ${one.code} any more: delete the comment`));
  }
  return [...findings.filter((one) => !used.has(one)), ...wrong];
}

const mistakeIn = ({ code, reason }: Allowance): string | undefined => {
  if (code === '') return 'the comment does not say which finding it allows: `-- allow <finding>: <reason>`';
  if (!rules.some((rule) => rule.code === code)) return `there is no finding ${code}, so that nothing is allowed by this`;
  return reason === '' ? `the comment gives no reason, so that ${code} is not allowed by it` : undefined;
};

/** Comments between the end of one statement and the beginning of the next that stand right above it. */
function allowancesIn(text: string, statements: readonly Statement[]): Allowance[] {
  return statements.flatMap(({ at }, of) => {
    const previous = statements[of - 1];
    const from = previous ? previous.at + previous.text.length : 0;
    const between = text.slice(from, at).split('\n');
    const first = text.slice(0, from).split('\n').length;
    const found: Allowance[] = [];
    // The last piece is what stands in front of the statement on its own line.
    for (let index = between.length - 2; index >= 0; index -= 1) {
      const line = between[index] ?? '';
      if (!/^\s*--/.test(line)) break;
      const match = form.exec(line);
      if (match) found.unshift({ line: first + index, of, code: match[1] ?? '', reason: (match[2] ?? '').trim() });
    }
    return found;
  });
}

const finding = (
  { line }: Allowance,
  statement: Statement | undefined,
  code: string,
  severity: Finding['severity'],
  message: string,
): Finding => ({
  code,
  class: 'not_retryable',
  severity,
  statement: statement?.text ?? '',
  line,
  column: 1,
  relation: null,
  lock: null,
  message,
  instead: 'write `-- allow <finding>: <reason>` right above the statement',
});
