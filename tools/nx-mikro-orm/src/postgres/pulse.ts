import type { Socket } from 'node:net';
import type { Client } from 'pg';
import { silence as patience } from './connect/silence.ts';

/** A connection of pg's, as far as its types do not go: the socket, and what was asked and not answered. */
interface Inside {
  connection: { stream: Socket };
  _activeQuery: unknown;
  _sentQueryQueue: unknown[];
  _queryQueue: unknown[];
}

const inside = (client: Client): Inside => client as unknown as Inside;

const waits = (client: Client): boolean => {
  const { _activeQuery, _sentQueryQueue, _queryQueue } = inside(client);
  return Boolean(_activeQuery) || _sentQueryQueue.length + _queryQueue.length > 0;
};

/** Gives a connection up: whoever waits for an answer on it hears that it is gone. */
const giveUp = (client: Client, why: string): void =>
  void inside(client).connection.stream.destroy(Object.assign(new Error(why), { code: 'ETIMEDOUT' }));

/**
 * Watches two connections of a run, until it is stopped. A network that swallows everything tells nobody: when the lock's
 * connection has not answered a question for a minute, both are given up. And when only the worker's waits, while the server
 * says that its session has had nothing to do for as long, its answer was lost on the way.
 */
export function watchPulse(clients: { lock: Client; worker: Client }, backend: number): { stop: () => void } {
  const { lock, worker } = clients;
  const seconds = Math.round(patience / 1000);
  let asked: number | undefined;
  const ask = async () => {
    asked = performance.now();
    const { rows } = await lock.query<{ idle: boolean }>(
      `select coalesce(state like 'idle%' and clock_timestamp() - state_change > interval '${patience} milliseconds', false) as idle
       from pg_catalog.pg_stat_get_activity($1)`,
      [backend],
    );
    asked = undefined;
    if (rows[0]?.idle && waits(worker))
      giveUp(worker, `the server has answered, and nothing has arrived for ${seconds} s`);
  };
  const timer = setInterval(
    () => {
      if (asked === undefined) ask().catch(() => (asked = undefined));
      else if (performance.now() - asked > patience)
        for (const client of [lock, worker]) giveUp(client, `the server has not answered for ${seconds} s`);
    },
    Math.min(5_000, patience / 4),
  );
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
