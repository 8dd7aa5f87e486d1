import { counted } from '../text/count.ts';
import { margin } from '../text/line.ts';
import { entry, excerpt, list, typed } from './entry.ts';
import { waysOn, type FailedStep } from './step-ways.ts';

/** What the server said about a step whose connection was cut. */
function becameOf({ name, direction, outcome }: { name: string; direction: 'up' | 'down'; outcome: string }): string {
  if (outcome === 'unknown') return `What became of ${name} is not known yet: the server has not told.`;
  const not = outcome === 'done' ? '' : 'not ';
  return `${name} is ${not}${direction === 'up' ? 'applied' : 'reverted'}: the ledger says so.`;
}

export interface StoppedFacts {
  /** Steps that were finished before. */
  before: number;
  /** The step that it was at, when there was one. */
  name: string | undefined;
  /** How many were in the same transaction. */
  steps: number;
  direction: 'up' | 'down';
  outcome: 'rolled-back' | 'done' | 'partly' | 'unknown';
  /** Of a revision outside of a transaction: how many statements are done, and which one was cut off. */
  done?: number | undefined;
  statement?: number | undefined;
  sql?: string | undefined;
}

/** What an interrupted run leaves. */
function stopped(f: StoppedFacts): string {
  const did = f.direction === 'up' ? 'applied' : 'reverted';
  const before = f.before ? ` What was ${did} before stays: ${counted(f.before, 'revision')}.` : '';
  if (f.name === undefined) return `No revision was cut off.${before}`;
  const which = f.steps > 1 ? `${f.name} and ${f.steps - 1} more` : f.name;
  switch (f.outcome) {
    case 'rolled-back':
      return `${which} was rolled back: nothing of it is left.${before}`;
    case 'done':
      return `${which} was ${did} all the same: it was finished in that moment.${before}`;
    case 'partly': {
      const done = `${f.done ?? 0} of its statements ${f.done === 1 ? 'is done and stays' : 'are done and stay'}`;
      const cut = f.statement === undefined ? '' : `, and statement ${f.statement} was cut off`;
      const sql = f.sql === undefined ? ' ' : `\n${excerpt(f.sql)}\n`;
      return `${which} runs outside of a transaction: ${done}${cut}.${sql}The next \`${f.direction}\` finds out what is left of that, and continues there.${before}`;
    }
    default:
      return `The server has not ended ${which} yet: the next \`${f.direction}\` waits for that, and finds out what became of it.${before}`;
  }
}

export interface StepFacts extends FailedStep {
  message: string;
  /** Which of its statements, from 1, and how many there are. Not known of code. */
  number?: number | undefined;
  of?: number | undefined;
  /** The lines of SQL that the server points at. */
  statement: string | undefined;
  /** What of the failed step stayed in the database; undefined when nothing did. */
  kept?: string;
}

/** At which of its statements a step failed, as the middle of a sentence. */
const placed = ({ number, of }: StepFacts): string =>
  number === undefined || of === 1 ? '' : ` at statement ${number}${of ? ` of ${of}` : ''}`;

/** What the server said, with the lines that it points at, and what was kept. */
const saidOf = (f: StepFacts): string =>
  `${f.message}${f.sqlstate ? ` (SQLSTATE ${f.sqlstate})` : ''}${f.statement ? `\n${margin(f.statement)}` : ''}${f.line ? `\n  ${f.path}:${f.line}` : ''}`;

const keptOf = (f: StepFacts): string =>
  f.scratch === undefined
    ? (f.kept ?? 'All of it was rolled back.')
    : 'That is a throw-away database: yours was not touched.';

