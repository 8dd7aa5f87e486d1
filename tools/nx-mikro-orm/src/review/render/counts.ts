import { severities, type Finding } from '../finding.ts';

/** `1 error, 2 warnings`; empty for none. */
export const countsOf = (findings: readonly Finding[]): string =>
  severities
    .map((severity) => [severity, findings.filter((one) => one.severity === severity).length] as const)
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => `${count} ${severity}${count === 1 ? '' : 's'}`)
    .join(', ');
