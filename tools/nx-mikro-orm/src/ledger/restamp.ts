import type { Applied } from '../history/state.ts';
import type { Linked } from '../history/revision.ts';
import type { Booked } from '../run/step/worker.ts';
import type { Content } from '../history/content.ts';
import { recordApplied, recordReverted } from './record.ts';

/**
 * Puts a revision that replaces others in their place, on a database that has applied all of them: their rows go, its
 * row comes, in one transaction. Nothing of it is run.
 */
export async function restamp(
  { client, books, emit }: Booked,
  { revision, replaced }: { revision: Linked; replaced: readonly Applied[] },
  content: Content,
): Promise<void> {
  await client.query('begin');
  try {
    for (const { name } of replaced) await recordReverted(client, books.project, name);
    await recordApplied(client, books.project, { revision, content }, books.provenance, 0);
    const names = replaced.map(({ name }) => name);
    await books.journal.add(client, { event: 'replaced', revision: revision.name, plan: names });
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
  await emit({ type: 'restamped', revision: revision.name, replaced: replaced.map(({ name }) => name) });
}
