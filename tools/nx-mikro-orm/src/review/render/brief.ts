/** Findings in a few lines, below the statements that they are about. */
import { wrapped } from '../../text/line.ts';
import { severities, type Finding } from '../finding.ts';
import { countsOf } from './counts.ts';

const width = 80;
const margin = 9;

/** So many are told here; `lint` tells all. */
const most = 6;

/** The worst of them first, none wider than a terminal; `all` is the command that tells the rest. */
export function briefOf(findings: readonly Finding[], all: string): string[] {
  if (findings.length === 0) return ['findings none'];
  const told = findings
    .toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity))
    .slice(0, most);
  const left = findings.length - told.length;
  return [
    `findings ${countsOf(findings)}`,
    ...told.flatMap(({ severity, code, message, instead }) => [
      ...hanging(severity, `${code}: ${message}`),
      ...hanging('', `instead: ${instead}`),
    ]),
    ...(left > 0 ? [`         and ${left} more: ${all}`] : []),
  ];
}

const hanging = (head: string, text: string): string[] =>
  wrapped(text, width - margin).map((line, at) => (at === 0 ? head : '').padEnd(margin) + line);
