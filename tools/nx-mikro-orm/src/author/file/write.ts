/** A proven revision becomes a file. */
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { contentOf } from '../../history/content.ts';
import type { Project } from '../../config.ts';
import { problem } from '../../errors.ts';
import { readRevisions } from '../../history/read.ts';
import { afterWrite } from './after-write.ts';
import type { Statements } from '../../diff/moves.ts';
import { revisionText, writeNew, type NewRevision } from './file.ts';

/** Where a revision was written, and what stands there. */
export interface Written {
  name: string;
  path: string;
  text: string;
  revises: string | undefined;
}

/**
 * Writes the file of a revision, reads it back, and runs what is configured to run on it. Undefined when somebody else took
 * its name. @throws proof-failed, when the file does not say what was proven, and is taken away; hook-failed, hook-changed
 */
export async function writeRevision(
  project: Project,
  revision: NewRevision,
  text = revisionText(revision),
): Promise<Written | undefined> {
  const { name, revises, statements } = revision;
  if (!writeNew(project.revisions, name, text)) return undefined;
  const path = join(project.revisions, `${name}.ts`);
  if (statements) await assertWritten(path, name, statements);
  const ran = await afterWrite(project, path);
  return { name, path, text: ran.length > 0 ? readFileSync(path, 'utf8') : text, revises };
}

/** Reads a written file back, and takes it away again when it does not say what was proven. */
export async function assertWritten(path: string, name: string, { up, down }: Statements): Promise<void> {
  // A draft may follow a revision that is not beside it.
  const written = readRevisions(dirname(path)).find((revision) => revision.name === name);
  const said = written && (await contentOf({ ...written, revises: written.link ?? [] }));
  if (JSON.stringify([said?.up, said?.down]) === JSON.stringify([up, down])) return;
  rmSync(path);
  throw problem('proof-failed', { stage: 'the file does not say what was proven', differences: [...up, ...down] });
}
