/** Before all tests of a run: one throw-away PostgreSQL. After all: it is stopped and removed. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer, stopServer } from '../src/embedded/server.ts';

let root: string | undefined;

export async function globalSetup(): Promise<void> {
  if (process.env['TEST_DATABASE_URL']) return;
  root = mkdtempSync(join(tmpdir(), 'nx-mikro-orm-test-'));
  // The server may run as another user than root, who has to get there.
  chmodSync(root, 0o755);
  const server = await startServer({ root, settings: { fsync: 'off', full_page_writes: 'off' } });
  process.env['TEST_DATABASE_URL'] = server.url('postgres');
  // Replayed databases of the tests live beside the tested ones.
  process.env['SCRATCH_DATABASE_URL'] = server.url('postgres');
}

export async function globalTeardown(): Promise<void> {
  if (!root) return;
  await stopServer(root);
  rmSync(root, { recursive: true, force: true });
}
