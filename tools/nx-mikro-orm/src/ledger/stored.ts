import type { Client } from 'pg';
import type { Project } from '../config.ts';
import { contentOf, withChecksum, type Content } from '../history/content.ts';
import type { Step } from '../history/revision.ts';
import { ledgerTable, named } from './ledger.ts';

/** The statements of an applied revision, as they were when it was applied. */
export interface Stored {
  /** Undefined in rows that stock MikroORM wrote. */
  up: string[] | undefined;
  down: string[] | undefined;
  code: string | undefined;
  transactional: boolean;
}

/** What the ledger keeps of one revision's content. */
export async function readStored(client: Client, project: Project, name: string): Promise<Stored> {
  const { rows } = await client.query<Record<string, unknown>>(
    `select * from ${ledgerTable(project)} where ${named('$1')} order by "id" desc limit 1`,
    [name],
  );
  const row = rows[0] ?? {};
  return {
    up: (row['up'] as string[] | null) ?? undefined,
    down: (row['down'] as string[] | null) ?? undefined,
    code: (row['code'] as string | null) ?? undefined,
    transactional: (row['transactional'] as boolean | null) ?? true,
  };
}

/** The way back of a revision whose row is about to go, as text: all that will be left of it is in the journal. */
export async function keptDown(client: Client, project: Project, name: string): Promise<string | undefined> {
  const { down } = await readStored(client, project, name);
  return down && `its down was: ${down.join('; ') || '(nothing)'}`;
}

/** The content of an applied revision as the ledger keeps it: for one whose file is gone. */
function storedContent({ up = [], down, code, transactional }: Stored): Content {
  // Of a direction that runs code, no statements are known: an empty list of them would revert nothing.
  const isCode = code !== undefined && down?.length === 0;
  const why = isCode
    ? 'its way back runs code, which only its file can do'
    : 'the ledger has no statements for its way back';
  return withChecksum({
    up,
    down: isCode ? undefined : down,
    irreversible: isCode || !down ? why : undefined,
    transactional,
    runsCode: { up: false, down: false },
    code,
    Class: undefined,
  });
}

export type Load = (step: Step) => Promise<Content>;

/** What a step does: what its file says or, for a way back when asked for, what the ledger has kept. */
export const loader =
  (project: Project, client: Client | undefined, { stored = false }: { stored?: boolean | undefined }): Load =>
  async ({ revision, direction }) =>
    client && stored && direction === 'down'
      ? storedContent(await readStored(client, project, revision.name))
      : contentOf(revision);
