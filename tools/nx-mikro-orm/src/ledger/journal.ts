import { escapeIdentifier, escapeLiteral, type Client } from 'pg';
import type { Project } from '../config.ts';
import type { Step } from '../history/revision.ts';
import type { Session } from '../postgres/session.ts';
import type { SessionState } from '../postgres/session-state.ts';
import { askOnOwnPath } from '../postgres/connect/own-path.ts';
import { isState, sqlstate } from '../sql/sqlstate.ts';
import { problem } from '../errors.ts';
import { ledgerColumns, momentOf } from './ledger.ts';
import type { Provenance } from './provenance.ts';
import type { Named } from './record.ts';
import { shortened } from '../text/line.ts';

/**
 * What a row of the journal says happened.
 *
 * `run`: a run began, with its plan. `begun`: a statement outside a transaction is about to be sent; `done`: it is
 * finished. `applied`, `reverted`: a step is finished; the row commits together with the ledger's. `failed`: a run or
 * statement went wrong. `end`: a run ended well. The rest are what people had recorded, with a reason: `stamped` is a new
 * row of the ledger, `forgotten` one that is gone, `accepted` one that was changed; `replaced` is a new one in place of
 * those in its plan; `repaired` leaves the ledger as it is, and settles what was open about its revision.
 */
type JournalEvent =
  | 'run'
  | 'begun'
  | 'done'
  | 'applied'
  | 'reverted'
  | 'failed'
  | 'end'
  | 'stamped'
  | 'forgotten'
  | 'accepted'
  | 'replaced'
  | 'repaired';

/** One row, without what every row has: time, run, who, where. */
export interface JournalEntry {
  event: JournalEvent;
  revision?: string | undefined;
  direction?: 'up' | 'down' | undefined;
  /** From 1; more after a lock could not be had in time. */
  attempt?: number | undefined;
  /** Which statement of the revision, from 1. */
  statement?: number | undefined;
  /** Digest of that statement's meaning. */
  digest?: string | undefined;
  /** The statement, shortened. */
  sql?: string | undefined;
  durationMs?: number | undefined;
  /** Milliseconds of each statement of the step. */
  timings?: number[] | undefined;
  sqlstate?: string | undefined;
  message?: string | undefined;
  /** The names that a run is to apply or revert, in order. */
  plan?: string[] | undefined;
  reason?: string | undefined;
  /** What the statements so far have set for their session, and made in it. */
  session?: SessionState | undefined;
  /** What the server said beside its answers. */
  notices?: string[] | undefined;
  /** Of a run: the rows that tell what is half done when it begins. */
  openRows?: readonly bigint[] | undefined;
}

/** A row as it was read back. */
export interface Recorded extends JournalEntry {
  id: bigint;
  at: Date;
  run: string;
  by: string | undefined;
  host: string | undefined;
  /** Process id of the runner on its host. */
  pid: number | undefined;
  /** The server's process that ran the statements. */
  backend: number | undefined;
  /** When that process began: its number may be another's since. */
  backend_start?: Date | undefined;
  /** The role that was logged in. */
  role?: string | undefined;
  commit: string | undefined;
  branch: string | undefined;
  tool: string | undefined;
}

const columns = {
  run: 'uuid not null',
  event: 'text not null',
  revision: 'text',
  direction: 'text',
  attempt: 'int',
  statement: 'int',
  digest: 'text',
  sql: 'text',
  duration_ms: 'int',
  timings: 'int[]',
  sqlstate: 'text',
  message: 'text',
  plan: 'text[]',
  reason: 'text',
  applied_by: 'text',
  host: 'text',
  pid: 'int',
  backend: 'int',
  commit: 'text',
  branch: 'text',
  tool: 'text',
  session: 'jsonb',
  backend_start: 'timestamptz',
  notices: 'text[]',
  open_rows: 'bigint[]',
  role: 'text',
} as const;

const names = Object.keys(columns);

/** The journal stands beside the ledger and bears its name. */
export const journalName = (project: Pick<Project, 'table'>): string => `${project.table.name}_journal`;

