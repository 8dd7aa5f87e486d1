import { counted, plural } from '../text/count.ts';
import { entry, excerpt, list, typed } from './entry.ts';

/** A row of the ledger, and what is known of it. */
export interface RowFacts {
  name: string;
  known: string;
}

const rows = (found: RowFacts[]): string => list(found.map(({ name, known }) => `${name}\n    ${known}`));

/** How to find the files of rows that have none here. */
const backTo = (missing: RowFacts[]): string[] => [
  `find the commit that has it: git log --all --oneline -- '*${missing[0]?.name ?? ''}*'`,
  'check out the branch that has it, and type the same command again',
];

/** Why a revision that is half done cannot be continued by what its file says now. */
function resumedEdited(f: {
  name: string;
  direction: string;
  how: string;
  statement: number;
  now: string | undefined;
}): string {
  const why: Record<string, string> = {
    edited: `statement ${f.statement}, which was sent already, is not what it was`,
    transaction: 'it ran outside of a transaction, and now asks for one: what is done would run again',
    'to-code': 'statements of it were sent, and now it runs code: which of that is done cannot be told',
    'from-code': 'its code has run, and now it is a list of statements',
    'edited-code': 'its code, which has run, is not what it was',
  };
  const shown = f.how !== 'edited' ? '' : f.now ? `\n  | ${f.now.slice(0, 200)}` : '\n  | (it is gone)';
  return `${f.name} is half ${f.direction === 'up' ? 'applied' : 'reverted'}, and ${why[f.how]}. Nothing was run.${shown}`;
}

/** What became of a step whose row could not be written. */
const rolledBack = ({ stays }: { stays?: boolean }): string =>
  stays
    ? 'Nothing was recorded; what the revision ran outside of a transaction stays.'
    : 'All of this step was rolled back.';

