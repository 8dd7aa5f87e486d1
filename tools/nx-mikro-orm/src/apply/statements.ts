import type { MigrationClass } from '../orm.ts';

/** What a revision would send, found out without a database. */
export interface Collected {
  statements: string[];
  /** True when it also runs code against the database, which cannot be shown beforehand. */
  runsCode: boolean;
  /** Why there is no way back; only ever for down. */
  irreversible?: string;
}

class NeedsDatabase extends Error {}

/** Calls `up()` or `down()` with nothing behind it, and collects what it queues until it asks for the database. */
export async function collectStatements(Class: MigrationClass, direction: 'up' | 'down'): Promise<Collected> {
  const nothing = new Proxy(
    {},
    {
      get: () => {
        throw new NeedsDatabase();
      },
    },
  ) as never;
  const migration = new Class(nothing, nothing);
  let runsCode = false;
  try {
    await migration[direction]();
  } catch (error) {
    if (direction === 'down' && error instanceof Error && /cannot be reverted/.test(error.message))
      return { statements: [], runsCode: false, irreversible: error.message };
    if (!(error instanceof NeedsDatabase)) throw error;
    runsCode = true;
  }
  return { statements: migration.getQueries().map((query) => textOf(query)), runsCode };
}

/** A queued query may be text, or one of MikroORM's query objects. */
function textOf(query: unknown): string {
  if (typeof query === 'string') return query;
  const { sql } = query as { sql?: unknown };
  return typeof sql === 'string' ? sql : '(a query that is built when it runs)';
}
