/** Folders for what a test run throws away. */
import { mkdtempSync, readFileSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const memory = '/dev/shm';
const enough = 2 * 1024 ** 3;

/**
 * Makes a new folder, in memory where this system has room there and runs programs from it, else in the temporary folder.
 * Every test makes and drops databases of some 300 files each, which keeps a file system on disk busier than the tests.
 */
export const makeFolder = (prefix: string): string => mkdtempSync(join(inMemory() ? memory : tmpdir(), prefix));

function inMemory(): boolean {
  try {
    const mount = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .findLast((line) => line.split(' ')[1] === memory);
    if (
      mount === undefined ||
      mount
        .split(' ')[3]
        ?.split(',')
        .some((option) => ['ro', 'noexec'].includes(option))
    )
      return false;
    const { bavail, bsize } = statfsSync(memory);
    return bavail * bsize >= enough;
  } catch {
    // No such thing here, as on macOS.
    return false;
  }
}
