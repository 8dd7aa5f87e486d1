import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { entry } from './entry.ts';

/** What errno says, in words, and what leads on. Where a code is missing, Node's own sentence has to do. */
const refusals: Record<string, { because: string; next: (folder: string, user: number) => string[] }> = {
  EACCES: { because: 'this user may not', next: letIn },
  EPERM: { because: 'the system does not allow it', next: letIn },
  ENOTDIR: { because: 'it is no folder', next: (folder) => [`see what is there: ls -l '${folder}'`] },
  EROFS: { because: 'it is mounted read-only', next: (folder) => [`see how it is mounted: df '${folder}'`] },
  ENOSPC: { because: 'the disk is full', next: (folder) => [`see how much is left: df -h '${folder}'`] },
  EDQUOT: { because: "the user's quota is used up", next: (folder) => [`see how much is left: df -h '${folder}'`] },
};

function letIn(folder: string, user: number): string[] {
  return [
    `see whose it is: ls -ld '${folder}'`,
    `as its owner or root, give it to this user: chown -R ${user} '${folder}'`,
  ];
}

/** Files and folders that the system does not let us read or write. */
export const fileSystem = {
  'file-refused': entry<{ doing: string; errno: string; syscall: string; path: string }>(
    'failed',
    (f) => {
      const verb = f.syscall === 'scandir' || f.syscall === 'stat' ? 'read' : f.syscall;
      return `${f.doing} failed: it could not ${verb} ${f.path}: ${refusals[f.errno]?.because ?? f.errno} (${f.errno}).`;
    },
    (f) => refusals[f.errno]?.next(dirname(f.path), userInfo().uid) ?? [],
  ),
};

/** The facts of an error that the file system gave, or undefined where it is another. */
export function fileRefused(error: unknown, doing: string) {
  if (!(error instanceof Error)) return undefined;
  const { code: errno, syscall, path } = error as NodeJS.ErrnoException;
  if (errno === undefined || syscall === undefined || path === undefined || !(errno in refusals)) return undefined;
  return { doing, errno, syscall, path };
}
