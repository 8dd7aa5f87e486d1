import { execFile } from 'node:child_process';
import { hostname, userInfo } from 'node:os';
import { promisify } from 'node:util';

/** Who runs this, where, from which state of the code: kept with everything that is written to ledger and journal. */
export interface Provenance {
  by: string;
  host: string;
  pid: number;
  commit: string | undefined;
  branch: string | undefined;
  /** The version of this engine. */
  tool: string;
}

/** Asks the operating system and git. */
export async function provenanceOf(folder: string): Promise<Provenance> {
  const [commit, manifest] = await Promise.all([
    currentCommit(folder),
    import('../../package.json', { with: { type: 'json' } }),
  ]);
  return {
    by: who(),
    host: hostname(),
    pid: process.pid,
    commit: commit?.id,
    branch: commit?.branch,
    tool: manifest.default.version,
  };
}

function who(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a user id without an entry in /etc/passwd.
    return String(process.getuid?.() ?? 'unknown');
  }
}

/** The git commit that a revision was applied from. */
interface Commit {
  id: string;
  branch: string | undefined;
}

/** An image has no checkout: it says what it was built from. */
function imageCommit(): Commit | undefined {
  const id = process.env['NX_MIKRO_ORM_COMMIT'];
  return id ? { id, branch: undefined } : undefined;
}

/** Asks git; outside a checkout, or where git is not installed, NX_MIKRO_ORM_COMMIT says it. CI systems' variables name a detached branch. */
async function currentCommit(folder: string): Promise<Commit | undefined> {
  try {
    const { stdout } = await promisify(execFile)('git', ['rev-parse', 'HEAD', '--abbrev-ref', 'HEAD'], { cwd: folder });
    const [id = '', branch = ''] = stdout.trim().split('\n');
    const named = branch === 'HEAD' ? (process.env['GITHUB_HEAD_REF'] ?? process.env['GITHUB_REF_NAME']) : branch;
    return id ? { id, branch: named || undefined } : imageCommit();
  } catch {
    return imageCommit();
  }
}
