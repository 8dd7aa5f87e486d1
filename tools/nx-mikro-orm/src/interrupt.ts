import { exits, firstLine } from './errors.ts';
import { endProcess } from './foreign.ts';

/** Undoes something, and is told why. */
type Cleanup = (why: string) => unknown;

const cleanups: Cleanup[] = [];
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const strays = ['uncaughtException', 'unhandledRejection'] as const;
const patience = 5_000;
/** Within so many milliseconds, a second signal is the same one again: a terminal sends it to everybody, and so does Nx. */
const echo = 500;

/**
 * Registers what must be undone when the user stops a command (close a connection, remove a half-written file), and
 * returns how to forget it again once the work has ended by itself. A cleanup may return an error, or a promise of one,
 * that says what became of the work.
 */
export function onInterrupt(cleanup: Cleanup): () => void {
  cleanups.push(cleanup);
  return () => {
    const index = cleanups.indexOf(cleanup);
    if (index >= 0) cleanups.splice(index, 1);
  };
}

export interface InterruptWatch {
  /** The process is about to end: whatever fails from now on fails because of that. */
  stopping: () => boolean;
  release: () => void;
}

/** What ends a command before its time: a signal, or an error that nobody awaits. */
export type Interruption = { by: string } | { error: unknown };

/**
 * Until it is released: Ctrl-C (or a polite kill) says so, runs what was registered, newest first, tells what that said,
 * and ends the process with 130. A second one ends it at once, and so does a cleanup that takes too long. An error that nobody
 * awaits does the same, and ends it with 1.
 */
export function watchInterrupt(
  say: (text: string) => void,
  tell: (interruption: Interruption, became: Error | undefined) => Promise<void>,
): InterruptWatch {
  let since: number | undefined;
  const end = (interruption: Interruption, why: string) => {
    const code = 'by' in interruption ? exits.interrupted : exits.failed;
    since = performance.now();
    setTimeout(() => endProcess(code), patience);
    void undo(why)
      .then((became) => tell(interruption, became))
      .finally(() => endProcess(code));
  };
  const stop = (signal: NodeJS.Signals) => {
    if (since !== undefined && performance.now() - since < echo) return;
    if (since !== undefined) endProcess(exits.interrupted);
    const by = signal === 'SIGINT' ? 'Ctrl-C' : signal;
    say(`Stopped by ${by}.`);
    end({ by }, 'stopped by a signal');
  };
  const stray = (error: unknown) => {
    if (since === undefined) end({ error }, `stopped by an error that nobody awaits: ${firstLine(error)}`);
  };
  guard = stop;
  Object.assign(globalThis, { [Symbol.for(guardName)]: unguard });
  guardAgain();
  for (const event of strays) process.on(event, stray);
  return {
    stopping: () => since !== undefined,
    release: () => {
      unguard();
      guard = undefined;
      for (const event of strays) process.off(event, stray);
    },
  };
}

/** What a signal calls. */
let guard: ((signal: NodeJS.Signals) => void) | undefined;
let away = true;

/** Under this name, another thread finds how to put the handlers of signals away. */
export const guardName = 'nx-mikro-orm.unguard';

export const isGuarded = (): boolean => guard !== undefined;

/** Without a handler, a signal ends the process at once. */
function unguard(): void {
  if (guard) for (const signal of signals) process.off(signal, guard);
  away = true;
}

/** Puts the handlers of signals back. */
export function guardAgain(): void {
  if (guard && away) for (const signal of signals) process.on(signal, guard);
  away = false;
}

/** Returns what the first one said. */
async function undo(why: string): Promise<Error | undefined> {
  let became: Error | undefined;
  for (const cleanup of cleanups.splice(0).reverse()) {
    try {
      const said = await cleanup(why);
      if (said instanceof Error) became ??= said;
    } catch {
      // The next one must have its turn: the process is about to end either way.
    }
  }
  return became;
}
