/** Selects that a session plans once: planning one of the catalogue's takes the server ten times as long as running it. */
import type { Client } from './item.ts';
import { multi } from '../sql/multi.ts';

/** A select with a name of its own, which stands for the same text in every session. */
export interface NamedSelect {
  name: string;
  sql: string;
  /** Where it takes a value, `$1`: of which type, and the value that it is given, both in brackets. */
  takes?: string;
  given?: string;
}

/** Begins the name of what readings prepare. */
export const plansPrefix = 'nx_mikro_orm_read_';

const keeping = new WeakSet<Client>();

/** Lets readings leave prepared statements in a session: for one that is ours alone, and is read more than once. */
export const keepPlans = (client: Client): void => void keeping.add(client);

/** The names of what a session has prepared; undefined where readings leave no trace. What runs there may drop any of them. */
export async function plannedIn(client: Client): Promise<Set<string> | undefined> {
  if (!keeping.has(client)) return undefined;
  const { rows } = (await client.query('select p.name from pg_catalog.pg_prepared_statements p where p.from_sql')) as {
    rows: { name: string }[];
  };
  return new Set(rows.map(({ name }) => name));
}

/**
 * Sends selects in one message, between statements that come before and after them. Returns the rows of each select. Those that
 * the session has planned are only run; the others are prepared on the way, where it keeps plans, and are in `planned` from then on.
 */
export async function askAll(
  client: Client,
  planned: Set<string> | undefined,
  selects: readonly NamedSelect[],
  {
    first = [],
    last = [],
    isOwn = false,
  }: { first?: readonly string[]; last?: readonly string[]; isOwn?: boolean } = {},
): Promise<unknown[][]> {
  const named = selects.map((one) => ({ ...one, name: plansPrefix + one.name }));
  const missing = planned ? named.filter(({ name }) => !planned.has(name)) : [];
  const before = [...first, ...missing.map(({ name, sql, takes = '' }) => `prepare ${name}${takes} as ${sql}`)];
  const asked = named.map(({ name, sql, given }) =>
    planned ? `execute ${name}${given ?? ''}` : given === undefined ? sql : sql.replaceAll('$1', given),
  );
  const results = await multi<unknown>(client, [...before, ...asked, ...last], { isOwn });
  for (const { name } of missing) planned?.add(name);
  return results.slice(before.length, before.length + asked.length).map(({ rows }) => rows);
}
