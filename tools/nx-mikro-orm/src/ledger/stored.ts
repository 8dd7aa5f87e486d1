import type { Client } from 'pg';
import type { Project } from '../config.ts';
import type { Step } from '../history/revision.ts';
import { contentOf, storedContent, type Content } from '../history/content.ts';
import { readStored } from './ledger.ts';

export type Load = (step: Step) => Promise<Content>;

/** What a step does: what its file says or, for a way back when asked for, what the ledger has kept. */
export const loader =
  (project: Project, client: Client | undefined, { stored = false }: { stored?: boolean | undefined }): Load =>
  async ({ revision, direction }) =>
    client && stored && direction === 'down'
      ? storedContent(await readStored(client, project, revision.name))
      : contentOf(revision);
