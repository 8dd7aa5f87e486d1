/** Waiting for a moment by looking, never by sleeping for a guessed time. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Asks every 10 ms until the answer is neither false nor nothing, and returns it. @throws after `seconds` */
export async function until<T>(what: string, ask: () => T | Promise<T>, seconds = 20): Promise<NonNullable<T>> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== false && answer !== undefined && answer !== null) return answer;
    if (performance.now() > deadline) throw new Error(`${seconds} s passed without this: ${what}`);
    await sleep(10);
  }
}

/** Works on all values, at most `most` at the same time. */
export async function atMost<T, R>(most: number, values: readonly T[], work: (value: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const open = values.entries();
  const lane = async () => {
    for (const [at, value] of open) results[at] = await work(value);
  };
  await Promise.all(Array.from({ length: most }, lane));
  return results;
}
