/** Copies of the schema of a school, for the tests of a file that judge statements. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { withCopies, type Copy } from '../src/rehearsal/scratch/database.ts';
import { preparation } from '../src/review/prepare.ts';
import { ScriptRunner } from '../src/review/trace/script.ts';
import { withProject } from './project.ts';

const folder = join(import.meta.dirname, '../corpus/review');

export interface Reviewing {
  take: () => Promise<Copy>;
  runner: ScriptRunner;
}

/** Gives what is there while the tests around it run. */
export function reviewing(base = 'base.sql'): () => Reviewing {
  const file = join(folder, base);
  let found: Reviewing | undefined;
  let finish: () => void = () => undefined;
  let gone: Promise<void> = Promise.resolve();
  before(
    () =>
      new Promise<void>((ready, failed) => {
        const prepare = preparation({ file, text: readFileSync(file, 'utf8') });
        gone = withProject(({ project }) =>
          withCopies(project, [], { prepare }, async (take) => {
            found = { take, runner: await ScriptRunner.on(take) };
            await new Promise<void>((end) => {
              finish = end;
              ready();
            });
          }),
        );
        gone.catch(failed);
      }),
  );
  after(() => {
    finish();
    return gone;
  });
  return () => found!;
}
