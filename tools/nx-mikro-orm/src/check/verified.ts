/** What was verified once, in this order and by this engine and server, and so is not verified again. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Project } from '../config.ts';
import type { Linked } from '../history/revision.ts';
import { namesOf } from '../rehearsal/scratch/kept.ts';
import { withServer } from '../rehearsal/scratch/server.ts';

/** How a revision that is right can be gone back from. */
export interface Way {
  reversible: boolean;
  /** Why there is no way back; '' when it does not say. */
  reason?: string;
}

/** What is kept in a file, by the names and bytes of a revision and of all before it. */
interface Kept {
  /** The engine and the server that have found it out. */
  by: string;
  ways: Record<string, Way>;
}

/** How many are kept; the oldest go first. */
const most = 20_000;

/** The ways of a chain that are known, in its order; what is added is kept when it is written. */
export interface VerifiedChain {
  known: (at: number) => Way | undefined;
  add: (at: number, way: Way) => void;
  /** Where it cannot be written, nothing is kept. */
  write: () => void;
}

/** What is known of a chain from before. A file that is not there, or says something else, counts for nothing. */
export async function recallVerified(project: Project, chain: readonly Linked[]): Promise<VerifiedChain> {
  const file = join(project.workspace, '.nx-mikro-orm', 'verified.json');
  const manifest = await import('../../package.json', { with: { type: 'json' } });
  const { keys, version } = await withServer(project, async (server) => {
    const { rows } = await server.admin.query<{ version: string }>(
      "select current_setting('server_version') as version",
    );
    return { keys: namesOf(chain, server).slice(1), version: rows[0]?.version };
  });
  const by = `nx-mikro-orm ${manifest.default.version}, PostgreSQL ${version}`;
  const before = keptIn(file, by);
  const added: Record<string, Way> = {};
  return {
    known: (at) => before[keys[at] ?? ''],
    add: (at, way) => {
      added[keys[at] ?? ''] = way;
    },
    write: () => {
      // What others have written meanwhile stays.
      const ways = Object.fromEntries(Object.entries({ ...keptIn(file, by), ...added }).slice(-most));
      if (Object.keys(added).length > 0) writeKept(file, { by, ways });
    },
  };
}

function keptIn(file: string, by: string): Record<string, Way> {
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as Partial<Kept>;
    return kept.by === by ? (kept.ways ?? {}) : {};
  } catch {
    return {};
  }
}

function writeKept(file: string, kept: Kept): void {
  const draft = `${file}.${process.pid}.draft`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(draft, JSON.stringify(kept));
    renameSync(draft, file);
  } catch {
    // The next time finds it out again.
  }
}
