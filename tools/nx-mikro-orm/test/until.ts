import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for something to come about. A minute is for a machine that hangs: it is never what a test is about. */
export async function until(what: string, seen: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; !(await seen()); tries++) {
    if (tries === 2_400) assert.fail(`it never came about: ${what}`);
    await sleep(25);
  }
}
