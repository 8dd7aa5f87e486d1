import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  openSync,
  closeSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { problem } from '../../errors.ts';
import type { Account } from './account.ts';
import { type Binaries, noLoader } from './binaries.ts';
import { claim, openLog, passwordFile, temporary } from './files.ts';

/** Everything that running one server takes. */
export interface Site {
  /** The folder in the project: server.json and server.log. */
  home: string;
  /** The data folder; drafts of it are made beside it. */
  data: string;
  place: string;
  binaries: Binaries;
  account: Account | undefined;
  /** Extra `-c` settings. */
  settings: Record<string, string>;
}

/** A server that was spawned; it may still fail to start. */
export interface Launch {
  pid: number | undefined;
  /** Whether it has exited. */
  over: () => boolean;
  /** What it wrote to the log since. */
  said: () => string;
}

const fixed: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  max_locks_per_transaction: '1024',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

// No PG… and LD_… variables of the caller; messages in English, since we read them.
const surroundings = (): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' });

const program = (site: Site, name: string): string => join(site.binaries.folder, 'bin', name);

/** Makes the data folder, with a new password in it; one that another process made meanwhile wins. */
export async function initialise(site: Site): Promise<void> {
  const draft = temporary(site.data);
  const secret = temporary(join(site.place, 'password'));
  try {
    mkdirSync(draft, { mode: 0o700 });
    writeFileSync(secret, randomBytes(24).toString('base64url'), { mode: 0o600 });
    if (site.account) for (const path of [draft, secret]) chownSync(path, site.account.uid, site.account.gid);
    await initdb(site, draft, secret);
    renameSync(secret, join(draft, passwordFile));
    claim(draft, site.data);
  } finally {
    rmSync(secret, { force: true });
    rmSync(draft, { recursive: true, force: true });
  }
  if (!existsSync(join(site.data, 'PG_VERSION'))) {
    throw problem('postgres-folder-unusable', { folder: site.data, reason: 'it is neither empty nor a data folder' });
  }
}

async function initdb(site: Site, folder: string, secret: string): Promise<void> {
  const args = ['-D', folder, `--pwfile=${secret}`, '--username=postgres', '--auth=scram-sha-256', '--encoding=UTF8'];
  args.push('--locale=C', '--no-instructions');
  if (/^(off|false|no|0)$/.test(site.settings['fsync'] ?? '')) args.push('--no-sync');
  const child = spawn(program(site, 'initdb'), args, {
    cwd: '/',
    env: surroundings(),
    stdio: ['ignore', 'ignore', 'pipe'],
    ...site.account,
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = await new Promise<string | undefined>((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ENOENT' && existsSync(program(site, 'initdb')) ? reject(noLoader()) : resolve(error.message),
    );
    child.on('close', (code, signal) => resolve(code === 0 ? undefined : `initdb ended with ${signal ?? code}`));
  });
  if (ended === undefined) return;
  const lines = said.trim().split('\n').slice(-10);
  throw problem('postgres-initdb-failed', { folder: site.data, lines: [ended, ...lines].filter(Boolean) });
}

/** Spawns the server so that it outlives this process and its terminal. It is not ready yet. */
export function launch(site: Site, port: number): Launch {
  const file = join(site.home, 'server.log');
  const { descriptor, offset } = openLog(file);
  // -D first: by that other processes tell whose postmaster it is.
  const args = ['-D', site.data, '-p', String(port)];
  // What is read here is in the system's cache: to hand it to workers costs more than to read it.
  const reading: Record<string, string> = site.binaries.major >= 18 ? { io_method: 'sync' } : {};
  for (const [name, value] of Object.entries({ ...fixed, ...reading, ...site.settings }))
    args.push('-c', `${name}=${value}`);
  let over = false;
  let failure = '';
  try {
    const child = spawn(program(site, 'postgres'), args, {
      cwd: '/',
      env: surroundings(),
      detached: true,
      stdio: ['ignore', descriptor, descriptor],
      ...site.account,
    });
    child.on('exit', () => (over = true));
    child.on('error', (error) => {
      failure = error.message;
      over = true;
    });
    child.unref();
    return { pid: child.pid, over: () => over, said: () => failure || tail(file, offset) };
  } finally {
    closeSync(descriptor);
  }
}

/** The log from `offset` on, at most its last 64 KB. */
export function tail(file: string, offset: number): string {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const from = Math.max(Math.min(offset, size), size - 65_536);
  if (size === 0) return '';
  const descriptor = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(size - from);
    return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, bytes.length, from));
  } finally {
    closeSync(descriptor);
  }
}
