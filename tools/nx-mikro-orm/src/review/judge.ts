/** From a text to findings: its statements are traced, every rule looks at every one of them. */
import { parseStatements, type Statement } from '../sql/parse.ts';
import { applyAllowed, allowancesIn, type Allowance } from './allow.ts';
import { severities, type Finding, type RuleRemark, type FilePlace } from './finding.ts';
import type { Sizes } from './held/sizes.ts';
import { weigh } from './weigh.ts';
import type { Rule } from './rule.ts';
import { rules } from './rules/index.ts';
import { seenIn, type Seen } from './seen.ts';
import type { ScriptOptions, ScriptRunner } from './trace/script.ts';

/** Where a character of a text is. */
export const placeIn = (text: string, at: number): FilePlace => {
  const before = text.slice(0, at);
  return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') };
};

/** Judges one file of SQL. */
export async function judgeScript(
  runner: ScriptRunner,
  text: string,
  options: ScriptOptions & { sizes?: Sizes | undefined },
): Promise<Finding[]> {
  const statements = await parseStatements(text);
  const { base, units } = await runner.run(statements, options);
  const end = units.at(-1)?.statements.at(-1)?.after ?? base;
  const seen = seenIn(units, { base, end, autocommit: options.autocommit });
  return judgeText({ text, statements }, seen, {
    place: (at) => placeIn(text, at),
    outside: [],
    sizes: options.sizes,
  });
}

/** Where a text stands. */
export interface JudgedText {
  /** Where a character of it is in the file. */
  place: (at: number) => FilePlace;
  /** Comments around it that allow something of all that it says. */
  outside: readonly Allowance[];
  /** Of the tables of the target. */
  sizes: Sizes | undefined;
}

/** Judges the statements of one text, which were traced in their order; some of the last may not have been. */
export function judgeText(
  { text, statements }: { text: string; statements: readonly Statement[] },
  seen: readonly Seen[],
  { place, outside, sizes }: JudgedText,
): Finding[] {
  const found = seen.flatMap((one, of) =>
    rules.flatMap((rule) =>
      rule.check(one).flatMap((each) => {
        const weight = weigh(one, rule, each, sizes);
        const { at } = statements[of] ?? one.statement;
        return weight
          ? [{ of, finding: { ...findingOf(rule, each, one.statement, place(at + offsetOf(each))), ...weight } }]
          : [];
      }),
    ),
  );
  const allowances = [...allowancesIn(text, statements, place), ...outside];
  return applyAllowed(found, allowances, statements, seen.length).sort(inOrder);
}

const offsetOf = ({ position = 1 }: RuleRemark): number => Math.max(position - 1, 0);

const findingOf = (
  rule: Rule,
  found: RuleRemark,
  { text }: Statement,
  place: FilePlace,
): Omit<Finding, 'severity' | 'message' | 'held'> => ({
  code: rule.code,
  class: rule.class,
  statement: text,
  ...place,
  relation: found.relation ?? null,
  lock: found.lock ?? null,
  instead: found.instead ?? rule.instead,
});

const inOrder = (a: Finding, b: Finding): number =>
  a.line - b.line || a.column - b.column || severities.indexOf(a.severity) - severities.indexOf(b.severity);
