import { renameSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isProblem, problem } from '../../errors.ts';
import { existingData } from './place.ts';
import { homeOf, scratchHomeOf } from './binaries.ts';
import { temporary } from './files.ts';
import { type Memory, recall } from './memory.ts';
import { whoAnswers } from './port.ts';
import { hasMark, isPostmaster, runningPostmaster } from './postmaster.ts';
import { bringUp, patience, pause, chooseSite } from './start.ts';

/** The embedded PostgreSQL of one workspace. */
export interface Server {
  url(database: string): string;
  port: number;
  password: string;
  user: 'postgres';
  /** Where the data lives. */
  folder: string;
}

const serverOf = ({ port, password, folder }: Memory): Server => ({
  url: (database) =>
    `postgresql://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/${encodeURIComponent(database)}`,
  port,
  password,
  user: 'postgres',
  folder,
});

/**
 * The remembered server without starting or checking it, or undefined when there never was one. Also undefined when
 * its record may not be read; {@link startServer} then says why.
 */
export function knownServer(root: string): Server | undefined {
  const home = homeOf(root);
  try {
    const memory = recall(home);
    return memory && serverOf(memory);
  } catch {
    return undefined;
  }
}

/**
 * Makes sure the embedded server of this workspace runs, starts it if needed. `settings` only count when it is this
 * call that starts it. Throws the `postgres-…` problems of errors.ts.
 */
export async function startServer(options: {
  root: string;
  /** Extra `-c` settings, as `{ fsync: 'off' }`. */
  settings?: Record<string, string>;
  onEvent?: (line: string) => void;
}): Promise<Server> {
  const home = homeOf(options.root);
  return explainingRefusals(home, async () => {
    const memory = recall(home);
    // Without its mark the data was deleted, and the server still has to notice.
    if (memory && hasMark(memory.folder) && (await whoAnswers(memory.port, memory.password)) === 'ours') {
      return serverOf(memory);
    }
    const site = chooseSite(options.root, home, memory, options.settings ?? {});
    return serverOf(await bringUp(site, memory, options.onEvent ?? (() => {})));
  });
}

/** Nothing on scratch has to survive a crash: it is replayed again. */
const scratchSettings = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' };

/**
 * Makes sure that the server of scratch runs: beside the one above, with the same programs, and with data, port and password
 * of its own. It never holds anything but scratch. When it does not start any more, its data is thrown away and made anew.
 */
export async function startScratchServer(options: { root: string; onEvent?: (line: string) => void }): Promise<Server> {
  const home = scratchHomeOf(options.root);
  return explainingRefusals(home, async () => {
    const memory = recall(home);
    if (memory && hasMark(memory.folder) && (await whoAnswers(memory.port, memory.password)) === 'ours')
      return serverOf(memory);
    const onEvent = options.onEvent ?? (() => {});
    const start = async () => {
      const site = chooseSite(options.root, home, recall(home), scratchSettings);
      return serverOf(await bringUp(site, recall(home), onEvent));
    };
    try {
      return await start();
    } catch (error) {
      const data = existingData(home, memory?.folder);
      const ruined = isProblem(error) && ruins.has(error.code) && data && !runningPostmaster(data);
      if (!ruined) throw error;
      onEvent(`throwing away the data of scratch, which does not start: ${data}`);
      const doomed = temporary(data);
      try {
        renameSync(data, doomed);
      } catch (gone) {
        // Another process was faster.
        if ((gone as NodeJS.ErrnoException).code !== 'ENOENT') throw gone;
      }
      rmSync(doomed, { recursive: true, force: true });
      return start();
    }
  });
}

/** What is said of a data folder that only a new one helps. */
const ruins = new Set<string>(['postgres-start-failed', 'postgres-other-major', 'postgres-folder-unusable']);

/** Stops the server (fast shutdown). Only ever a postmaster of this workspace's data folder. */
export const stopServer = (root: string): Promise<Stopped> => stop(homeOf(root));

/** Stops the server of scratch in the same way. */
export const stopScratchServer = (root: string): Promise<Stopped> => stop(scratchHomeOf(root));

export type Stopped = 'stopped' | 'was-not-running';

async function stop(home: string): Promise<Stopped> {
  return explainingRefusals(home, async () => {
    const data = existingData(home, recall(home)?.folder);
    const running = data && runningPostmaster(data);
    if (!running) return 'was-not-running';
    try {
      process.kill(running.pid, 'SIGINT');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
    for (const deadline = Date.now() + patience; Date.now() < deadline; await sleep(pause)) {
      if (!isPostmaster(running.pid)) return 'stopped';
    }
    throw problem('postgres-not-stopped', { pid: running.pid, seconds: patience / 1000, folder: data });
  });
}

/** Turns the system's "permission denied" into a problem that names the folder. */
async function explainingRefusals<Result>(home: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS') throw error;
    throw problem('postgres-folder-unusable', { folder: home, reason: message }, error);
  }
}
