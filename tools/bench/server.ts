import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer, stopServer } from '../nx-mikro-orm/src/postgres/embedded/server.ts';
import { removeSites } from './site.ts';

/** Hands over the URL of a PostgreSQL of its own, safe against crashes as it comes; leaves nothing behind. */
export async function withServer<T>(work: (url: string) => Promise<T>): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), 'tutoria-bench-'));
  // The server may run as another user, who has to get there.
  chmodSync(root, 0o755);
  const clear = async () => {
    removeSites();
    await stopServer(root);
    rmSync(root, { recursive: true, force: true });
  };
  const interrupted = () => void clear().finally(() => process.exit(130));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupted);
  try {
    return await work((await startServer({ root })).url('postgres'));
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, interrupted);
    await clear();
  }
}
