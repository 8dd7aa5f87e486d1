import { setTimeout as sleep } from 'node:timers/promises';
import { balance } from './balancer.ts';
import { load, type Outcome } from './load.ts';
import { startOurs, type Service } from './services.ts';

/** Replaces two instances behind a balancer one after the other, twice, under load. Says what the callers saw. */
export async function rollingRestart(url: string): Promise<Outcome & { restarts: number }> {
  // Longer than the balancer takes to notice.
  const begin = () => startOurs(url, { SHUTDOWN_DELAY: '0.5' });
  const balancer = await balance();
  const instances: Service[] = [];
  let restarts = 0;
  try {
    for (let at = 0; at < 2; at++) instances[at] = await begin();
    for (const { address } of instances) balancer.add(address);
    while (balancer.ready() < 2) await sleep(20);
    const running = load(`${balancer.address}/teachers/500`, 120);
    await sleep(1000);
    for (let at = 0; at < 4; at++) {
      const next = await begin();
      balancer.add(next.address);
      while (balancer.ready() < 3) await sleep(20);
      await instances[at % 2]!.stop();
      instances[at % 2] = next;
      restarts++;
    }
    await sleep(1000);
    running.end();
    return { ...(await running.outcome), restarts };
  } finally {
    await balancer.close();
    await Promise.all(instances.map((instance) => instance.stop()));
  }
}