/** A run: the lock, and the steps. */
export const running = {
  'lock-held': entry<{ holder: string; waitedMs: number }>(
    'refused',
    (f) =>
      `Another runner still holds the lock after ${Math.round(f.waitedMs / 1000)} s: ${f.holder}. Nothing was run.`,
    () => ['wait for it, then type the same command again; or wait longer: --lock-wait 600'],
  ),
  'session-lives': entry<{ backend: number; since: Date }>(
    'refused',
    (f) =>
      `The runner of ${f.since.toISOString()} is gone, but its session (server process ${f.backend}) is still running. Nothing was changed.`,
    (f) => [
      'wait for it, then type the same command again',
      `to end it: ${typed('psql')} "select pg_terminate_backend(${f.backend})"`,
    ],
  ),
  'lock-lost': entry<object>(
    'failed',
    () =>
      'The connection that held the lock was cut, so another runner may be at work now. What was not committed was rolled back, and nothing more was run.',
    () => ['type the same command again: it goes on where this one stopped'],
  ),
  'connection-lost': entry<{
    database: string;
    name: string | undefined;
    direction: 'up' | 'down';
    message: string;
    sqlstate: string | undefined;
    outcome: 'done' | 'not-done' | 'unknown';
  }>(
    'failed',
    (f) =>
      `The connection to ${f.database} was cut: ${f.message}${f.sqlstate ? ` (SQLSTATE ${f.sqlstate})` : ''}.${f.name ? ` ${becameOf({ ...f, name: f.name })}` : ''} Nothing more was run.`,
    (f) => [
      'type the same command again: it goes on where this one stopped',
      // Poolers use this code for failures of their own.
      ...(f.sqlstate === '08P01' && f.name
        ? [`if it comes again there: something that ${f.name} sends breaks the protocol`]
        : []),
    ],
  ),
  interrupted: entry<{ by: string }>('interrupted', (f) => `Stopped by ${f.by}.`),
  'stray-error': entry<{ who: string | undefined; message: string; became: string | undefined }>(
    'failed',
    (f) =>
      `Something that nobody awaits went wrong${f.who === undefined ? '' : ` in ${f.who}, or in what it has imported`}: ${f.message}\n${f.became ?? 'Nothing was run.'}`,
    (f) => [
      `await every promise in ${f.who ?? 'the code that this command loads'}, and catch what a callback of it throws`,
      'type the same command again with --debug: it shows the stack',
    ],
  ),
  'ended-early': entry<{ doing: string; who: string | undefined }>(
    'failed',
    (f) =>
      `"${f.doing}" was ended before its work was done${f.who === undefined ? '' : `, while the code of ${f.who} was loaded`}: something has called process.exit(), or waits for what never comes. What was not committed is rolled back by the server.`,
    () => [`see where the database stands: ${typed('status')}`],
  ),
  'run-stopped': entry<StoppedFacts>('interrupted', stopped, () => [
    'type the same command again: it goes on where this one stopped',
  ]),
  'step-failed': entry<StepFacts>(
    'failed',
    (f) =>
      `${f.name} failed going ${f.direction}${placed(f)}${f.scratch === undefined ? '' : ` on scratch (${f.scratch})`}: ${saidOf(f)}\n${keptOf(f)}`,
    waysOn,
  ),
  'lock-timeout': entry<StepFacts & { spentMs: number; blockers: { line: string; ending: string }[] }>(
    'failed',
    (f) =>
      `${f.name} did not get its locks within ${Math.max(1, Math.round(f.spentMs / 1000))} s${placed(f)}: ${saidOf(f)}${f.blockers.length ? `\nIn its way:${list(f.blockers.map(({ line }) => line))}` : ''}\n${keptOf(f)}`,
    (f) => [
      ...f.blockers.map(({ ending }) => `to end it: ${typed('psql')} "${ending}"`),
      `type the same command again; or try longer: ${typed(f.direction)} --retry-for 600`,
    ],
  ),
  unsendable: entry<{ name: string; path: string; statement: number; why: string; sql: string }>(
    'refused',
    (f) =>
      `Statement ${f.statement} of ${f.name} cannot be sent: ${f.why}. Nothing was run.\n  | ${f.sql.slice(0, 200).replaceAll('\0', '\\0').replace(/\n/g, '\n  | ')}\n  ${f.path}`,
    (f) => [
      /copies/.test(f.why)
        ? `insert the rows, some thousand at a time: \`await tables<Tables>(this).insertInto('…').values(rows).execute()\`, with \`tables\` of nx-mikro-orm/revision`
        : `fix ${f.path}, then type the same command again`,
    ],
  ),
  'transaction-control': entry<{ name: string; path: string; word: string; statement: string }>(
    'refused',
    (f) =>
      `${f.name} contains \`${f.word}\`, so a failure could leave half of it behind. Nothing was run.\n${excerpt(f.statement)}\n  ${f.path}`,
    () => [
      'take it out: a revision and its row in the ledger commit together',
      'where something cannot run in a transaction, put it in a revision with `override isTransactional() { return false; }`',
    ],
  ),
  'session-carried': entry<{ name: string; path: string; setting: string; statement: string; next: string }>(
    'refused',
    (f) =>
      `${f.name} sets ${f.setting} and leaves it so: with MikroORM, ${f.next} would work under it when both run at once, and not when it runs alone. Here each revision begins afresh. Nothing was run.\n${excerpt(f.statement)}\n  ${f.path}`,
    (f) => [
      `where what follows does without it: write \`set local\` instead, or end with \`reset ${f.setting}\``,
      `where what follows needs it: the same, and \`set local ${f.setting} …\` in each revision that does`,
      'both are for databases that are still to be made: what is applied stays applied',
    ],
  ),
  'transaction-ended': entry<{ name: string; path: string }>(
    'failed',
    (f) =>
      `The code of ${f.name} ended its transaction: what came before was committed, what came after was not, and the ledger does not have it.\n  ${f.path}`,
    (f) => [`take the commit or rollback out of ${f.path}`, typed('repair')],
  ),
  'script-code': entry<{ name: string }>(
    'refused',
    (f) => `${f.name} runs code, which no script can do. Nothing was written.`,
    (f) => [typed(`up ${f.name}`), typed('sql <from>:<to>')],
  ),
  'not-atomic': entry<{ name: string }>(
    'usage',
    (f) => `--atomic runs everything in one transaction, and ${f.name} cannot run in one. Nothing was run.`,
    () => [typed('up')],
  ),
  irreversible: entry<{ name: string; direction: 'up' | 'down'; reason: string }>(
    'refused',
    (f) =>
      f.direction === 'up'
        ? `${f.name} refuses to go up: ${f.reason}. It was not applied.`
        : `${f.name} ${f.reason ? `cannot be reverted: ${f.reason}` : 'has no down()'}. It was not reverted.`,
    (f) =>
      f.direction === 'up'
        ? ['do what it asks for, then type the same command again']
        : ['write its down(), or leave it applied'],
  ),
} as const;
