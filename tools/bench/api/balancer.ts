import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What stands in front of the instances: takes turns among those whose `/health/ready` says 200, asked every 100 ms. */
export interface Balancer {
  address: string;
  add: (address: string) => void;
  /** How many of the instances are ready. */
  ready: () => number;
  close: () => Promise<void>;
}

export async function balance(): Promise<Balancer> {
  const instances = new Map<string, { ready: boolean }>();
  const agent = new Agent({ keepAlive: true });
  let turn = 0;
  const forward = (asked: IncomingMessage, answer: ServerResponse): void => {
    const candidates = [...instances].filter(([, { ready }]) => ready);
    const [address] = candidates[turn++ % candidates.length] ?? [];
    if (!address) return void answer.writeHead(502).end();
    const { method = 'GET', url = '/', headers } = asked;
    const passed = request(address + url, { agent, method, headers }, (got) => {
      // Between this and the caller the connection goes on.
      const { connection, 'keep-alive': keepAlive, ...kept } = got.headers;
      void [connection, keepAlive];
      answer.writeHead(got.statusCode ?? 502, kept);
      got.pipe(answer);
    });
    passed.on('error', () => answer.headersSent || answer.writeHead(502).end());
    asked.pipe(passed);
  };
  const server: Server = createServer(forward).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const probe = setInterval(() => {
    for (const [address, instance] of instances)
      fetch(`${address}/health/ready`).then(
        ({ ok }) => (instance.ready = ok),
        () => instances.delete(address),
      );
  }, 100);
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    add: (address) => void instances.set(address, { ready: false }),
    ready: () => [...instances.values()].filter(({ ready }) => ready).length,
    close: async () => {
      clearInterval(probe);
      agent.destroy();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
