import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import type { Project } from '../config.ts';
import type { Session } from '../postgres/session.ts';
import type { Lock } from '../postgres/lock.ts';
import type { Books } from '../run/step/worker.ts';
import { ensureJournal, journalOf } from './journal.ts';
import { ensureLedger } from './ledger-table.ts';
import { provenanceOf } from './provenance.ts';

/** Ledger and journal, made where they are absent, for one run: only ever under the lock. */
export async function openBooks(project: Project, client: Client, lock: Lock, { backend }: Session): Promise<Books> {
  const provenance = await provenanceOf(project.root);
  await ensureLedger(client, project);
  await ensureJournal(client, project);
  return { project, lock, journal: journalOf(project, randomUUID(), provenance, backend), provenance, backend };
}
