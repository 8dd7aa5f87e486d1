import { readFileSync } from 'node:fs';
import type { Runner } from './runner.ts';

/** The most memory that a process has had, in megabytes, asked again and again while it lives. */
export async function peak(runner: Runner): Promise<number> {
  let most = 0;
  const timer = setInterval(() => {
    try {
      const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${runner.pid}/status`, 'utf8'));
      most = Math.max(most, Number(line?.[1] ?? 0) / 1024);
    } catch {
      // It has ended.
    }
  }, 20);
  await runner.ended;
  clearInterval(timer);
  return most;
}
