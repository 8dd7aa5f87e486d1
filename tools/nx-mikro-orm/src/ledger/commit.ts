import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The git commit that a revision was applied from. */
export interface Commit {
  id: string;
  branch: string | undefined;
}

/** Asks git; undefined outside a checkout, or where git is not installed. CI systems' variables name a detached branch. */
export async function currentCommit(folder: string): Promise<Commit | undefined> {
  try {
    const { stdout } = await promisify(execFile)('git', ['rev-parse', 'HEAD', '--abbrev-ref', 'HEAD'], { cwd: folder });
    const [id = '', branch = ''] = stdout.trim().split('\n');
    const named = branch === 'HEAD' ? (process.env['GITHUB_HEAD_REF'] ?? process.env['GITHUB_REF_NAME']) : branch;
    return id ? { id, branch: named || undefined } : undefined;
  } catch {
    return undefined;
  }
}
