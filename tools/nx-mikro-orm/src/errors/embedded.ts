import { entry, list } from './entry.ts';

/** The embedded PostgreSQL. */
export const embedded = {
  'postgres-no-binaries': entry<{ platform: string; reason: string; install?: string }>(
    'unreachable',
    (f) => `There is no embedded PostgreSQL to run: ${f.platform} ${f.reason}. Nothing was started.`,
    (f) => [...(f.install ? [f.install] : []), 'export DATABASE_URL=postgres://user:password@host:5432/database'],
  ),
  'postgres-major-unknown': entry<{ asked: string; known: string[] }>(
    'usage',
    (f) =>
      `There is no embedded PostgreSQL ${f.asked}, which POSTGRES_MAJOR asks for; there are ${f.known.join(', ')}. Nothing was started.`,
    () => ['unset POSTGRES_MAJOR'],
  ),
  'postgres-other-major': entry<{ folder: string; found: number; ours: number; aside: string }>(
    'refused',
    (f) =>
      `The data folder was made by PostgreSQL ${f.found}, the installed programs are PostgreSQL ${f.ours}: ${f.folder}. Nothing was started, changed or deleted.`,
    (f) => [
      `to go on with an empty one: mv '${f.folder}' '${f.aside}'`,
      'export DATABASE_URL=postgres://user:password@host:5432/database',
    ],
  ),
  'postgres-folder-unusable': entry<{ folder: string; reason: string }>(
    'unreachable',
    (f) =>
      `The embedded PostgreSQL's folder cannot be used: ${f.reason} (${f.folder}). Nothing was started, stopped or deleted.`,
    (f) => [
      `see whose it is: ls -ld '${f.folder}'`,
      'run as its owner, or move it away',
      'export DATABASE_URL=postgres://user:password@host:5432/database',
    ],
  ),
  'postgres-folder-foreign': entry<{ folder: string; reason: string }>(
    'refused',
    (f) =>
      `The embedded PostgreSQL's folder cannot be trusted: ${f.reason} (${f.folder}). Whoever can write there decides which server this is. Nothing was read from it, started or changed.`,
    (f) => [
      `see whose it is: ls -ld '${f.folder}'`,
      `if it is yours: chown -R "$(id -u)" '${f.folder}' && chmod -R go-w '${f.folder}'`,
      'otherwise move it away, and type the same command again',
    ],
  ),
  'postgres-no-account': entry<object>(
    'unreachable',
    () =>
      'PostgreSQL refuses to run as root, and there is neither an account `postgres` nor `nobody` to run it as. Nothing was started.',
    () => ['run as an ordinary user', 'useradd --system postgres'],
  ),
  'postgres-initdb-failed': entry<{ folder: string; lines: string[] }>(
    'unreachable',
    (f) => `PostgreSQL could not make its data folder ${f.folder}; what was begun was removed:${list(f.lines)}`,
    () => [
      'fix what it says, then type the same command again',
      'export DATABASE_URL=postgres://user:password@host:5432/database',
    ],
  ),
  'postgres-start-failed': entry<{ log: string; what: string; lines: string[] }>(
    'unreachable',
    (f) => `The embedded PostgreSQL ${f.what}. Its data was left as it is. The end of ${f.log}:${list(f.lines)}`,
    (f) => [`tail -50 '${f.log}'`, 'export DATABASE_URL=postgres://user:password@host:5432/database'],
  ),
  'postgres-not-stopped': entry<{ pid: number; seconds: number; folder: string }>(
    'failed',
    (f) =>
      `PostgreSQL (process ${f.pid}, data in ${f.folder}) was asked to stop, and still runs after ${f.seconds} s. It was not killed.`,
    (f) => [`to have it recover at its next start: kill -QUIT ${f.pid}`],
  ),
} as const;
