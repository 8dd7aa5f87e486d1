import { history } from './history.ts';

/** Runs one statement on the database in question, and gives its rows. */
export type Query = (sql: string) => Promise<{ name: string }[]>;

/** Does the database stand exactly where this build's history ends? */
export type Readiness =
  | {
      ready: true;
      /** The last revision of this build; null without any. */
      revision: string | null;
      /** Applied since the gate opened, and unknown to this build. Only a {@link Gate} that is open has any. */
      newer: string[];
    }
  | {
      ready: false;
      /** Busy: the server answers, but has no connection or no time for this question. */
      reason: 'behind' | 'ahead' | 'unreachable' | 'busy';
      /** Behind: what is not applied yet. Ahead: what is applied, but unknown to this build. */
      revisions: string[];
    };

/** How long the ledger may take to answer, in milliseconds. */
const patience = 3_000;

/**
 * Compares the ledger with this build's history, by name: light enough to ask every second. Never throws, and never
 * takes longer than a few seconds. A database that is both behind and ahead counts as ahead, because migrating with
 * this build would not mend it. With `tolerateNewer`, one that is only ahead counts as ready.
 */
export async function readiness(query: Query, { tolerateNewer = false } = {}): Promise<Readiness> {
  let applied: Set<string>;
  try {
    applied = await inTime(readLedger(query));
  } catch (error) {
    return { ready: false, reason: answered(error) ? 'busy' : 'unreachable', revisions: [] };
  }
  const built = new Set(history);
  const newer = [...applied.difference(built)];
  const pending = [...built.difference(applied)];
  if (newer.length > 0 && (pending.length > 0 || !tolerateNewer))
    return { ready: false, reason: 'ahead', revisions: newer };
  if (pending.length > 0) return { ready: false, reason: 'behind', revisions: pending };
  return { ready: true, revision: history.at(-1) ?? null, newer };
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

/** Does the error come from a server that works? Class 53: no resources; query_canceled, lock_not_available. */
const answered = (error: unknown): boolean => /^(53...|57014|55P03)$/.test(String((error as { code?: unknown }).code));

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
