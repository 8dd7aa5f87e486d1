import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

type When = 'before' | 'after' | 'silently after';

/** A way to the database that can be cut at COMMIT, or go silent. */
export interface Cutting extends AsyncDisposable {
  /** The address of the database by this way. */
  url: string;
  /**
   * Cuts the next COMMIT: before the server gets it, or after the server has done it and before anybody hears of it; or
   * leaves the connection then open and says nothing.
   */
  cut: (when: When) => void;
  /** How often it was cut. */
  times: () => number;
  /** Passes nothing on any more, on the connections that there are, and closes none: as after a failover without a reset. */
  silence: () => void;
  close: () => Promise<void>;
}

/** Stands between a service and its PostgreSQL. */
export async function cutting(url: string): Promise<Cutting> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let armed: When | undefined;
  let times = 0;
  let silent = new AbortController();
  const server = createServer((service) => {
    const database = connect(Number(target.port), target.hostname);
    const { signal } = silent;
    let deaf: When | undefined;
    const end = () => {
      service.destroy();
      database.destroy();
    };
    for (const socket of [service, database]) {
      sockets.add(socket);
      socket.on('error', end).on('close', end);
    }
    service.on('data', (data) => {
      if (signal.aborted) return undefined;
      if (!armed || !data.includes('commit')) return database.write(data);
      times++;
      if (armed === 'before') end();
      else {
        deaf = armed;
        database.write(data);
      }
      armed = undefined;
      return undefined;
    });
    // The answer is the sign that it is done.
    database.on('data', (data) => {
      if (signal.aborted) return;
      if (deaf === 'after') end();
      else if (!deaf) service.write(data);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    if (server.listening) await new Promise((done) => server.close(done));
  };
  return {
    url: Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href,
    cut: (when) => (armed = when),
    times: () => times,
    silence: () => {
      silent.abort();
      silent = new AbortController();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
