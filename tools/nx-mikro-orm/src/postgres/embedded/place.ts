/** Where the data of a project's server lies: in the project, or where root keeps it for the account that runs PostgreSQL. */
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { problem } from '../../errors.ts';
import { isRoot, reaches, type Account } from './account.ts';
import { temporary } from './files.ts';
import { assertData } from './trust.ts';

/** Names the data of `home` where it cannot lie in the project. */
const digest = (home: string): string => createHash('sha256').update(home).digest('hex').slice(0, 16);

const elsewhere = (home: string): string[] =>
  ['/var/lib', tmpdir()].map((parent) => join(parent, 'nx-mikro-orm', digest(home)));

/** Whether `data` was made for this home. A copied or moved project carries the record of another place with it. */
export const belongs = (data: string, home: string): boolean =>
  data === join(home, 'data') || basename(dirname(data)) === digest(home);

/** The existing data folder of this home, wherever it lies. @throws postgres-folder-foreign */
export function existingData(home: string, remembered?: string): string | undefined {
  // Only root ever makes one elsewhere, so only root looks there.
  const places = [home, ...(isRoot() ? elsewhere(home) : [])].map((place) => join(place, 'data'));
  const found = [...(remembered ? [remembered] : []), ...places].find((data) => existsSync(join(data, 'PG_VERSION')));
  if (found) assertData(found, home);
  return found;
}

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
