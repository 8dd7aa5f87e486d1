import type { MigrationClass } from '../orm.ts';
import { irreversibleReason } from '../revision/irreversible.ts';
import { isStatement, type Content } from './content.ts';

/** By which words a method could ask the database for something, instead of queueing a text. */
const asks = /\b(execute|getEntityManager|driver|ctx|config)\b|\btables\s*\(\s*this\b/;

class NeedsDatabase extends Error {}

/**
 * What a class would send, found out without a database: both methods are called with nothing behind them. A method
 * whose source has a word by which it could ask the database is not called, so that no code ever runs twice.
 */
export async function collectContent(Class: MigrationClass): Promise<Omit<Content, 'checksum' | 'code' | 'Class'>> {
  const up = await collect(Class, 'up');
  const down = await collect(Class, 'down');
  return {
    up: up.statements,
    down: down.irreversible === undefined ? down.statements : undefined,
    irreversible: down.irreversible,
    transactional: new Class(nothing, nothing).isTransactional(),
    runsCode: { up: up.runsCode, down: down.runsCode },
  };
}

interface Collected {
  statements: string[];
  runsCode: boolean;
  /** Why there is no way back. */
  irreversible?: string;
}

async function collect(Class: MigrationClass, direction: 'up' | 'down'): Promise<Collected> {
  if (asks.test(methodOf(Class, direction))) return { statements: [], runsCode: true };
  const migration = new Class(nothing, nothing);
  let asked = false;
  migration.execute = () => {
    // Noted here too: the revision may catch the error and go on.
    asked = true;
    throw new NeedsDatabase();
  };
  migration.getEntityManager = migration.execute as never;
  try {
    await migration[direction]();
  } catch (error) {
    const irreversible = irreversibleReason(error, direction);
    // Going up, it is asked again when its turn comes: what it says then is the answer.
    if (irreversible !== undefined && direction === 'up') return { statements: [], runsCode: true };
    if (irreversible !== undefined) return { statements: [], runsCode: false, irreversible };
    if (!(error instanceof NeedsDatabase)) throw error;
    // Noted where tables() asked, which goes around execute().
    asked = true;
  }
  const queries: unknown[] = migration.getQueries();
  // MikroORM's query objects become text only with a database.
  if (asked || queries.some((query) => typeof query !== 'string')) return { statements: [], runsCode: true };
  return { statements: (queries as string[]).filter(isStatement), runsCode: false };
}

/** The source of a method, wherever in the chain of classes it stands. */
const methodOf = (Class: MigrationClass, direction: 'up' | 'down'): string =>
  (Class.prototype as Record<string, unknown>)[direction]?.toString() ?? '';

const nothing = new Proxy(
  {},
  {
    get: () => {
      throw new NeedsDatabase();
    },
  },
) as never;
