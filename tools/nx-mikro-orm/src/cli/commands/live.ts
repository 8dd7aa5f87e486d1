import { blockerLine, type Blocker } from '../../postgres/blockers.ts';
import { earlierLines } from '../../ledger/earlier.ts';
import type { OnEvent, RunEvent } from '../../run/events/events.ts';
import { typed } from '../../errors.ts';
import type { Skipped } from '../../history/late.ts';
import type { Report } from './command.ts';
import { sqlstate } from '../../sql/sqlstate.ts';
import { oneLine, shortened } from '../../text/line.ts';

/** A line that stays. `out`: what was done to the database. `err`: what is in the way, and what came before. */
export interface Line {
  to: 'out' | 'err';
  text: string;
}

/** The lines that an event leaves behind; most leave none. Failures are the report's. */
export function linesOf(event: RunEvent): Line[] {
  switch (event.type) {
    case 'waiting':
      // It is told again and again while the wait goes on: what passes is enough then.
      return event.waitedMs < 5_000 ? [err(`Waiting for another runner: ${event.holder}`)] : [];
    case 'found':
      return earlierLines(event.earlier, event.half).map(err);
    case 'duplicated':
      return [err(duplicatedLine(event.revisions))];
    case 'skipped':
      return event.revisions.map((one) => out(skippedLine(one)));
    case 'restamped':
      return [out(`replaced ${event.replaced.length} by ${event.revision}: the ledger only, nothing was run`)];
    case 'retried':
      return [err(retriedLine(event))];
    case 'mended':
      return [out(`mended   ${event.revision}: ${event.what}`)];
    case 'finished': {
      const done = event.direction === 'up' ? 'applied ' : 'reverted';
      return [out(`${done} ${event.revision}  ${Math.round(event.durationMs)} ms${slowest(event)}`)];
    }
    default:
      return [];
  }
}

const out = (text: string): Line => ({ to: 'out', text });
const err = (text: string): Line => ({ to: 'err', text });

/** Names that a line has room for. */
const roomFor = 3;

function duplicatedLine(names: string[]): string {
  const shown = [...names.slice(0, roomFor), ...(names.length > roomFor ? ['…'] : [])].join(', ');
  const [what, it] = names.length === 1 ? [shown, 'it'] : [`${names.length} revisions`, 'them'];
  const which = names.length === 1 ? '' : ` (${shown})`;
  return `The ledger has ${what} more than once${which}: two runners without a lock may have run ${it} twice. Look at ${it}: ${typed('repair')}`;
}

/** Of a revision that is left out: why. */
const skippedLine = (one: Skipped): string =>
  `skipped  ${one.name}: ${'before' in one ? `it is late, ${one.before} was applied before it` : `it follows ${one.follows}`}`;

/** Why a step is tried again; the SQLSTATEs that retry.ts knows. */
const reasons: Record<string, string> = {
  [sqlstate.lockNotAvailable]: 'did not get its table',
  [sqlstate.deadlockDetected]: 'met a deadlock',
  [sqlstate.serializationFailure]: 'met a transaction that changed the same rows',
};

function retriedLine({
  revision,
  sqlstate,
  pauseMs,
  attempt,
  spentMs,
  budgetMs,
  blockers,
  statement,
}: RunEvent & { type: 'retried' }) {
  const what = statement === undefined ? revision : `Statement ${statement} of ${revision}`;
  const way = blockers.length ? `; in its way: ${blockers.map(blockerLine).join('; ')}` : '';
  return `${what} ${reasons[sqlstate] ?? `met SQLSTATE ${sqlstate}`}: trying again in ${(pauseMs / 1000).toFixed(1)} s (attempt ${attempt + 1}, ${Math.round(spentMs / 1000)} s of ${Math.round(budgetMs / 1000)} s spent)${way}`;
}

/** Of a slow step, where the time went. */
function slowest({ durationMs, timings }: { durationMs: number; timings: number[] }): string {
  if (durationMs < 1_000 || timings.length < 2) return '';
  const most = Math.max(...timings);
  return ` (${Math.round(most)} ms of it in statement ${timings.indexOf(most) + 1} of ${timings.length})`;
}

