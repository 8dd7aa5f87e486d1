import { randomBytes } from 'node:crypto';
import {
  chownSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** The file in the data folder that keeps the password with the data it opens. */
export const passwordFile = 'nx-mikro-orm-password';

const logLimit = 10 * 1024 * 1024;

/** A name beside `path` that is ours alone, and that {@link sweep} removes once this process is gone. */
export const temporary = (path: string): string => `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;

/** The content of a file, or undefined when there is none. Throws when it may not be read. */
export function readIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** Renames the folder `draft` to `target`, atomically; when another process was faster, removes the draft. */
export function claim(draft: string, target: string): void {
  try {
    renameSync(draft, target);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Removes what processes that died in the middle left in `folder`. */
export function sweep(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = /\.(\d+)\.[0-9a-f]{8}\.tmp$/.exec(name)?.[1];
    if (pid && !fileExists(Number(pid))) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** Whether a process has this id, whoever it is. */
export function fileExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Writes a secret (mode 0600) in one step: readers see the old content or the new. */
export function replace(file: string, content: string): void {
  const draft = temporary(file);
  try {
    writeFileSync(draft, content, { mode: 0o600 });
    giveToFolderOwner(draft);
    renameSync(draft, file);
  } catch (error) {
    // On a full disk, what was begun of it is in the way.
    rmSync(draft, { force: true });
    throw error;
  }
}

/** Opens the server's log for appending; one longer than 10 MB becomes `<file>.1` first. */
export function openLog(file: string): { descriptor: number; offset: number } {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > logLimit) renameSync(file, `${file}.1`);
  const descriptor = openSync(file, 'a', 0o600);
  giveToFolderOwner(file);
  return { descriptor, offset: statSync(file).size };
}

/** Root working in somebody's project must not leave files that its owner cannot open. */
function giveToFolderOwner(file: string): void {
  if (process.getuid?.() !== 0) return;
  const owner = statSync(dirname(file));
  chownSync(file, owner.uid, owner.gid);
}

/**
 * Takes away a file whose content was judged to be stale. If it was replaced in the meantime, by a server that another
 * process started, it is put back.
 */
export function removeIfStill(file: string, content: string): void {
  const aside = temporary(file);
  try {
    renameSync(file, aside);
    if (readFileSync(aside, 'utf8') !== content) linkSync(aside, file);
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}
