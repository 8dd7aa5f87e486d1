/** How commands say what was not run on scratch. */
import type { LeftOut } from '../../rehearsal/scratch/confine.ts';

/** One line for each statement, however often it came up on the way. */
export const leftOutLines = (leftOut: readonly LeftOut[]): string[] => [
  ...new Set(
    leftOut.map(
      ({ revision, statement }) => `warning  not run on scratch: ${statement}${revision ? ` (${revision})` : ''}`,
    ),
  ),
];

/** The same for `--json`. */
export const leftOutJson = (leftOut: readonly LeftOut[]) =>
  leftOut
    .filter(
      (one, at) =>
        at === leftOut.findIndex((other) => other.statement === one.statement && other.revision === one.revision),
    )
    .map(({ revision, statement }) => ({ revision: revision ?? null, statement }));
