import { Worker } from 'node:worker_threads';
import { guardName, isGuarded, guardAgain } from './interrupt.ts';

/** How often this thread says that it takes turns. Milliseconds. */
const every = 500;

let watching = false;

/**
 * Watches, from now on, whether this thread takes its turns. Code that never gives one back would keep every signal waiting: then
 * another thread puts the handlers of signals away, so that Ctrl-C and SIGTERM end the process at once. They are back with the
 * next turn. Only where an interruption is watched at all; once in a process.
 */
export function watchLoops(): void {
  if (watching || !isGuarded()) return;
  watching = true;
  const beat = new Int32Array(new SharedArrayBuffer(4));
  const thread = new Worker(new URL('./loops-thread.ts', import.meta.url), {
    workerData: { beat, guardName },
    stdin: false,
    execArgv: [],
  });
  // It is a precaution: without it, everything else works.
  thread.on('error', () => undefined);
  thread.unref();
  setInterval(() => {
    Atomics.add(beat, 0, 1);
    guardAgain();
  }, every).unref();
}
