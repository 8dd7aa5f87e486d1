import type { MigrationClass } from '../orm.ts';

/** What a revision would send, found out without a database. */
export interface Collected {
  statements: string[];
  /** True when it also runs code against the database, which cannot be shown beforehand. */
  runsCode: boolean;
  /** True when a query is one of MikroORM's objects, whose text is made when it runs. */
  built: boolean;
  /** Why there is no way back; only ever for down. */
  irreversible?: string;
}

class NeedsDatabase extends Error {}

/**
 * The statements of a revision that does nothing but queue texts; undefined when its source has a word by which it could
 * ask the database, so that no code ever runs twice.
 */
export async function plainStatements(Class: MigrationClass, direction: 'up' | 'down'): Promise<string[] | undefined> {
  if (/\b(execute|getEntityManager|driver|ctx|config)\b/.test(Class.toString())) return undefined;
  const { statements, runsCode, irreversible, built } = await collectStatements(Class, direction);
  return runsCode || built || irreversible !== undefined ? undefined : statements.filter((sql) => sql.trim() !== '');
}

/** Calls `up()` or `down()` with nothing behind it, and collects what it queues until it asks for the database. */
export async function collectStatements(Class: MigrationClass, direction: 'up' | 'down'): Promise<Collected> {
  let runsCode = false;
  const nothing = new Proxy(
    {},
    {
      get: () => {
        // Noted here too: the revision may catch the error and go on.
        runsCode = true;
        throw new NeedsDatabase();
      },
    },
  ) as never;
  const migration = new Class(nothing, nothing);
  try {
    await migration[direction]();
  } catch (error) {
    if (direction === 'down' && error instanceof Error && /cannot be reverted/.test(error.message))
      return { statements: [], runsCode: false, built: false, irreversible: error.message };
    if (!(error instanceof NeedsDatabase)) throw error;
  }
  const queries: unknown[] = migration.getQueries();
  return {
    statements: queries.map(textOf),
    runsCode,
    built: queries.some((query) => typeof query !== 'string'),
  };
}

/** A queued query may be text, or one of MikroORM's query objects. */
function textOf(query: unknown): string {
  if (typeof query === 'string') return query;
  const { sql } = query as { sql?: unknown };
  return typeof sql === 'string' ? sql : '(a query that is built when it runs)';
}