/** The journal's name, for SQL. */
export const journalTable = (project: Project): string =>
  `${escapeIdentifier(project.table.schema)}.${escapeIdentifier(journalName(project))}`;

/** The statements that make the journal, and that add what an older one lacks. */
export const journalStatements = (project: Project): Record<'make' | 'extend', string> => {
  const definitions = Object.entries(columns).map(([name, type]) => `${escapeIdentifier(name)} ${type}`);
  return {
    make:
      `create table ${journalTable(project)} ("id" bigint generated always as identity primary key,` +
      ` "at" timestamptz not null default clock_timestamp(), ${definitions.join(', ')})`,
    extend: `alter table ${journalTable(project)} ${definitions.map((one) => `add column if not exists ${one}`).join(', ')}`,
  };
};

/** Makes the journal, or adds the columns that an older version did not have. Only ever under the lock. */
export async function ensureJournal(client: Client, project: Project): Promise<void> {
  const present = await ledgerColumns(client, journalTable(project));
  if (present.size === 0) await client.query(journalStatements(project).make);
  else if (names.some((name) => !present.has(name))) await client.query(journalStatements(project).extend);
}

/** Where entries of one run go: to the journal, with all that every row says. */
export interface Journal {
  /** Identifies the run. */
  run: string;
  /** Adds a row; inside the open transaction, where there is one. Nothing is ever changed or removed. @throws row-kept-back */
  add: (client: Client, entry: JournalEntry, as?: Named) => Promise<void>;
}

/** The journal of one run; with the session that runs the statements. */
export function journalOf(
  project: Project,
  run: string,
  { by, host, pid, commit, branch, tool }: Provenance,
  { backend, backendStart }: Pick<Session, 'backend' | 'backendStart'>,
): Journal {
  const insert =
    `insert into ${journalTable(project)} (${names.map(escapeIdentifier).join(', ')})` +
    ` values (${names.map((name, at) => (name === 'role' ? 'session_user' : `$${at + 1}`)).join(', ')})`;
  return {
    run,
    add: async (client, entry, as) => {
      const { event, revision, direction, attempt, statement, digest, sql, sqlstate, message, plan, reason } = entry;
      const duration = entry.durationMs === undefined ? undefined : Math.round(entry.durationMs);
      const timings = entry.timings?.map((ms) => Math.round(ms));
      // Of what may leave something half done, the whole is needed to look for that.
      const text = sql && readable(sql, event === 'begun' ? longestBegun : longest);
      // In the order of the columns.
      const what = [event, revision, direction, attempt, statement, digest, text, duration, timings];
      const why = [sqlstate, message && readable(message), plan, reason];
      const who = [by, host, pid, backend, commit, branch, tool];
      const of = [entry.session, backendStart, entry.notices, entry.openRows && spansOf(entry.openRows)];
      const { rowCount } = await client.query({
        ...(as !== undefined && { name: `nx journal ${as}` }),
        text: insert,
        values: [run, ...what, ...why, ...who, ...of].map((value) => value ?? null),
      });
      // What the next run has to know of this one would be missing.
      if (rowCount !== 1)
        throw problem('row-kept-back', {
          table: journalTable(project),
          about: revision,
          stays: event === 'begun' || event === 'done',
        });
    },
  };
}

/** A journal is read by people: of a long text, the beginning. NUL cannot be stored. */
export const readable = (text: string, most = longest): string => shortened(text.replaceAll('\0', ''), most);

const longest = 500;
export const longestBegun = 20_000;

/** Numbers in ascending order as the first and the last of each row of neighbours: 3, 4, 5, 9 → 3, 5, 9, 9. */
function spansOf(numbers: readonly bigint[]): bigint[] {
  const spans: bigint[] = [];
  for (const number of numbers)
    if (number - 1n === spans.at(-1)) spans[spans.length - 1] = number;
    else spans.push(number, number);
  return spans;
}

/**
 * What is still open, oldest first: of each revision, event and statement the last row, among those that the last run has
 * named when it began and those that came after. A run that fails again and again leaves rows without end, and this stays
 * as small as its history. None without a journal.
 */
