/** A statement that refuses a transaction, watched from outside while it runs. */
import { setTimeout } from 'node:timers/promises';
import { escapeIdentifier, type Client } from 'pg';
import type { Copy } from '../../rehearsal/scratch/database.ts';
import { strongest, type Locks, type Mode } from './locks.ts';
import type { Relation } from './state.ts';

type Outcome<T> = { locks: Locks } & ({ value: T } | { refused: unknown });

interface Seen {
  relation: string | null;
  mode: Mode;
  waits: boolean;
}

/**
 * Runs `work` while another session holds a transaction open that has written to these tables, until `work` waits for it: what
 * it waits with is seen then. Whoever watches does so in short statements, as a concurrent build waits for long ones.
 */
export async function runApart<T>(
  copy: Copy,
  tables: readonly Relation[],
  work: () => Promise<T>,
): Promise<Outcome<T>> {
  const pid = (await copy.client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!.pid;
  const [watcher, writer] = await others(copy);
  const names = tables.map(({ schema, name }) => `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`);
  await writer.query(`begin${names.length > 0 ? `; lock table ${names.join(', ')} in row exclusive mode` : ''}`);
  let isRunning = true;
  let isWriting = true;
  const running = work()
    .then(
      (value) => ({ value }),
      (refused: unknown) => ({ refused }),
    )
    .finally(() => (isRunning = false));
  const seen: Seen[] = [];
  while (isRunning) {
    const { rows } = await watcher.query<Seen>(
      `select relation::text as relation, mode, not granted as waits from pg_locks
       where pid = ${pid} and (relation is null or relation >= 16384)`,
    );
    seen.push(...rows);
    if (isWriting && rows.some(({ waits }) => waits)) {
      await writer.query('rollback');
      isWriting = false;
    }
    if (!isWriting) await Promise.race([running, setTimeout(1)]);
  }
  if (isWriting) await writer.query('rollback');
  const locks = strongest(seen.flatMap(({ relation, mode }) => (relation === null ? [] : [[relation, mode] as const])));
  return { locks, ...(await running) };
}

const known = new WeakMap<Copy, Promise<[Client, Client]>>();

/** Whoever watches, and whoever writes; they are kept, as a connection takes longer than many a statement. */
function others(copy: Copy): Promise<[Client, Client]> {
  const found = known.get(copy) ?? Promise.all([copy.another(), copy.another()]);
  known.set(copy, found);
  return found;
}
