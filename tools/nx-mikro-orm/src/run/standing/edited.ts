import type { Client } from 'pg';
import type { Project } from '../../config.ts';
import { problem, type Problem } from '../../errors.ts';
import { changes } from '../../history/changed.ts';
import { rowFacts, type Changed } from '../../history/state.ts';
import { contentOf } from '../../history/content.ts';
import { readStored } from '../../ledger/stored.ts';

/** Of files whose bytes changed, those that now mean something else. @throws revision-broken */
export async function editedAmong(changed: readonly Changed[]): Promise<Changed[]> {
  const edited: Changed[] = [];
  for (const one of changed) if (await isEdited(one)) edited.push(one);
  return edited;
}

/** Whether a file means something else than what was applied; where the row does not tell, it counts as edited. */
export const isEdited = async ({ revision, row }: Changed): Promise<boolean> =>
  row.checksum === undefined || (await contentOf(revision)).checksum !== row.checksum;

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
