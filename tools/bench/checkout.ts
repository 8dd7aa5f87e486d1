import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const here = join(import.meta.dirname, '../..');

/**
 * Hands over a checkout of a commit, with what it installs, and removes it.
 * @throws when git does not know the commit, or npm cannot install what its lock-file names.
 */
export async function withCheckout<T>(
  ref: string,
  say: (line: string) => void,
  work: (checkout: { root: string; commit: string }) => Promise<T>,
): Promise<T> {
  const git = (...words: string[]) => execFileSync('git', words, { cwd: here, encoding: 'utf8', stdio: 'pipe' }).trim();
  const commit = git('rev-parse', '--short', '--verify', '--end-of-options', `${ref}^{commit}`);
  const root = join(mkdtempSync(join(tmpdir(), 'tutoria-compare-')), 'checkout');
  try {
    git('worktree', 'add', '--detach', root, commit);
    say(`installing ${ref}`);
    execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, stdio: 'pipe' });
    return await work({ root, commit });
  } finally {
    git('worktree', 'remove', '--force', root);
    rmSync(join(root, '..'), { recursive: true, force: true });
  }
}
