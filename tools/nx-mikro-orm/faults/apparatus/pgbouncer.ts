/** PgBouncer in front of the server, where the program is installed. */
import { spawn } from 'node:child_process';
import { accessSync, chmodSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { accountFor } from '../../src/postgres/embedded/account.ts';
import { runnerRole } from './database.ts';
import { until } from './patience.ts';
import { password } from './secrecy.ts';
import { portOf, sharedServer } from './server.ts';

const places = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];

const program = places
  .map((folder) => join(folder, 'pgbouncer'))
  .find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

/** Why there can be no pooler here, for `skip`. */
export const noPgbouncer: string | false =
  program === undefined && 'pgbouncer is not installed (on Debian: apt-get install pgbouncer)';

export interface Pooler extends AsyncDisposable {
  port: number;
}

export async function startPgbouncer(mode: 'session' | 'transaction' | 'statement', poolSize = 30): Promise<Pooler> {
  if (program === undefined) throw new Error('pgbouncer is not installed');
  const folder = mkdtempSync(join(tmpdir(), 'nx-mikro-orm-pooler-'));
  // It refuses to run as root, and the account that it runs as has to get there.
  chmodSync(folder, 0o755);
  const account = accountFor(join(folder, 'none'));
  const port = await freePort();
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
  writeFileSync(join(folder, 'users.txt'), `${quote(runnerRole)} ${quote(password)}\n`);
  writeFileSync(
    join(folder, 'pgbouncer.ini'),
    `[databases]
* = host=127.0.0.1 port=${portOf(sharedServer())}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${join(folder, 'users.txt')}
pool_mode = ${mode}
default_pool_size = ${poolSize}
query_wait_timeout = 10
`,
  );
  const child = spawn(program, ['-q', join(folder, 'pgbouncer.ini')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    ...account,
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  await until('pgbouncer takes connections', () => {
    if (child.exitCode !== null) throw new Error(`pgbouncer ended: ${said}`);
    return listens(port);
  });
  return {
    port,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
