/** Locks on relations: how strong they are, and whom they keep out. */
import type { Client } from 'pg';

/** Modes as pg_locks spells them, from the weakest; PostgreSQL's manual, 13.3.1. */
const modes = [
  'AccessShareLock',
  'RowShareLock',
  'RowExclusiveLock',
  'ShareUpdateExclusiveLock',
  'ShareLock',
  'ShareRowExclusiveLock',
  'ExclusiveLock',
  'AccessExclusiveLock',
] as const;

export type Mode = (typeof modes)[number];

const strength = (mode: Mode): number => modes.indexOf(mode);

export const isStronger = (mode: Mode, than: Mode | undefined): boolean =>
  than === undefined || strength(mode) > strength(than);

/** Inserts, updates and deletes wait for its end. */
export const stopsWriters = (mode: Mode): boolean => strength(mode) >= strength('ShareLock');

/** Every select waits for its end, too. */
export const stopsReaders = (mode: Mode): boolean => mode === 'AccessExclusiveLock';

/** Who waits, as the subject of a sentence. */
export const whoWaits = (mode: Mode): string => (stopsReaders(mode) ? 'every read and write' : 'every write');

/** The strongest lock of a backend on each relation, by the relation's id. */
export type Locks = ReadonlyMap<string, Mode>;

/** Reads the locks of one backend, those that it waits for included. */
export async function readLocks(client: Client, pid?: number): Promise<Locks> {
  const { rows } = await client.query<{ relation: string; mode: Mode }>(
    `select relation::text as relation, mode from pg_locks
     where pid = ${pid ?? 'pg_backend_pid()'} and locktype = 'relation' and relation >= 16384
       and database = (select oid from pg_database where datname = current_database())`,
  );
  return strongest(rows.map(({ relation, mode }) => [relation, mode] as const));
}

export function strongest(all: Iterable<readonly [string, Mode]>): Map<string, Mode> {
  const locks = new Map<string, Mode>();
  for (const [relation, mode] of all) if (isStronger(mode, locks.get(relation))) locks.set(relation, mode);
  return locks;
}

/** The locks that a statement added, or made stronger. */
export const addedLocks = (before: Locks, after: Locks): Map<string, Mode> =>
  new Map([...after].filter(([relation, mode]) => isStronger(mode, before.get(relation))));