/** What goes on right now: the parts of the line that passes. */
export interface Current {
  /** `up 3/12 …_add_phone`, or that it waits. */
  what: string;
  /** `2/5 create index …` */
  statement?: string | undefined;
  /** When that began, on the clock of `at`. */
  since: number;
  /** Who is in the way, as last heard. */
  blocked?: { since: number; heard: number; by: string };
  /** It was rolled back, and is tried again then. */
  pausedUntil?: number;
}

/** What goes on after an event at a moment (milliseconds of any clock); undefined when nothing is worth a line. */
export function followRun(current: Current | undefined, event: RunEvent, at: number): Current | undefined {
  const entry = following[event.type] as
    ((event: RunEvent, current: Current | undefined, at: number) => Current | undefined) | undefined;
  return entry?.(event, current, at);
}

type Of<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

/** What goes on after each event; after any other, nothing. */
const following: {
  [Type in RunEvent['type']]?: (event: Of<Type>, current: Current | undefined, at: number) => Current | undefined;
} = {
  waiting: ({ holder, waitedMs }, _, at) => ({ what: `waiting for another runner: ${holder}`, since: at - waitedMs }),
  started: ({ direction, number, of, revision }, _, at) => ({
    what: `${direction} ${number}/${of} ${shortName(revision)}`,
    since: at,
  }),
  statement: ({ direction, statement, of, sql }, current, at) => {
    const place = of === undefined ? `${statement}` : `${statement}/${of}`;
    return { what: current?.what ?? direction, statement: `${place} ${shortSql(sql)}`, since: at };
  },
  blocked: ({ blockers: [first, ...others], waitedMs }, current, at) => {
    if (!first || !current) return current;
    const by = `${sessionOf(first)}${others.length ? ` and ${others.length} more` : ''}`;
    return { ...current, blocked: { since: at - waitedMs, heard: at, by } };
  },
  retried: ({ pauseMs, statement }, current, at) =>
    current && {
      what: current.what,
      since: at,
      pausedUntil: at + pauseMs,
      ...(statement !== undefined && { statement: current.statement }),
    },
  answered: (_, current) => current,
  mended: (_, current) => current,
};

/** Blockers are asked for four times a second: not heard of for longer means gone. */
const fresh = 1_500;

/** The line that passes, at a moment. */
export function passingLine({ what, statement, since, blocked, pausedUntil = 0 }: Current, at: number): string {
  const parts = [what, statement, at < pausedUntil ? 'about to try again' : seconds(at - since)];
  if (blocked && at - blocked.heard < fresh) parts.push(`waits ${seconds(at - blocked.since)} for ${blocked.by}`);
  return parts.filter((part) => part !== undefined).join(' · ');
}

const seconds = (ms: number): string => `${Math.max(0, Math.round(ms / 1000))} s`;

/** `Migration20260101000000_add_phone` → `…_add_phone` */
const shortName = (name: string): string => name.replace(/^Migration\d+(?=_.)/, '…');

function shortSql(sql: string): string {
  return shortened(oneLine(sql.slice(0, 400)), 40);
}

function sessionOf({ pid, application, state, age, query }: Blocker): string {
  if (state === 'prepared') return `prepared transaction ${query}`;
  const doing = [state || 'unseen', age === null ? '' : `${age} s`].filter(Boolean).join(' ');
  return `process ${pid} (${[application, doing].filter(Boolean).join(', ')})`;
}

/** Shows a run while it goes on: lines that stay, and one that passes, brought up to date every second. */
export function live(report: Report): { onEvent: OnEvent; stop: () => void } {
  let current: Current | undefined;
  let shown = 0;
  const show = () => {
    shown = performance.now();
    if (current) report.progress(passingLine(current, shown));
  };
  const timer = setInterval(show, 1_000);
  // A process that has nothing else left to do must end.
  timer.unref();
  return {
    onEvent: (event) => {
      for (const { to, text } of linesOf(event)) (to === 'out' ? report.line : report.warn)(text);
      current = followRun(current, event, performance.now());
      // Thousands of quick statements would cost more to show than to run.
      if (performance.now() - shown > 100) show();
    },
    stop: () => clearInterval(timer),
  };
}
