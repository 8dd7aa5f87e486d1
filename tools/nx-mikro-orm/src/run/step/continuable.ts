import { problem, type FactsOf } from '../../errors.ts';
import { statementDigest } from '../../history/digest.ts';
import type { Content, LoadedStep } from '../../history/content.ts';
import type { Step } from '../../history/revision.ts';
import { separate } from '../../sql/separate.ts';
import type { Progress } from '../../ledger/earlier.ts';

/** How the code of a revision stands among statements: as the first and only one. */
export const codeStatement = (step: Step): string => `(the code of ${step.revision.name})`;

/** By what code is known again: what it says, without comments and layout. */
export const codeDigest = ({ code = '' }: Content): string => statementDigest(code);

/** What was run, or may have been: number, and by what it is known again. */
function keptOf({ done, open }: Progress): [number, string][] {
  // What failed by itself left nothing that counts; what it may have left is looked at before the step.
  return open?.outcome === 'unknown' ? [...done, [open.statement, open.digest]] : [...done];
}

/**
 * What is done of a revision is not run again, so it must still be what the revision says, in the way it was run. Looked at
 * before anything runs. @throws resumed-edited
 */
export async function assertContinuable({ step, content }: LoadedStep, progress: Progress | undefined): Promise<void> {
  const kept = progress ? keptOf(progress) : [];
  const [[first] = [1]] = kept;
  if (!progress || kept.length === 0) return;
  const { revision, direction } = step;
  const statements = await separate(content[direction] ?? []);
  const refuse = (how: FactsOf<'resumed-edited'>['how'], statement = first) => {
    const now = statements[statement - 1];
    return problem('resumed-edited', { name: revision.name, path: revision.path, direction, how, statement, now });
  };
  if (content.transactional) throw refuse('transaction');
  if (content.runsCode[direction]) {
    const isSame = kept.every(([number, digest]) => number === 1 && digest === codeDigest(content));
    if (!isSame) throw refuse(progress.code ? 'edited-code' : 'to-code');
    return;
  }
  if (progress.code) throw refuse('from-code');
  for (const [number, digest] of kept) {
    const sql = statements[number - 1];
    if (sql === undefined || statementDigest(sql) !== digest) throw refuse('edited', number);
  }
}
