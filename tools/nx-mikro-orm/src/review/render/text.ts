/** Findings for people, at a terminal. */
import { plural, typed } from '../../errors.ts';
import { weighed, type Finding } from '../finding.ts';
import type { JudgedTarget } from '../target.ts';
import { countsOf } from './counts.ts';

export function textOf(targets: readonly JudgedTarget[]): string[] {
  const all = targets.flatMap(({ findings }) => findings);
  const counts = countsOf(all);
  const files = plural(targets.length, '1 file', 'files');
  return [
    ...targets.flatMap(({ file, findings }) => findings.flatMap((one) => linesOf(file, one))),
    ...(counts !== '' ? [`${counts} in ${files}.`] : [`Nothing found in ${files}.`]),
    ...(all.some(isUnweighed) ? [sizeUnknown()] : []),
  ];
}

/** Its severity would depend on a size that nobody knows. */
const isUnweighed = ({ class: kind, held }: Finding): boolean => held === null && weighed.has(kind);

/** Said once: without figures of the target, every table counts as a large one. */
const sizeUnknown = (): string =>
  `How many rows the tables have is not known here, so each of them counts as large. Next: ${typed('stats')}`;

const linesOf = (file: string, { severity, code, line, column, message, instead, statement }: Finding): string[] => [
  `${file}:${line}:${column}  ${severity}  ${code}  ${message}`,
  `    ${firstLineOf(statement)}`,
  `    instead: ${instead}`,
  '',
];

function firstLineOf(statement: string): string {
  const text = statement.replace(/\s+/g, ' ').trim();
  return text.length > 110 ? `${text.slice(0, 109)}…` : text;
}
