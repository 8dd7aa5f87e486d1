import { classes, type FindingClass } from '../src/review/finding.ts';
import type { Example, Rule } from '../src/review/rule.ts';

/** docs/findings.md: every finding, by class. */
export const findingsPage = (rules: readonly Rule[]): string => `# Findings of \`lint\`

Written from the rules in [review/rules/](../tools/nx-mikro-orm/src/review/rules). [review.md](review.md) says how findings come
about and how one is allowed. The examples are about a [schema of a school](../tools/nx-mikro-orm/corpus/review/base.sql); a test
runs each of them.

${(Object.keys(classes) as FindingClass[])
  .filter((name) => rules.some((rule) => rule.class === name))
  .map(
    (name) =>
      `## ${name}\n\n${sentence(classes[name])}\n\n${rules
        .filter((rule) => rule.class === name)
        .map(partOf)
        .join('\n\n')}`,
  )
  .join('\n\n')}
`;

const partOf = ({ code, severity, danger, instead, bad, good }: Rule): string =>
  [
    `### ${code}`,
    `${danger} Severity: ${severity}.`,
    `**Instead**: ${instead}.`,
    ...(bad.length > 0 ? [`Found:\n\n${bad.map(exampleOf).join('\n')}`] : []),
    ...(good.length > 0 ? [`Not found:\n\n${good.map(exampleOf).join('\n')}`] : []),
  ].join('\n\n');

function exampleOf(example: string | Example): string {
  const { sql, autocommit = false } = typeof example === 'string' ? { sql: example } : example;
  return `- \`${sql.replaceAll('`', "'")}\`${autocommit ? ', each statement by itself' : ''}`;
}

const sentence = (text: string): string => `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}.`;
