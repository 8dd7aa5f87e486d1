import { hostname, userInfo } from 'node:os';
import { currentCommit } from './commit.ts';

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
