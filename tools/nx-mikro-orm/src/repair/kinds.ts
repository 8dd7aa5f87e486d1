import { counters } from './counters.ts';
import { edited, missing, reformatted, renamed, unreadable } from './files.ts';
import type { InconsistencyKind } from './finding.ts';
import { halfDone, lastRun } from './half-done.ts';
import { halfWay, historyInconsistencies, late } from './history.ts';
import { invalidIndex } from './invalid-index.ts';
import { duplicate, unchecked, unseen, vanished } from './rows.ts';

/** Every kind of inconsistency, in the order in which they are told and best mended. */
export const inconsistencyKinds: readonly InconsistencyKind[] = [
  historyInconsistencies,
  halfDone,
  lastRun,
  renamed,
  missing,
  vanished,
  duplicate,
  edited,
  unreadable,
  halfWay,
  late,
  invalidIndex,
  counters,
  unchecked,
  reformatted,
  unseen,
];
