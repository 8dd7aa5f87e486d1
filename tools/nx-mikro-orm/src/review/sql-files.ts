/** The story of `lint --sql`: each file by itself, against the history's head or a schema of its own. */
import { readFileSync } from 'node:fs';
import type { Project } from '../config.ts';
import { firstLine, problem } from '../errors.ts';
import type { Linked } from '../history/revision.ts';
import { withCopies, type OnLeftOut } from '../rehearsal/scratch/database.ts';
import type { OnReplay } from '../rehearsal/scratch/replay.ts';
import { judgeScript } from './judge.ts';
import { preparation } from './prepare.ts';
import { withoutPsql } from './psql.ts';
import type { Sizes } from './held/sizes.ts';
import type { Linted, JudgedTarget } from './target.ts';
import { ScriptRunner } from './trace/script.ts';

export interface SqlFilesOptions {
  files: readonly string[];
  /** What is in the database before: the revisions of this chain, or this schema on an empty one. */
  chain: readonly Linked[];
  base: string | undefined;
  autocommit: boolean;
  sizes?: Sizes | undefined;
  onReplay?: OnReplay;
  onLeftOut?: OnLeftOut;
  onFile?: (at: { number: number; of: number; file: string }) => void;
}

/** A file that could not be judged does not keep the others from it. @throws file-missing, base-broken */
export async function lintSqlFiles(project: Project, options: SqlFilesOptions): Promise<Linted> {
  const texts = options.files.map((file) => ({ file, text: withoutPsql(read(file)) }));
  const base = options.base === undefined ? undefined : { file: options.base, text: read(options.base) };
  const { onReplay, onLeftOut, autocommit, sizes } = options;
  return withCopies(project, options.chain, { prepare: preparation(base), onReplay, onLeftOut }, async (take) => {
    const queue = texts.entries();
    const targets: JudgedTarget[] = [];
    const failures: string[] = [];
    const judge = async () => {
      let runner = await ScriptRunner.on(take);
      for (const [at, { file, text }] of queue) {
        options.onFile?.({ number: at + 1, of: texts.length, file });
        const findings = await judgeScript(runner, text, { autocommit, sizes }).catch(async (error: unknown) => {
          failures[at] = `${file} was not judged: ${firstLine(error)}`;
          // What it left of the session is nothing to judge the next one on.
          runner = await ScriptRunner.on(take);
          return [];
        });
        targets[at] = { file, revision: null, findings };
      }
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, texts.length) }, judge));
    return { targets, unjudged: failures.filter(() => true) };
  });
}

/** So many files are judged at once, each on copies of its own: the server works on one while the other is thought about. */
const atOnce = 2;

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw problem('file-missing', { file, detail: (error as Error).message }, error);
  }
}
