/** The PostgreSQL servers of the suite: one that all cases share, and throw-away ones that a case may kill. */
import { chmodSync, rmSync } from 'node:fs';
import { runningPostmaster } from '../../src/postgres/embedded/postmaster.ts';
import { startServer, stopServer } from '../../src/postgres/embedded/server.ts';
import { useMajor } from '../../test/global.ts';
import { makeFolder } from '../../test/memory.ts';
import { until } from './patience.ts';

/** Where a server listens, as its superuser reaches it: a URL of its database `postgres`. */
export interface Address {
  superuser: string;
}

export const portOf = ({ superuser }: Address): number => Number(new URL(superuser).port);

const settings = { fsync: 'off', full_page_writes: 'off', max_connections: '300', max_prepared_transactions: '10' };

/** The server that all cases share; global.ts has started it. */
export const sharedServer = (): Address => ({ superuser: process.env['TEST_DATABASE_URL'] ?? '' });

/** A server of a case's own. */
export interface OwnServer extends Address, AsyncDisposable {
  port: number;
  /** Kills its postmaster, and waits until that is gone. SIGKILL and SIGQUIT are crashes, SIGINT is a restart's first half. */
  kill(signal: 'SIGKILL' | 'SIGQUIT' | 'SIGINT'): Promise<void>;
  /** Starts it again on the same port; returns when it takes connections. */
  start(): Promise<void>;
}

export async function ownServer(): Promise<OwnServer> {
  const root = makeFolder('nx-mikro-orm-faults-');
  // The server may run as another user than root, who has to get there.
  chmodSync(root, 0o755);
  useMajor(root);
  const server = await startServer({ root, settings });
  const postmaster = () => runningPostmaster(server.folder)?.pid;
  return {
    superuser: server.url('postgres'),
    port: server.port,
    async kill(signal) {
      const pid = postmaster();
      if (pid === undefined) throw new Error('the server does not run');
      process.kill(pid, signal);
      await until(`the postmaster ${pid} ends after ${signal}`, () => postmaster() === undefined);
    },
    async start() {
      const again = await startServer({ root, settings });
      if (again.port !== server.port) throw new Error(`the server came back on port ${again.port}, not ${server.port}`);
    },
    async [Symbol.asyncDispose]() {
      await stopServer(root);
      rmSync(root, { recursive: true, force: true });
    },
  };
}
