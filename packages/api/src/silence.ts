import type { Socket } from 'node:net';
import type { Pool, PoolClient } from 'pg';

/** The server says nothing for longer than it lets a statement take: it is gone without a word, as after a failover. */
class Silence extends Error {
  readonly code = 'ETIMEDOUT';

  constructor(limit: number) {
    super(`nothing came from the database for ${limit} ms: connection given up`);
  }
}

/**
 * Makes a pool give up a connection in use on which nothing comes or goes for `limit` milliseconds, and with it all that
 * wait unused: they took the same way. Each later request connects anew. `pg`'s own `query_timeout` answers the query, but
 * puts the connection back, where the next query waits behind the one without an answer (8.23.0).
 */
export function giveUpSilent(pool: Pool, limit: number): void {
  const unused = new Set<Socket>();
  pool.on('connect', (client) => {
    const socket = socketOf(client);
    socket.on('timeout', () => {
      for (const each of [socket, ...unused]) each.destroy(new Silence(limit));
    });
    socket.on('close', () => unused.delete(socket));
  });
  pool.on('acquire', (client) => {
    unused.delete(socketOf(client));
    socketOf(client).setTimeout(limit);
  });
  pool.on('release', (_, client) => {
    if (socketOf(client).destroyed) return;
    unused.add(socketOf(client));
    socketOf(client).setTimeout(0);
  });
}

/** Where `pg` keeps the socket, with TLS or without; its types leave it out. */
const socketOf = (client: PoolClient): Socket =>
  (client as unknown as { connection: { stream: Socket } }).connection.stream;
