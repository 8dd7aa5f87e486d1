import type { Client } from 'pg';
import type { Project } from '../../config.ts';
import { problem, type Problem } from '../../errors.ts';
import { changes } from '../../history/changed.ts';
import { rowFacts, type Changed } from '../../history/state.ts';
import { contentOf, withChecksum } from '../../history/content.ts';
import { readStored } from '../../ledger/stored.ts';

/** Of files whose bytes changed, those that now mean something else. @throws revision-broken */
export async function editedAmong(client: Client, project: Project, changed: readonly Changed[]): Promise<Changed[]> {
  const edited: Changed[] = [];
  for (const one of changed) if (await isEdited(client, project, one)) edited.push(one);
  return edited;
}

/**
 * Whether a file means something else than what was applied; where the row does not tell, it counts as edited. Another way back
 * does not count where it is only statements: it was not run, and the one in the file will be.
 */
export async function isEdited(client: Client, project: Project, { revision, row }: Changed): Promise<boolean> {
  if (row.checksum === undefined) return true;
  const now = await contentOf(revision);
  if (now.checksum === row.checksum) return false;
  const { down, code } = await readStored(client, project, row.name);
  return code !== undefined || now.code !== undefined || withChecksum({ ...now, down }).checksum !== row.checksum;
}

/** What was edited since it was applied, as a diff: what ran, and what would run now. */
export async function changesOf(client: Client, project: Project, { revision, row }: Changed): Promise<string[]> {
  if (row.checksum === undefined) return ['the ledger has no statements of it to compare with'];
  const [stored, now] = [await readStored(client, project, row.name), await contentOf(revision)];
  const both = [
    ['up', stored.up ?? [], now.up],
    ['down', stored.down ?? [], now.down ?? []],
    ['code', lines(stored.code), lines(now.code)],
  ] as const;
  return both.flatMap(([what, before, after]) => {
    const found = changes(before, after);
    return found.length ? [`${what}:`, ...found.map((line) => `  ${line}`)] : [];
  });
}

const lines = (code: string | undefined): string[] => code?.split('\n') ?? [];

/** The refusal of edited revisions, with the difference of the first. */
export async function editedProblem(client: Client, project: Project, edited: readonly Changed[]): Promise<Problem> {
  const [first] = edited;
  return problem('revision-edited', {
    edited: edited.map(({ revision, row }) => ({ ...rowFacts(row), path: revision.path })),
    changes: first ? await changesOf(client, project, first) : [],
  });
}
