import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { problem } from '../../errors.ts';
import { temporary } from './files.ts';

/** Whom PostgreSQL runs as when we are root, which it refuses. */
export interface Account {
  uid: number;
  gid: number;
}

export const isRoot = (): boolean => process.getuid?.() === 0;

/** The owner of `data` if it exists, else `postgres`, else `nobody`. Undefined (run as ourselves) unless we are root. */
export function accountFor(data: string): Account | undefined {
  if (!isRoot()) return undefined;
  const owner = statSync(data, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, name], { stdio: 'pipe' })));
      if (uid && gid !== undefined && Number.isInteger(uid) && Number.isInteger(gid)) return { uid, gid };
    } catch {
      // No such account: try the next.
    }
  }
  throw problem('postgres-no-account', {});
}

/** Whether `account` may pass every folder above `path`, and enter or run `path` itself. */
export function reaches(path: string, account: Account): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return false;
  const bit = stat.uid === account.uid ? 0o100 : stat.gid === account.gid ? 0o010 : 0o001;
  if (!(stat.mode & bit)) return false;
  return dirname(path) === path || reaches(dirname(path), account);
}

/** Names the data of `home` where it cannot lie in the project. */
const digest = (home: string): string => createHash('sha256').update(home).digest('hex').slice(0, 16);

const elsewhere = (home: string): string[] =>
  ['/var/lib', tmpdir()].map((parent) => join(parent, 'nx-mikro-orm', digest(home)));

/** Whether `data` was made for this home. A copied or moved project carries the record of another place with it. */
export const belongs = (data: string, home: string): boolean =>
  data === join(home, 'data') || basename(dirname(data)) === digest(home);

/** The existing data folder of this home, wherever it lies. */
export const existingData = (home: string, remembered?: string): string | undefined =>
  [...(remembered ? [remembered] : []), ...[home, ...elsewhere(home)].map((place) => join(place, 'data'))].find(
    (data) => existsSync(join(data, 'PG_VERSION')),
  );

/** The folder to make new data in: the home, unless we are root and the account cannot live there. */
export function newPlace(home: string, account: Account | undefined): string {
  if (!account || (reaches(home, account) && canGiveAway(home, account))) return home;
  let refusal = '';
  for (const place of elsewhere(home)) {
    try {
      for (const folder of [dirname(place), place]) {
        mkdirSync(folder, { recursive: true });
        const stat = lstatSync(folder);
        // Anybody may make this name in /tmp before us.
        if (!stat.isDirectory() || stat.uid !== 0) throw new Error(`${folder} does not belong to root`);
        chmodSync(folder, 0o755);
      }
      if (reaches(place, account) && canGiveAway(place, account)) return place;
      refusal = `uid ${account.uid} cannot reach ${place}`;
    } catch (error) {
      refusal = (error as Error).message;
    }
  }
  throw problem('postgres-folder-unusable', { folder: home, reason: refusal });
}

/** False on file systems that ignore or refuse chown, as some mounts into containers do. */
function canGiveAway(place: string, account: Account): boolean {
  const probe = temporary(join(place, 'probe'));
  try {
    mkdirSync(probe);
    chownSync(probe, account.uid, account.gid);
    return statSync(probe).uid === account.uid;
  } catch {
    return false;
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}
