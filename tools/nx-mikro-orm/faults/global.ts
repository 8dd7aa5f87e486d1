/** Before all cases: one throw-away PostgreSQL, and the role that runners log in as. After all: both are gone. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asSuperuser, makeRole } from './apparatus/database.ts';
import { ownServer, sharedServer, type OwnServer } from './apparatus/server.ts';

let server: OwnServer | undefined;
let cache: string | undefined;

export async function globalSetup(): Promise<void> {
  // Nx and CI systems ask for colours; what the cases read has none.
  delete process.env['FORCE_COLOR'];
  delete process.env['CI'];
  cache = mkdtempSync(join(tmpdir(), 'nx-mikro-orm-cache-'));
  process.env['FAULTS_CACHE'] = cache;
  if (!process.env['TEST_DATABASE_URL']) {
    server = await ownServer();
    process.env['TEST_DATABASE_URL'] = server.superuser;
  }
  await asSuperuser(sharedServer(), (client) => makeRole(client));
}

export async function globalTeardown(): Promise<void> {
  await server?.[Symbol.asyncDispose]();
  if (cache) rmSync(cache, { recursive: true, force: true });
}