export async function readOpen(client: Client, project: Project): Promise<Recorded[]> {
  const latest = `"event", "revision", "statement"`;
  const lastEnd = `(select max("id") from ${journalTable(project)} where "event" = 'end')`;
  // Of each span the planner is to look into the index, whatever it thinks of their number.
  const named = `with last as (
      select "id", "event", "open_rows" from ${journalTable(project)} where "event" in ('run', 'end') order by "id" desc limit 1),
    spans as (
      select coalesce((select case when "event" = 'end' or "open_rows" is not null then "id" else ${lastEnd} end from last), 0)
        as "from", 9223372036854775807 as "to"
      union all
      select "open_rows"[at], "open_rows"[at + 1] from last, generate_series(1, cardinality("open_rows"), 2) at)
    select distinct on (${latest}) found.*
    from spans, lateral (select * from ${journalTable(project)} where "id" between "from" and "to" offset 0) found
    order by ${latest}, "id" desc`;
  const rows = await read(client, named).catch((error: unknown) => {
    if (!isState(error, sqlstate.undefinedColumn)) throw error;
    // Nobody has written into it with this version yet.
    const since = `select distinct on (${latest}) * from ${journalTable(project)} where "id" >= coalesce(${lastEnd}, 0)`;
    return read(client, `${since} order by ${latest}, "id" desc`);
  });
  return rows.sort((left, right) => (left.id < right.id ? -1 : 1));
}

/** The last rows of the journal, all or of one revision, oldest first; every one without `last`. */
export const readJournal = (
  client: Client,
  project: Project,
  { revision, last }: { revision?: string | undefined; last?: number | undefined } = {},
): Promise<Recorded[]> =>
  read(
    client,
    `select * from (
       select * from ${journalTable(project)} ${revision === undefined ? '' : `where "revision" = ${escapeLiteral(revision)}`}
       order by "id" desc ${last === undefined ? '' : `limit ${last}`}) found
     order by "id"`,
  );

/** The rows that say which revisions are applied, oldest first: what the ledger should have come to. */
export const readDecisions = (client: Client, project: Project): Promise<Recorded[]> =>
  read(
    client,
    `select * from ${journalTable(project)}
     where "event" in ('applied', 'reverted', 'stamped', 'forgotten', 'replaced') order by "id"`,
  );

/** Of which revisions the journal has rows, and how many. Undefined: rows about a whole run. */
export async function countJournal(
  client: Client,
  project: Project,
): Promise<{ revision: string | undefined; rows: number }[]> {
  const sql = `select "revision", count(*)::int as rows from ${journalTable(project)} group by "revision" order by "revision"`;
  return (await unlessAbsent(askOnOwnPath<{ revision: string | null; rows: number }>(client, sql))).map(
    ({ revision, rows }) => ({
      revision: revision ?? undefined,
      rows,
    }),
  );
}

const read = async (client: Client, sql: string): Promise<Recorded[]> =>
  (await unlessAbsent(askOnOwnPath<Record<string, unknown>>(client, sql))).map(recordedOf);

async function unlessAbsent<Row>(answer: Promise<Row[]>): Promise<Row[]> {
  try {
    return await answer;
  } catch (error) {
    if (isState(error, sqlstate.undefinedTable, sqlstate.invalidSchemaName)) return [];
    throw error;
  }
}

function recordedOf(row: Record<string, unknown>): Recorded {
  const { id, applied_by, duration_ms, ...rest } = Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value ?? undefined]),
  );
  return {
    ...rest,
    at: momentOf(rest['at']),
    id: BigInt(id as string),
    by: applied_by,
    durationMs: duration_ms,
  } as unknown as Recorded;
}

/** The row of a finished step. */
export const finishedEntry = (
  { revision, direction }: Step,
  result: Pick<JournalEntry, 'attempt' | 'durationMs' | 'timings' | 'notices'>,
): JournalEntry => ({
  ...result,
  event: direction === 'up' ? 'applied' : 'reverted',
  revision: revision.name,
  direction,
});
