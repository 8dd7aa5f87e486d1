import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Runs one statement on the database in question, and gives its rows. */
export type Query = (sql: string) => Promise<{ name: string }[]>;

/** May a service take requests? Only when its database stands exactly where this build's history ends. */
export type Readiness =
  | { ready: true; /** Where the database stands; null without any revision. */ revision: string | null }
  | {
      ready: false;
      reason: 'behind' | 'ahead' | 'unreachable';
      /** Behind: what is not applied yet. Ahead: what is applied, but unknown to this build. */
      revisions: string[];
    };

const patience = 3_000;

/** The history that this build was made with. Read once: a file that comes later is not part of this build. */
const history = new Set(revisionNames(join(import.meta.dirname, '../revisions')));

/**
 * Compares the ledger with this build's history, by name: light enough to ask every second. Never throws, and never
 * takes longer than a few seconds. A database that is both behind and ahead counts as ahead, because migrating with
 * this build would not mend it.
 */
export async function readiness(query: Query): Promise<Readiness> {
  const applied = await inTime(readLedger(query)).catch(() => undefined);
  if (!applied) return { ready: false, reason: 'unreachable', revisions: [] };
  const unknown = applied.difference(history);
  if (unknown.size > 0) return { ready: false, reason: 'ahead', revisions: [...unknown] };
  const pending = history.difference(applied);
  if (pending.size > 0) return { ready: false, reason: 'behind', revisions: [...pending] };
  return { ready: true, revision: [...applied].at(-1) ?? null };
}

/** What the ledger says is applied, oldest first; nothing when there is no ledger yet. */
async function readLedger(query: Query): Promise<Set<string>> {
  try {
    const rows = await query('select "name" from "public"."mikro_orm_migrations" order by "id"');
    // Older MikroORM versions recorded names with their ending.
    return new Set(rows.map(({ name }) => name.replace(/\.[jt]s$/, '')));
  } catch (error) {
    // 42P01 undefined_table
    if ((error as { code?: unknown }).code === '42P01') return new Set();
    throw error;
  }
}

/** The names of the revisions in a folder, in order, by the same rule as the engine's; imports none of them. */
function revisionNames(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => !/\.(d|test|spec)\.[mc]?[jt]s$/.test(file))
    .flatMap((file) => /^(Migration\d{14}.*)\.(ts|mts|js|mjs)$/.exec(file)?.[1] ?? [])
    .sort();
}

/** A server that accepts a connection and then says nothing must not keep the question open. */
async function inTime<T>(answer: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${patience} ms`)), patience);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
