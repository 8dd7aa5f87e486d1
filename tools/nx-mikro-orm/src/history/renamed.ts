import type { Linked } from './revision.ts';
import type { Applied, State } from './state.ts';
import { contentOf } from './content.ts';

/** An applied revision whose file is gone, and a pending one that means exactly the same: most likely it was renamed. */
export interface RenamedRevision {
  row: Applied;
  revision: Linked;
}

/** Pairs rows without a file with pending files of the same meaning; a file that cannot be read pairs with nothing. */
export async function renamedIn({ missing, pending }: Pick<State, 'missing' | 'pending'>): Promise<RenamedRevision[]> {
  const rows = new Map(missing.flatMap((row) => (row.checksum === undefined ? [] : [[row.checksum, row] as const])));
  if (rows.size === 0) return [];
  const found: RenamedRevision[] = [];
  for (const revision of pending) {
    const content = await contentOf(revision).catch(() => undefined);
    const row = content && rows.get(content.checksum);
    // Two revisions that do nothing mean the same.
    if (row && (content.up.length > 0 || content.code !== undefined)) found.push({ row, revision });
  }
  return found;
}
