import { connectOrCreate, findTarget, urlOf, type Target } from '../apply/connect.ts';
import { contentOf } from '../apply/content.ts';
import { provenanceOf } from '../apply/provenance.ts';
import { ensureLedger, readLedger, recordApplied, recordReverted } from '../apply/ledger.ts';
import { withLock } from '../apply/lock.ts';
import { readHistory } from '../apply/run.ts';
import { compareCatalogues, describe, readCatalogue } from '../catalogue/index.ts';
import type { Project } from '../config.ts';
import { problem } from '../errors.ts';
import { chainTo, onlyHead } from '../history/graph.ts';
import { findRevision } from '../history/target.ts';
import { withScratch } from '../scratch/database.ts';
import type { Client } from 'pg';

export interface Stamped {
  target: Target;
  place: string;
  added: string[];
  removed: string[];
}

/**
 * Makes the ledger say that exactly the revisions up to `to` are applied. Runs none of them. Unless forced, it insists
 * that the schema is what they produce. @throws stamp-differs
 */
export async function stamp(project: Project, to: string, options: { force: boolean }): Promise<Stamped> {
  const history = readHistory(project);
  const name = to === 'head' ? onlyHead(history) : to === 'base' ? undefined : findRevision(history, to).name;
  const chain = chainTo(history, name);
  const place = name ?? 'base';
  const target = await findTarget(project);
  const client = await connectOrCreate(project, target);
  try {
    const work = async () => {
      if (!options.force) await insistOnSchema(project, client, chain, place, target);
      await ensureLedger(client, project);
      const present = new Set((await readLedger(client, project)).map((row) => row.name));
      const added = chain.filter((revision) => !present.has(revision.name));
      const wanted = new Set(chain.map((revision) => revision.name));
      const removed = [...present].filter((row) => !wanted.has(row));
      const provenance = await provenanceOf(project.root);
      const contents = new Map<string, Awaited<ReturnType<typeof contentOf>>>();
      for (const revision of added) contents.set(revision.name, await contentOf(revision));
      await client.query('begin');
      for (const revision of added)
        await recordApplied(client, project, { revision, content: contents.get(revision.name)! }, provenance, 0);
      for (const row of removed) await recordReverted(client, project, row);
      await client.query('commit');
      return { target, place, added: added.map((revision) => revision.name), removed };
    };
    const url = urlOf(target, client);
    return await withLock(project, { url, waitMs: 60_000, doing: 'stamp', onWaiting: () => undefined }, work);
  } finally {
    await client.end();
  }
}

async function insistOnSchema(
  project: Project,
  client: Client,
  chain: ReturnType<typeof chainTo>,
  place: string,
  target: Target,
): Promise<void> {
  const expected = await withScratch(project, chain, {}, (scratch) => readCatalogue(scratch.client));
  const ledger = (schema: string, item: string) =>
    schema === project.table.schema && item.startsWith(project.table.name);
  const found = await readCatalogue(client, { ignore: ledger });
  const differences = compareCatalogues(expected, found).filter(({ kind }) => kind !== 'database');
  if (differences.length > 0)
    throw problem('stamp-differs', { target: place, database: target.shown, differences: differences.map(describe) });
}
