/** The thread of loops.ts: it looks whether the main one takes its turns. */
import { writeSync } from 'node:fs';
import { Session } from 'node:inspector';
import { workerData } from 'node:worker_threads';

const { beat, guardName } = workerData as { beat: Int32Array<SharedArrayBuffer>; guardName: string };

/** After so long without a turn, signals are let through; and after so long, it is said. Milliseconds. */
const patience = 2_000;
const silence = 10_000;

let last = -1;
let since = performance.now();
let freed = false;
let told = false;

setInterval(() => {
  const now = Atomics.load(beat, 0);
  if (now !== last) {
    [last, since, freed, told] = [now, performance.now(), false, false];
    return;
  }
  const stoodStill = performance.now() - since;
  if (!freed && stoodStill > patience) {
    freed = true;
    free();
  }
  if (!told && stoodStill > silence) {
    told = true;
    writeSync(
      2,
      'Code of a revision keeps this process busy. Ctrl-C ends it at once; the server rolls back what is not committed.\n',
    );
  }
}, 500);

/** The inspector interrupts what the main thread is at, for as long as one expression takes. */
function free(): void {
  const session = new Session();
  session.connectToMainThread();
  session.post('Runtime.evaluate', { expression: `globalThis[Symbol.for('${guardName}')]?.()` }, () =>
    session.disconnect(),
  );
}
