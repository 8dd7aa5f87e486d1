import { exits } from './errors.ts';

const cleanups: (() => unknown)[] = [];
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const patience = 5_000;

/**
 * Registers what must be undone when the user stops a command (close a connection, remove a half-written file), and
 * returns how to forget it again once the work has ended by itself.
 */
export function onInterrupt(cleanup: () => unknown): () => void {
  cleanups.push(cleanup);
  return () => {
    const index = cleanups.indexOf(cleanup);
    if (index >= 0) cleanups.splice(index, 1);
  };
}

/**
 * Until the returned function is called: Ctrl-C (or a polite kill) says so, runs what was registered, newest first,
 * and ends the process with 130. A second one ends it at once, and so does a cleanup that takes too long.
 */
export function watchInterrupt(say: (text: string) => void, flush: () => Promise<void>): () => void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(exits.interrupted);
    stopping = true;
    say(`Stopped by ${signal === 'SIGINT' ? 'Ctrl-C' : signal}.`);
    setTimeout(() => process.exit(exits.interrupted), patience).unref();
    void undo()
      .then(flush)
      .finally(() => process.exit(exits.interrupted));
  };
  for (const signal of signals) process.on(signal, stop);
  return () => {
    for (const signal of signals) process.off(signal, stop);
  };
}

async function undo(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) {
    try {
      await cleanup();
    } catch {
      // The next one must have its turn: the process is about to end either way.
    }
  }
}
