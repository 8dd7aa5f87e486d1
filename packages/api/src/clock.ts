import type { EntityManager } from '@mikro-orm/postgresql';

/** Whether a time is past by the database's clock: the one that all instances have in common. */
export async function isPast(em: EntityManager, time: Date): Promise<boolean> {
  // Not the beginning of the transaction: this one may have waited for a lock.
  const [row] = await em.execute<[{ past: boolean }]>('select ?::timestamptz <= clock_timestamp() as past', [
    time.toISOString(),
  ]);
  return row.past;
}
