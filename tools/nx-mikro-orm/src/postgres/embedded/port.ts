import { connect, createServer } from 'node:net';
import pg from 'pg';
import { isState, sqlstate } from '../../sql/sqlstate.ts';

/** Who answers on a port: a scram exchange that succeeds proves that the other side knows our password too. */
export async function whoAnswers(
  port: number,
  password: string,
): Promise<'ours' | 'unproven' | 'wrong-password' | 'nobody'> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    password,
    user: 'postgres',
    database: 'postgres',
    ssl: false,
    connectionTimeoutMillis: 3000,
  });
  let proven = false;
  const { connection } = client as unknown as { connection: NodeJS.EventEmitter };
  connection.once('authenticationSASLFinal', () => (proven = true));
  client.on('error', () => {});
  try {
    await client.connect();
    return proven ? 'ours' : 'unproven';
  } catch (error) {
    // Errors after authentication, as too many connections, come from a server that runs.
    if (proven) return 'ours';
    return isState(error, sqlstate.invalidPassword) ? 'wrong-password' : 'nobody';
  } finally {
    await client.end().catch(() => {});
  }
}

/** The preferred port if nobody listens there, else a free one from the system; never `avoid`. */
export async function choosePort(preferred: number | undefined, avoid: number | undefined): Promise<number> {
  if (preferred !== undefined && preferred !== avoid && !(await isTaken(preferred))) return preferred;
  const probe = createServer();
  return new Promise((resolve, reject) => {
    probe.on('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

/** Asks by connecting: binding, as a test, would collide with the same test in another process. */
const isTaken = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 1000 });
    const end = (taken: boolean) => (socket.destroy(), resolve(taken));
    socket.on('connect', () => end(true)).on('timeout', () => end(true));
    socket.on('error', () => end(false));
  });
