import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readIfPresent, removeIfStill } from './files.ts';

/** The running server of a data folder, as its `postmaster.pid` tells. */
export interface Postmaster {
  pid: number;
  /** NaN while the server has not chosen it yet. */
  port: number;
  /** `starting`, `ready`, `stopping`, `standby`, or empty when it has not said. */
  status: string;
}

const hasProc = existsSync('/proc/self/cmdline');

const pidFile = (data: string): string => join(data, 'postmaster.pid');

/** Whether the server has left its mark here. It may be dead: see {@link runningPostmaster}. */
export const hasMark = (data: string): boolean => existsSync(pidFile(data));

/** The postmaster that lives and serves `data`, or undefined. A process that merely got its id does not count. */
export function runningPostmaster(data: string): Postmaster | undefined {
  const lines = readIfPresent(pidFile(data))?.split('\n');
  const pid = Number(lines?.[0]);
  if (!lines || !Number.isInteger(pid) || pid < 2) return undefined;
  if (!serves(pid, data, lines[1] ?? '')) return undefined;
  return { pid, port: Number(lines[3] || Number.NaN), status: lines[7]?.trim() ?? '' };
}

/** Whether process `pid` is a postmaster of `data`; `recorded` is the folder that its pid file names. */
function serves(pid: number, data: string, recorded: string): boolean {
  const folder = folderServedBy(pid);
  if (folder === undefined || ownerOf(pid) !== statSync(data, { throwIfNoEntry: false })?.uid) return false;
  const theirs = statSync(folder, { throwIfNoEntry: false });
  // The project was moved while its server ran: the pid file moved along, the command line did not.
  if (!theirs) return folder === recorded;
  const ours = statSync(data, { throwIfNoEntry: false });
  return theirs.dev === ours?.dev && theirs.ino === ours.ino;
}

/** Whether the process is (still) a postmaster; false for a zombie, which a container without an init keeps forever. */
export const isPostmaster = (pid: number): boolean => folderServedBy(pid) !== undefined;

/** Whose process it is: anybody may call his own as he likes, and an id is given out again. */
function ownerOf(pid: number): number | undefined {
  if (hasProc) return statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid;
  const { stdout } = spawnSync('ps', ['-p', String(pid), '-o', 'uid='], { encoding: 'utf8' });
  return stdout.trim() === '' ? undefined : Number(stdout);
}

/** The `-D` of a postmaster, or undefined when the process is something else, gone, or a zombie. */
function folderServedBy(pid: number): string | undefined {
  if (!hasProc) {
    const { stdout } = spawnSync('ps', ['-ww', '-p', String(pid), '-o', 'command='], { encoding: 'utf8' });
    return /^\S.*\/postgres -D (.*?) -p \d+/.exec(stdout)?.[1];
  }
  try {
    const [program = '', flag, folder] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return basename(program) === 'postgres' && flag === '-D' ? folder : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Removes a `postmaster.pid` whose id now belongs to another process: PostgreSQL itself would take it for a living
 * server. One of a dead process stays, since PostgreSQL looks in it for backends that outlived their postmaster.
 */
export function discardRecycledMark(data: string, alive: (pid: number) => boolean): void {
  const content = readIfPresent(pidFile(data));
  if (content === undefined || runningPostmaster(data)) return;
  const pid = Number(content.split('\n')[0]);
  if (content.trim() !== '' && !alive(pid)) return;
  // Empty: a server that writes it this moment, or the remains of a crash. PostgreSQL needs no second to write it.
  const age = Date.now() - (statSync(pidFile(data), { throwIfNoEntry: false })?.mtimeMs ?? Number.NaN);
  if (content.trim() === '' && !(age > 1000)) return;
  removeIfStill(pidFile(data), content);
}
