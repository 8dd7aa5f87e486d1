import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { problem } from '../../errors.ts';

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
  const [account] = systemAccounts();
  if (account) return account;
  throw problem('postgres-no-account', {});
}

/** Accounts that root may run PostgreSQL as, the likeliest first. */
export function systemAccounts(): Account[] {
  return ['postgres', 'nobody'].flatMap((name) => {
    try {
      const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, name], { stdio: 'pipe' })));
      return uid && gid !== undefined && Number.isInteger(uid) && Number.isInteger(gid) ? [{ uid, gid }] : [];
    } catch {
      // No such account.
      return [];
    }
  });
}

/** Whether `account` may pass every folder above `path`, and enter or run `path` itself. */
export function reaches(path: string, account: Account): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return false;
  const bit = stat.uid === account.uid ? 0o100 : stat.gid === account.gid ? 0o010 : 0o001;
  if (!(stat.mode & bit)) return false;
  return dirname(path) === path || reaches(dirname(path), account);
}
