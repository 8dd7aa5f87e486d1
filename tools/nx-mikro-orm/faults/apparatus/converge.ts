/** After a fault: what a person would type until the database is where it should be. */
import assert from 'node:assert/strict';
import type { Case } from './case.ts';
import { exits, type Ended } from './runner.ts';

/**
 * Insists that the next `up` ends well; or, where nothing in the database can tell whether a statement ran, that it
 * refuses, that looking tells, and that `up` goes on after being told. `first` is that next `up` when it already runs.
 */
export async function converge(
  the: Case,
  name: string,
  { untraceable = false, first = the.run('up') }: { untraceable?: boolean | undefined; first?: Promise<Ended> } = {},
): Promise<Ended> {
  const next = await first;
  assert.match(next.said, /earlier run (was interrupted|failed)/i, 'the next up says what happened');
  if (!untraceable) {
    exits(next, 0, 'the next up');
    return next;
  }
  exits(next, [0, 4], 'the next up');
  if (next.exit === 0) return next;
  assert.match(next.said, /--took-effect/, 'a refusal that says how to answer');
  assert.match(next.said, /--took-no-effect/);
  const said = await the.values('select what from log_9 order by n');
  if (said.length === 1) await the.execute('delete from log_9');
  const answer = said.length === 2 ? '--took-effect' : '--took-no-effect';
  exits(await the.run('repair', answer, name, '--reason', 'looked into log_9'), 0, `repair ${answer}`);
  const last = await the.run('up');
  exits(last, 0, 'up after repair');
  return last;
}