/** The ledger against the history: what one database has, and this checkout does not say. */
export const ledger = {
  'revision-missing': entry<{ missing: RowFacts[]; renamed: { from: string; to: string }[] }>(
    'refused',
    (f) =>
      `The database has ${plural(f.missing.length, 'a revision', 'revisions')} whose file is not in this checkout. Nothing was run.${rows(f.missing)}`,
    (f) => [
      ...f.renamed.map(
        ({ from, to }) =>
          `if it was renamed to ${to}, which does exactly the same: ${typed('repair')} --renamed ${from}`,
      ),
      ...backTo(f.missing),
      `take this database to what this checkout has (reverts by the statements in the ledger): ${typed('switch')}`,
      `see everything that does not fit: ${typed('repair')}`,
    ],
  ),
  'database-ahead': entry<{ missing: RowFacts[]; head: string }>(
    'refused',
    (f) =>
      `The database is ahead of this checkout: ${plural(f.missing.length, 'a revision', 'revisions')} after ${f.head} ${f.missing.length === 1 ? 'is' : 'are'} applied to it, and not in this checkout. Nothing was run.${rows(f.missing)}`,
    (f) => [
      ...backTo(f.missing),
      `take the database back to ${f.head} (reverts by the statements in the ledger): ${typed('switch')}`,
    ],
  ),
  'revision-edited': entry<{ edited: (RowFacts & { path: string })[]; changes: string[] }>(
    'refused',
    (f) =>
      `${plural(f.edited.length, 'A revision was', 'revisions were')} edited after being applied, so another database would get something else than this one has. Nothing was run.${rows(f.edited)}${f.changes.length ? `\n${f.changes.map((line) => `  ${line}`).join('\n')}` : ''}`,
    (f) => [
      `put it back: git log --oneline -- '${f.edited[0]?.path ?? ''}'`,
      `move the change into a new revision: ${typed('create')}`,
      `if this database has the change already: ${typed('repair')} --accept ${f.edited[0]?.name ?? ''} --reason "…"`,
    ],
  ),
  'revision-late': entry<{ late: string; before: string; current: string; head: string }>(
    'refused',
    (f) =>
      `${f.late} is not applied, but ${f.before}, which builds on it, is. Nothing was run: running it now could undo or clash with what came after.`,
    (f) => [
      `if its changes are in the database already: ${typed(`stamp ${f.current}`)}`,
      `if they are not and do not clash with what came after: ${typed('up')} --late allow`,
      `else let it follow the head: set its \`revises\` to '${f.head}' and give the file a newer name`,
    ],
  ),
  'replaced-halfway': entry<{ name: string; applied: string[]; lacking: string[] }>(
    'refused',
    (f) =>
      `This database has only ${f.applied.length} of the revisions that ${f.name} replaces. ${f.name} can neither take their place nor be run here. Nothing was run. Missing:${list(f.lacking)}`,
    () => [
      'bring this database to the old head first: check out the commit before the rebuild, and type the same command there',
    ],
  ),
  'half-done': entry<{
    name: string;
    direction: 'up' | 'down';
    wanted: 'up' | 'down' | undefined;
    done: number;
    since: Date;
    by: string;
    known: boolean;
  }>(
    'refused',
    (f) =>
      `${f.name} is half ${f.direction === 'up' ? 'applied' : 'reverted'}: ${f.done} of its statements are done, the last try was on ${f.since.toISOString()}${f.by && ` by ${f.by}`}. It runs outside of a transaction, so they stay. Nothing was run.`,
    (f) =>
      f.known
        ? [`finish it: ${typed(f.direction)}`, `or look at it: ${typed('repair')}`]
        : [
            `its file is not in this checkout; if it was renamed, give it that name back until it is finished, else find it: git log --all --oneline -- '*${f.name}*'`,
            `then finish it: ${typed(f.direction)}`,
            `or undo by hand what is done of it, then: ${typed('repair')} --begin-again ${f.name} --reason "…"`,
          ],
  ),
  'resumed-edited': entry<{
    name: string;
    path: string;
    direction: 'up' | 'down';
    how: 'edited' | 'transaction' | 'to-code' | 'from-code' | 'edited-code';
    statement: number;
    now: string | undefined;
  }>('refused', resumedEdited, (f) => [
    `see what was sent: ${typed('journal')} ${f.name}`,
    `put back in ${f.path} what was sent already; what comes after the point of failure may be edited`,
    `or undo by hand what is done of it, then: ${typed('repair')} --begin-again ${f.name} --reason "…"`,
  ]),
  'session-gone': entry<{ name: string; path: string; what: string }>(
    'refused',
    (f) =>
      `${f.name} is half done, and what is left of it relies on what the session of the earlier run had, which went with that: ${f.what}. Nothing more was run.`,
    (f) => [
      `move what is left in ${f.path} into a new revision, which makes for itself what it needs: ${typed('create')} --empty -m "…"`,
      `or undo by hand what is done of it, then: ${typed('repair')} --begin-again ${f.name} --reason "…"`,
    ],
  ),
  'statement-unknown': entry<{ name: string; statement: number; sql: string; why: string; since: Date }>(
    'refused',
    (f) =>
      `Statement ${f.statement} of ${f.name} was sent on ${f.since.toISOString()}, and nobody knows whether it took effect: ${f.why}. Nothing was run.\n${excerpt(f.sql)}`,
    (f) => [
      `look into the database, then if it did: ${typed('repair')} --took-effect ${f.name} --reason "…"`,
      `if it did not: ${typed('repair')} --took-no-effect ${f.name} --reason "…"`,
    ],
  ),
  'ledger-foreign': entry<{ table: string; absent: string[] }>(
    'refused',
    (f) => `The table ${f.table} is not a ledger: it has no column ${f.absent.join(', ')}. Nothing was changed.`,
    () => ["name another table in migrations.config.ts: `table: 'my_schema.my_ledger'`"],
  ),
  'ledger-changed': entry<{ name: string; found: 'appeared' | 'disappeared'; stays?: boolean }>(
    'refused',
    (f) =>
      `The ledger's row of ${f.name} ${f.found} while this ran, so somebody else is at work on this database without the lock. ${rolledBack(f)}`,
    () => [typed('status')],
  ),
  'row-kept-back': entry<{ table: string; about: string | undefined; stays?: boolean }>(
    'refused',
    (f) =>
      `A row of ${f.table}${f.about === undefined ? '' : `, for ${f.about},`} was not written as it was sent: something in the database keeps it back or changes it, a trigger, a rule or a view. ${rolledBack(f)}`,
    (f) => [
      `see what is on the table: psql -c '\\d+ ${f.table.replaceAll("'", "'\\''")}'`,
      'take it off, as nothing could be told of this database otherwise; then type the same command again',
    ],
  ),
  'stamp-differs': entry<{ target: string; database: string; differences: string[] }>(
    'differs',
    (f) =>
      `The schema of ${f.database} is not what ${f.target} produces: ${counted(f.differences.length, 'difference')}. The ledger was not changed.${list(f.differences)}`,
    (f) => [`${typed(`stamp ${f.target}`)} --force --reason "…"`],
  ),
  'stamp-settles': entry<{ place: string; names: string[] }>(
    'refused',
    (f) => `That would settle what is half done, so the journal has to know why. Nothing was changed.${list(f.names)}`,
    (f) => [
      `look what is done of it: ${typed('repair')}`,
      `if you have seen that the database is where ${f.place} says: ${typed(`stamp ${f.place}`)} --reason "…"`,
    ],
  ),
  inconsistent: entry<{ count: number; first: string }>(
    'differs',
    (f) =>
      `${f.count === 1 ? 'One thing does' : `${f.count} things do`} not fit${f.count === 1 ? '' : ', the first of them'}: ${f.first}`,
    () => [typed('repair')],
  ),
  'repair-nothing': entry<{ flag: string; about: string; others: string[] }>(
    'refused',
    (f) =>
      `There is nothing that --${f.flag} could repair about "${f.about}". Nothing was changed.${f.others.length ? ` It would be for:${list(f.others)}` : ''}`,
    () => [typed('repair')],
  ),
  'repair-failed': entry<{ what: string; message: string; sqlstate: string | undefined }>(
    'failed',
    (f) => `${f.what} did not work: ${f.message}${f.sqlstate ? ` (SQLSTATE ${f.sqlstate})` : ''}. Nothing was changed.`,
    () => ['fix what it says, then type the same command again', typed('repair')],
  ),
} as const;
