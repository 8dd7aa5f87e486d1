import type { Client } from 'pg';

export interface Gate {
  /** A statement that ends when the gate is open. */
  statement: string;
  open(): Promise<void>;
}

/** Holds a statement up for as long as a test likes. What a sequence says is seen at once, whatever transaction asks. */
export async function makeGate(client: Client): Promise<Gate> {
  await client.query('create sequence gate');
  return {
    statement: 'do $$ begin while not (select is_called from gate) loop perform pg_sleep(0.02); end loop; end $$',
    open: async () => void (await client.query("select nextval('gate')")),
  };
}
