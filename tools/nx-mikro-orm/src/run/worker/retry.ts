import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, sqlstate as sqlstates } from '../../sql/sqlstate.ts';

/** How long to go on trying a step that could not get its locks. Milliseconds. */
export interface Patience {
  /** What one statement may wait for a lock. */
  lockTimeoutMs: number;
  /** All attempts and pauses of one step together. 0: a single attempt. */
  budgetMs: number;
}

/** PostgreSQL's errors after which the same transaction may well succeed. */
const passing: readonly string[] = [
  sqlstates.lockNotAvailable,
  sqlstates.deadlockDetected,
  sqlstates.serializationFailure,
];

/** The SQLSTATE of an error that passes; undefined for any other. */
export function passingState(error: unknown): string | undefined {
  if (error === undefined || error === null) return undefined;
  const code = codeOf(error);
  return passing.includes(code) ? code : passingState((error as { cause?: unknown }).cause);
}

export interface Pause {
  /** The attempt that failed, from 1. */
  attempt: number;
  sqlstate: string;
  pauseMs: number;
  /** Since the first attempt began. */
  spentMs: number;
  budgetMs: number;
}

const firstPauseMs = 300;
const longestPauseMs = 10_000;

/**
 * Runs `attempt` until it succeeds, fails for another reason than locks, or the budget is spent. Each pause is about
 * twice as long as the one before, with a random part, so that those who wait for the same table get their turn and
 * two runners do not meet again.
 */
export async function withRetries<T>(
  { budgetMs }: Patience,
  attempt: (number: number) => Promise<T>,
  onPause: (pause: Pause, error: unknown) => void,
): Promise<T> {
  const started = performance.now();
  for (let number = 1; ; number++) {
    try {
      return await attempt(number);
    } catch (error) {
      const sqlstate = passingState(error);
      const spentMs = Math.round(performance.now() - started);
      if (sqlstate === undefined || spentMs >= budgetMs) throw error;
      const wished = Math.min(firstPauseMs * 2 ** (number - 1), longestPauseMs) * (0.5 + Math.random());
      const pauseMs = Math.round(Math.min(wished, budgetMs - spentMs));
      onPause({ attempt: number, sqlstate, pauseMs, spentMs, budgetMs }, error);
      await sleep(pauseMs);
    }
  }
}
