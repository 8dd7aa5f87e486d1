import { duplicate } from './duplicate.ts';
import { edited } from './edited.ts';
import type { Kind } from './finding.ts';
import { halfDone } from './half-done.ts';
import { halfWay } from './half-way.ts';
import { history } from './history.ts';
import { invalidIndex } from './invalid-index.ts';
import { lastRun } from './last-run.ts';
import { late } from './late.ts';
import { missing } from './missing.ts';
import { reformatted } from './reformatted.ts';
import { renamed } from './renamed.ts';
import { unchecked } from './unchecked.ts';
import { unreadable } from './unreadable.ts';
import { unseen } from './unseen.ts';
import { vanished } from './vanished.ts';

/** Every kind of inconsistency, in the order in which they are told and best mended. */
export const kinds: readonly Kind[] = [
  history,
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
  unchecked,
  reformatted,
  unseen,
];
