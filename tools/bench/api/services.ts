import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = join(import.meta.dirname, '../../..');

/** The token of every API that is started here. */
const token = 'the-token-of-the-bench-and-of-nothing-else';
export const headers = { authorization: `Bearer ${token}` };

/** What runs as a process of its own and answers HTTP. */
export interface Service {
  name: string;
  address: string;
  process: ChildProcess;
  /** Ends it by SIGTERM. Throws when it does not end well. */
  stop: () => Promise<void>;
}

/** Starts the API as in production: it logs, though nobody reads it. */
export const startOurs = (url: string, settings: NodeJS.ProcessEnv = {}): Promise<Service> =>
  start('ours', join(root, 'packages/api/src/main.ts'), '/health/ready', {
    DATABASE_URL: url,
    ADMIN_TOKEN: token,
    REDEEM_LIMIT: '1000000',
    ...settings,
  });

/** Starts Fastify and `pg` without anything else. */
export const startBare = (url: string): Promise<Service> =>
  start('bare', join(import.meta.dirname, 'bare.ts'), '/teachers/1', { DATABASE_URL: url });

async function start(name: string, file: string, ready: string, settings: NodeJS.ProcessEnv): Promise<Service> {
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [file], {
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', PORT: String(port), ...settings },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const end = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    const [code] = (await end) as [number | null];
    if (name === 'ours' && code !== 0) throw new Error(`the API ended with ${code}`);
  };
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
    const answer = await fetch(address + ready, { headers }).catch(() => undefined);
    if (answer?.ok) return { name, address, process: child, stop };
    await sleep(50);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
