/**
 * Trust in the files of the embedded server. Whoever can write them decides which server it is and knows its password, so they
 * have to be ours: by owner, by mode, and so has every folder above them.
 */
import { chmodSync, lstatSync, mkdirSync, statSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { problem } from '../../errors.ts';
import { isRoot, systemAccounts } from './account.ts';

const me = (): number | undefined => process.getuid?.();

/** Anybody may make and remove names in it. In a sticky folder, as /tmp, only those that are his own. */
const isOpen = ({ mode }: Stats): boolean => (mode & 0o002) !== 0 && (mode & 0o1000) === 0;

/**
 * Makes the folder of a project's server, and closes it to others where it is open: no umask should decide that.
 * @throws postgres-folder-foreign
 */
export function makeHome(home: string): void {
  mkdirSync(home, { recursive: true, mode: 0o755 });
  for (const folder of [home, dirname(home)]) {
    const stat = statSync(folder);
    if (isOpen(stat) && (stat.uid === me() || isRoot())) chmodSync(folder, stat.mode & 0o755);
  }
  assertHome(home);
}

/**
 * That what a project remembers of its server was written by its owner, by us, or by root. A folder that is not there has
 * nothing in it. @throws postgres-folder-foreign
 */
export function assertHome(home: string): void {
  const project = statSync(dirname(dirname(home)), { throwIfNoEntry: false });
  for (const path of [dirname(home), home, join(home, 'server.json')]) {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (!stat) return;
    if (![me(), 0, project?.uid].includes(stat.uid)) throw foreign(path, `it belongs to user ${stat.uid}`);
    if (isOpen(stat) && stat.uid !== me() && !isRoot()) throw foreign(path, 'everybody may write to it');
  }
}

/**
 * That a data folder is ours, or of an account that root runs PostgreSQL as; outside of the project, that nobody but root can
 * have put it there. @throws postgres-folder-foreign
 */
export function assertData(data: string, home: string): void {
  const stat = lstatSync(data);
  if (!stat.isDirectory()) throw foreign(data, 'it is no folder');
  if (isOpen(stat)) throw foreign(data, 'everybody may write to it');
  if (dirname(data) === home || !isRoot()) {
    const may = isRoot() ? [0, statSync(home).uid, ...systemAccounts().map(({ uid }) => uid)] : [me()];
    if (!may.includes(stat.uid)) throw foreign(data, `it belongs to user ${stat.uid}`);
    return;
  }
  for (let above = dirname(data); ; above = dirname(above)) {
    const { uid } = lstatSync(above);
    if (uid !== 0) throw foreign(data, `${above} belongs to user ${uid}`);
    if (isOpen(lstatSync(above))) throw foreign(data, `everybody may write to ${above}`);
    if (dirname(above) === above) return;
  }
}

const foreign = (folder: string, reason: string): Error => problem('postgres-folder-foreign', { folder, reason });
