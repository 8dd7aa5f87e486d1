import type { Client } from 'pg';
import { until } from './until.ts';

export interface Gate {
  /** A statement that ends when the gate is open. */
  statement: string;
  /** Waits until a session of this database stands at it. */
  reached(): Promise<void>;
  open(): Promise<void>;
}

/** Holds a statement up for as long as a test likes. What a sequence says is seen at once, whatever transaction asks. */
export async function makeGate(client: Client): Promise<Gate> {
  await client.query('create sequence gate');
  const there = `select from pg_stat_activity
    where datname = current_database() and state = 'active' and query like '%from gate%' and pid <> pg_backend_pid()`;
  return {
    statement: 'do $$ begin while not (select is_called from gate) loop perform pg_sleep(0.02); end loop; end $$',
    reached: () => until('a session at the gate', async () => (await client.query(there)).rowCount === 1),
    open: async () => void (await client.query("select nextval('gate')")),
  };
}
