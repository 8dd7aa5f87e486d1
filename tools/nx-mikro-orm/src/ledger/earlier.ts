import type { SessionId } from '../postgres/session.ts';
import type { SessionState } from '../postgres/session-state.ts';
import type { Recorded } from './journal.ts';
import { firstLine } from '../text/line.ts';

/** How far a revision got that runs outside of a transaction, and did not get to its end. */
export interface Progress {
  revision: string;
  direction: 'up' | 'down';
  /** Statements that finished: number (from 1) → digest. */
  done: Map<number, string>;
  /** The statement after those, when it was sent: what is known of it. */
  open: OpenStatement | undefined;
  /** It was code, which is one piece. */
  code: boolean;
  /** What the statements that are done had set for their session; undefined where that is nothing. */
  session: SessionState | undefined;
  /** The rows that say so, and the one that was written last. */
  rows: bigint[];
  last: Recorded;
}

export interface OpenStatement {
  statement: number;
  digest: string;
  sql: string;
  /** `failed`: the server said so. `unknown`: the runner or its connection was gone before the server had answered. */
  outcome: 'failed' | 'unknown';
  /** It was sent without a transaction, so that a failure may have left a part of it. */
  alone: boolean;
  at: Date;
  backend: number | undefined;
}

/** A run that did not end well, as the journal tells it. */
export interface Earlier {
  run: Recorded;
  /** `interrupted`: it was killed, or its connection was cut; nothing was written after that. */
  outcome: 'failed' | 'interrupted';
  direction: 'up' | 'down';
  plan: string[];
  finished: string[];
  /** The revision that it was at; undefined when it failed before the first. */
  at: string | undefined;
  sqlstate: string | undefined;
  message: string | undefined;
}

/** What people had recorded about a revision settles whatever was open about it. */
const settling = new Set(['applied', 'reverted', 'stamped', 'forgotten', 'replaced', 'repaired']);

/** The revisions that are half done. Pure; `rows` are those since the last run that ended well. */
export function progressIn(rows: readonly Recorded[]): Progress[] {
  const found = new Map<string, Progress>();
  for (const row of rows) {
    const { event, revision, direction, statement, digest = '' } = row;
    if (revision === undefined) continue;
    if (settling.has(event)) found.delete(revision);
    if (statement === undefined || direction === undefined) continue;
    const progress = found.get(revision) ?? beginning(revision, direction, row);
    found.set(revision, progress);
    progress.last = row;
    progress.rows.push(row.id);
    if (row.sql !== undefined) progress.code = row.sql === `(the code of ${revision})`;
    if (event === 'done') progress.done.set(statement, digest);
    // What people have recorded says nothing of a session.
    if (event === 'done' && row.reason === undefined) progress.session = row.session;
    progress.open = event === 'done' ? undefined : openBy(row, statement, progress.open);
  }
  return [...found.values()];
}

/** Whether something of a revision outside of a transaction is in the database, or may be. */
export const isReal = ({ done, open }: Progress): boolean =>
  done.size > 0 || open?.outcome === 'unknown' || open?.alone === true;

const beginning = (revision: string, direction: 'up' | 'down', last: Recorded): Progress => ({
  revision,
  direction,
  done: new Map(),
  open: undefined,
  code: false,
  session: undefined,
  rows: [],
  last,
});

/** What a row makes of the statement that is open; `before`: what those before it had. */
function openBy(row: Recorded, statement: number, before: OpenStatement | undefined): OpenStatement {
  const { event, digest, sql, reason, at, backend } = row;
  return {
    statement,
    digest: digest || (before?.digest ?? ''),
    // Of one that fails, the journal keeps the beginning; of one that was announced, all.
    sql: before && before.digest === digest && before.sql.length > (sql?.length ?? 0) ? before.sql : (sql ?? ''),
    outcome: event === 'failed' ? 'failed' : 'unknown',
    // Somebody who recorded that it took no effect has looked.
    alone: event === 'begun' || (reason === undefined && before?.alone === true),
    at,
    backend,
  };
}

/** The last run, when it did not end well and nobody has settled that since. Pure. */
export function earlierIn(rows: readonly Recorded[]): Earlier | undefined {
  const at = rows.findLastIndex(({ event }) => event === 'run');
  const run = rows[at];
  if (!run) return undefined;
  const after = rows.slice(at + 1);
  const own = after.filter((row) => row.run === run.run);
  const finished = own.flatMap((row) => (['applied', 'reverted'].includes(row.event) ? [row.revision ?? ''] : []));
  const failed = own.findLast(({ event }) => event === 'failed');
  const plan = run.plan ?? [];
  const stuck = failed?.revision ?? plan.find((name) => !finished.includes(name));
  if (after.some(({ event, revision }) => settling.has(event) && revision !== undefined && revision === stuck))
    return undefined;
  return {
    run,
    outcome: failed ? 'failed' : 'interrupted',
    direction: run.direction ?? 'up',
    plan,
    finished,
    at: stuck,
    sqlstate: failed?.sqlstate,
    message: failed?.message,
  };
}

/** The session that a run worked in. */
export const sessionOf = ({ backend, backend_start: backendStart, at }: Recorded): SessionId | undefined =>
  backend === undefined ? undefined : { backend, backendStart, at };

/** One or more sentences about an earlier run, for people. */
export function earlierLines(
  { run, outcome, direction, plan, finished, at, message }: Earlier,
  half: readonly Progress[],
): string[] {
  const who = `${run.by ?? 'somebody'}@${run.host ?? 'unknown'} pid ${run.pid ?? '?'}`;
  const from = run.commit ? ` from commit ${run.commit.slice(0, 12)}` : '';
  const done = direction === 'up' ? 'applied' : 'reverted';
  const progress = half.find(({ revision }) => revision === at);
  const kept = progress
    ? `${progress.done.size} of its statements are done${progress.open ? `, statement ${progress.open.statement} ${progress.open.outcome === 'failed' ? 'failed' : 'was sent and not answered'}` : ''}`
    : 'nothing of it was kept';
  return [
    `An earlier run ${outcome === 'failed' ? 'failed' : 'was interrupted'}: ${direction} by ${who}${from} at ${run.at.toISOString()}; ${finished.length} of ${plan.length} ${done}${at ? `, then ${at}: ${kept}` : ''}.`,
    ...(message ? [`  ${firstLine(message)}`] : []),
  ];
}
