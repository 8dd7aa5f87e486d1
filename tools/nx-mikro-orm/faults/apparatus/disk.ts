/**
 * A disk of a few megabytes: a tmpfs with a tablespace on it. It takes root, who may mount, and a server that no other case
 * uses: while the disk is full, checkpoints of the whole server may fail.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountFor, isRoot } from '../../src/postgres/embedded/account.ts';
import { asSuperuser } from './database.ts';
import type { Address } from './server.ts';

export interface Disk extends AsyncDisposable {
  tablespace: string;
  /** Gives it another size; never less than what is on it. */
  resize(megabytes: number): void;
  /** Takes away all the room that is left. */
  fill(): void;
}

/** Why there can be none here, for `skip`. */
export const noDisk: string | false = probe();

function probe(): string | false {
  if (process.platform !== 'linux' || !isRoot()) return 'a small disk can only be mounted by root, on Linux';
  const place = mkdtempSync(join(tmpdir(), 'nx-mikro-orm-probe-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', place], { stdio: 'pipe' });
    execFileSync('umount', [place]);
    return false;
  } catch {
    return 'this system does not let us mount a tmpfs';
  } finally {
    rmSync(place, { recursive: true });
  }
}

export async function smallDisk(server: Address, megabytes: number): Promise<Disk> {
  const place = mkdtempSync(join(tmpdir(), 'nx-mikro-orm-disk-'));
  chmodSync(place, 0o755);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', place]);
  const folder = join(place, 'tablespace');
  mkdirSync(folder, { mode: 0o700 });
  const account = accountFor(join(place, 'none'));
  if (account) chownSync(folder, account.uid, account.gid);
  const resize = (size: string) => void execFileSync('mount', ['-o', `remount,size=${size}`, place]);
  const tablespace = `faults_${randomBytes(5).toString('hex')}`;
  await asSuperuser(server, async (admin) => {
    await admin.query(`create tablespace ${tablespace} location '${folder}'`);
    await admin.query(`grant create on tablespace ${tablespace} to public`);
  });
  return {
    tablespace,
    resize: (to) => resize(`${to}m`),
    fill() {
      const { blocks, bfree, bsize } = statfsSync(place);
      resize(`${((blocks - bfree) * bsize) / 1024}k`);
    },
    async [Symbol.asyncDispose]() {
      await asSuperuser(server, (admin) => admin.query(`drop tablespace ${tablespace}`));
      execFileSync('umount', [place]);
      rmSync(place, { recursive: true });
    },
  };
}
