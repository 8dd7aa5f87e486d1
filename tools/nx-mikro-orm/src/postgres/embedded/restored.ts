/** A data folder that came back from a cache or an archive, which keep neither modes, nor owners, nor empty folders. */
import { chmodSync, lchownSync, lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Account } from './account.ts';

/** Folders that initdb makes, and that may be empty: without them the server does not start. */
const folders = [
  'pg_commit_ts',
  'pg_dynshmem',
  'pg_logical',
  'pg_logical/mappings',
  'pg_logical/snapshots',
  'pg_notify',
  'pg_replslot',
  'pg_serial',
  'pg_snapshots',
  'pg_stat',
  'pg_stat_tmp',
  'pg_tblspc',
  'pg_twophase',
  'pg_wal/archive_status',
];

/** Makes a data folder of ours one that PostgreSQL takes: owner, mode, and the empty folders. */
export function putRight(data: string, account: Account | undefined): void {
  for (const folder of folders) mkdirSync(join(data, folder), { recursive: true, mode: 0o700 });
  const { mode, uid } = statSync(data);
  if (account && (uid !== account.uid || folders.some((folder) => statSync(join(data, folder)).uid !== account.uid)))
    giveAll(data, account);
  // PostgreSQL takes 0700 and 0750 (miscinit.c, "checkDataDir").
  if ((mode & 0o027) !== 0 || (mode & 0o700) !== 0o700) chmodSync(data, 0o700);
}

function giveAll(path: string, { uid, gid }: Account): void {
  lchownSync(path, uid, gid);
  if (!lstatSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) giveAll(join(path, name), { uid, gid });
}
