/** Findings as annotations of GitHub Actions. */
import type { JudgedTarget } from '../target.ts';

const levels = { error: 'error', warning: 'warning', note: 'notice' } as const;

/** Workflow commands, which GitHub shows beside the line of the file. */
export const githubOf = (targets: readonly JudgedTarget[]): string[] =>
  targets.flatMap(({ file, findings }) =>
    findings.map(
      ({ severity, code, line, column, message, instead }) =>
        `::${levels[severity]} file=${property(file)},line=${line},col=${column},title=${property(code)}::${text(`${message}\ninstead: ${instead}`)}`,
    ),
  );

const text = (value: string): string => value.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (value: string): string => text(value).replaceAll(':', '%3A').replaceAll(',', '%2C');
