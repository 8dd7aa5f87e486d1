/** A stream of small reads of one table, as an application makes them, with the time that each had to wait. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from './database.ts';

export interface Traffic extends AsyncDisposable {
  /** Milliseconds, one for each finished read. */
  waits: number[];
  longest(): number;
  /** No more reads; waits for the one that is on its way. */
  stop(): Promise<void>;
}

/** One read every 20 ms on each of two connections, until stopped. */
export async function startTraffic(database: Database, table: string): Promise<Traffic> {
  const waits: number[] = [];
  let going = true;
  const lanes = [1, 2].map(async () => {
    const client = await database.connect('traffic');
    while (going) {
      const asked = performance.now();
      await client.query(`select count(*) from ${table}`);
      waits.push(performance.now() - asked);
      await sleep(20);
    }
  });
  const stop = async () => {
    going = false;
    await Promise.all(lanes);
  };
  return { waits, longest: () => Math.max(...waits), stop, [Symbol.asyncDispose]: stop };
}
