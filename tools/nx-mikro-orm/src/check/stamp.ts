import type { Client } from 'pg';
import { withBookkeeping, type Bookkeeping } from '../ledger/bookkeeping.ts';
import { booksProblem, connectOrCreate, findTarget, type Target } from '../postgres/connect/connect.ts';
import { contentOf } from '../history/content.ts';
import { isReal, progressIn } from '../ledger/earlier.ts';
import { readOpen } from '../ledger/journal.ts';
import { readLedger } from '../ledger/ledger.ts';
import { keptDown } from '../ledger/stored.ts';
import { recordApplied, recordReverted } from '../ledger/record.ts';
import { readHistory } from '../run/standing/standing.ts';
import { compareCatalogues, describe, readCatalogue, type Catalogue, type Difference } from '../catalogue/index.ts';
import { isIgnored, type Project } from '../config.ts';
import { problem } from '../errors.ts';
import { chainTo, onlyHead } from '../history/graph.ts';
import type { Linked } from '../history/revision.ts';
import { findRevision } from '../history/target.ts';
import { withScratch } from '../rehearsal/scratch/database.ts';
import { isOutside } from '../author/whole/live.ts';

export interface Stamped {
  target: Target;
  place: string;
  added: string[];
  removed: string[];
  /** Of the removed ones, those that this checkout does not have. */
  missing: string[];
  /** What an earlier run had left open about these, and no longer is. */
  settled: string[];
  /** Whether the schema was found to be what `place` produces. */
  verified: boolean;
}

export interface StampOptions {
  /** Without looking at the schema. It needs a reason. */
  force: boolean;
  /** Goes to the journal. */
  reason?: string | undefined;
  onWaiting?: (holder: string) => void;
}

/**
 * Makes the ledger say that exactly the revisions up to `to` are applied. Runs none of them. Unless forced, it insists
 * that the schema is what they produce. @throws stamp-differs, stamp-settles, reason-missing
 */
export async function stamp(project: Project, to: string, options: StampOptions): Promise<Stamped> {
  const { force, reason, onWaiting } = options;
  if (force && !reason?.trim()) throw problem('reason-missing', { command: 'stamp', option: '--force' });
  const history = readHistory(project);
  const name = to === 'head' ? onlyHead(history) : to === 'base' ? undefined : findRevision(history, to).name;
  const chain = chainTo(history, name);
  const place = name ?? 'base';
  const target = await findTarget(project);
  const client = await connectOrCreate(project, target);
  try {
    const expected = force
      ? undefined
      : await withScratch(project, chain, {}, (scratch) =>
          readCatalogue(scratch.client, { ignore: isIgnored(project) }),
        );
    const doing = { target, doing: 'stamp', onWaiting };
    const changed = await withBookkeeping(project, client, doing, async (bookkeeping) => {
      if (expected) await assertSchema(project, client, expected, { place, target });
      return record(project, bookkeeping, { chain, place }, reason);
    });
    const missing = changed.removed.filter((row) => !history.byName.has(row));
    return { target, place, ...changed, missing, verified: expected !== undefined };
  } catch (error) {
    throw booksProblem(error, target);
  } finally {
    await client.end();
  }
}

async function record(
  project: Project,
  { client, write }: Bookkeeping,
  { chain, place }: { chain: readonly Linked[]; place: string },
  reason: string | undefined,
): Promise<Pick<Stamped, 'added' | 'removed' | 'settled'>> {
  const [ledger, open] = [await readLedger(client, project), await readOpen(client, project)];
  const present = new Set(ledger.map((row) => row.name));
  const wanted = new Set(chain.map((revision) => revision.name));
  const added = chain.filter((revision) => !present.has(revision.name));
  const removed = [...present].filter((row) => !wanted.has(row)).reverse();
  // A revision of which a part is done, while its row stays as it is.
  const settled = progressIn(open)
    .map(({ revision }) => revision)
    .filter((one) => present.has(one) === wanted.has(one));
  const names = { added: added.map((revision) => revision.name), removed, settled };
  if (added.length + removed.length + settled.length === 0) return names;
  const touched = new Set([...names.added, ...removed, ...settled]);
  const half = progressIn(open).filter((one) => isReal(one) && touched.has(one.revision));
  if (half.length > 0 && !reason?.trim())
    throw problem('stamp-settles', { place, names: half.map(({ revision }) => revision) });
  const contents = new Map(await Promise.all(added.map(async (one) => [one, await contentOf(one)] as const)));
  return write(async ({ journal, provenance }) => {
    for (const row of removed) {
      const message = await keptDown(client, project, row);
      await recordReverted(client, project, row);
      await journal.add(client, { event: 'forgotten', revision: row, direction: 'down', message, reason });
    }
    for (const [revision, content] of contents) {
      await recordApplied(client, project, { revision, content }, provenance, { durationMs: 0 });
      await journal.add(client, { event: 'stamped', revision: revision.name, direction: 'up', reason });
    }
    for (const revision of settled) {
      const is = wanted.has(revision)
        ? ({ event: 'stamped', direction: 'up' } as const)
        : ({ event: 'forgotten', direction: 'down' } as const);
      await journal.add(client, { ...is, revision, reason });
    }
    return names;
  });
}

async function assertSchema(
  project: Project,
  client: Client,
  expected: Catalogue,
  { place, target }: { place: string; target: Target },
): Promise<void> {
  const { schema } = project.table;
  const found = await readCatalogue(client, { ignore: isOutside(project) });
  const isOwn = ({ what, key }: Difference) =>
    what === 'extra' && found.get(key)?.kind === 'schema' && found.get(key)?.name === schema;
  const differences = compareCatalogues(expected, found).filter((one) => one.kind !== 'database' && !isOwn(one));
  if (differences.length > 0)
    throw problem('stamp-differs', { target: place, database: target.shown, differences: differences.map(describe) });
}
