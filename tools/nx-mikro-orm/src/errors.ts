/**
 * Every refusal and failure this engine can utter, in one table: its code, its exit code, what was found (and not
 * done), and the next command to type. Throw with {@link problem}; only report.ts turns one into text.
 */

/** Exit codes of every command, documented in docs/commands.md. Nx flattens every failure to 1. */
export const exits = {
  ok: 0,
  failed: 1,
  usage: 2,
  differs: 3,
  refused: 4,
  unreachable: 5,
  interrupted: 130,
} as const;

export type Exit = keyof typeof exits;

interface Entry<Facts> {
  exit: Exit;
  /** What was found, and what was not done. One or more lines. */
  say: (facts: Facts) => string;
  /** Commands or edits that lead out, most likely first. */
  next: (facts: Facts) => string[];
}

const entry = <Facts>(
  exit: Exit,
  say: (facts: Facts) => string,
  next: (facts: Facts) => string[] = () => [],
): Entry<Facts> => ({ exit, say, next });

const list = (names: readonly string[]): string => names.map((name) => `\n  ${name}`).join('');

/** How a command is typed in this workspace. */
export const typed = (command: string): string => `npx nx run migrations:${command}`;

/** A word as a shell takes it. */
const word = (text: string): string => (/^[\w.-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

interface ConnectionFacts {
  database: string;
  detail: string;
  embedded: boolean;
}

/** What the server said about a step whose connection was cut. */
function becameOf({ name, direction, outcome }: { name: string; direction: 'up' | 'down'; outcome: string }): string {
  if (outcome === 'unknown') return `What became of ${name} is not known yet: the server has not told.`;
  const not = outcome === 'done' ? '' : 'not ';
  return `${name} is ${not}${direction === 'up' ? 'applied' : 'reverted'}: the ledger says so.`;
}

interface StoppedFacts {
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
  const before = f.before ? ` What was ${did} before stays: ${f.before} revision${f.before === 1 ? '' : 's'}.` : '';
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
      const sql = f.sql === undefined ? ' ' : `\n${f.sql.slice(0, 200).replace(/^/gm, '  | ')}\n`;
      return `${which} runs outside of a transaction: ${done}${cut}.${sql}The next \`${f.direction}\` finds out what is left of that, and continues there.${before}`;
    }
    default:
      return `The server has not ended ${which} yet: the next \`${f.direction}\` waits for that, and finds out what became of it.${before}`;
  }
}

interface StepFacts {
  name: string;
  path: string;
  direction: 'up' | 'down';
  sqlstate: string | undefined;
  message: string;
  /** The lines of SQL that the server points at. */
  statement: string | undefined;
  /** What of the failed step stayed in the database; undefined when nothing did. */
  kept?: string;
}

/** A row of the ledger, and what is known of it. */
interface RowFacts {
  name: string;
  known: string;
}

const rows = (found: RowFacts[]): string => list(found.map(({ name, known }) => `${name}\n    ${known}`));

/** How to find the files of rows that have none here. */
const backTo = (missing: RowFacts[]): string[] => [
  `find the commit that has it: git log --all --oneline -- '*${missing[0]?.name ?? ''}*'`,
  'check out the branch that has it, and type the same command again',
];

export const problems = {
  // — the command line and the configuration
  'unknown-command': entry<{ command: string; nearest: string[] }>(
    'usage',
    (f) =>
      `There is no command "${f.command}".${f.nearest.length ? ` Did you mean ${f.nearest.join(' or ')}?` : ''} Nothing was run.`,
    () => ['npx nx-mikro-orm --help'],
  ),
  'bad-option': entry<{ command: string; detail: string }>(
    'usage',
    (f) => `${f.detail} Nothing was run.`,
    (f) => [`npx nx-mikro-orm ${f.command} --help`],
  ),
  'config-missing': entry<{ from: string }>(
    'usage',
    (f) => `No migrations.config.ts was found at or above ${f.from}, nor in a package of its workspace.`,
    () => ['npx nx-mikro-orm <command> --config path/to/migrations.config.ts'],
  ),
  'config-ambiguous': entry<{ found: string[] }>(
    'usage',
    (f) => `This workspace has several migrations projects:${list(f.found)}`,
    (f) => [`npx nx-mikro-orm <command> --config ${f.found[0] ?? ''}`],
  ),
  'config-invalid': entry<{ file: string; mistakes: string[] }>(
    'usage',
    (f) => `${f.file} cannot be used:${list(f.mistakes)}`,
  ),

  // — the history: files and how they hang together
  'revision-twice': entry<{ name: string; files: string[] }>(
    'refused',
    (f) => `Two files are the same revision ${f.name}; nothing was run:${list(f.files)}`,
    (f) => [`delete the one that a compiler wrote: rm ${f.files[1] ?? ''}`],
  ),
  'revision-link-missing': entry<{
    name: string;
    place: string;
    missing: string;
    replacedBy: string | undefined;
    nearest: string[];
  }>(
    'refused',
    (f) =>
      `${f.name} says that it revises "${f.missing}", and ${f.replacedBy ? `${f.replacedBy} stands in the place of that` : 'there is no such revision'}. Nothing was run.\n  ${f.place}${f.nearest.length ? `\nThe nearest names are:${list(f.nearest)}` : ''}`,
    (f) =>
      f.replacedBy
        ? [`let it follow: in ${f.place}, set \`static readonly revises = '${f.replacedBy}'\``]
        : [
            `bring the file back: git log --diff-filter=D --oneline -- '*${f.missing}*'`,
            `or mend the link in ${f.place}`,
          ],
  ),
  'revision-cycle': entry<{ cycle: string[] }>(
    'refused',
    (f) =>
      `These revisions revise each other in a circle, so that none can come first. Nothing was run.${list(f.cycle)}`,
    () => ['mend one `static readonly revises` so that the chain has a beginning'],
  ),
  'two-heads': entry<{ heads: string[] }>(
    'refused',
    (f) => `The history has ${f.heads.length} heads, so "head" is ambiguous. Nothing was run.${list(f.heads)}`,
    (f) => [
      `let one follow the other: in ${f.heads.at(-1) ?? ''}, set \`static readonly revises = '${f.heads[0] ?? ''}'\``,
      typed('history'),
    ],
  ),
  'revision-broken': entry<{ name: string; place: string; detail: string }>(
    'refused',
    (f) => `${f.name} cannot be loaded: ${f.detail} Nothing of it was run.\n  ${f.place}`,
    (f) => [`mend ${f.place}, then type the same command again`],
  ),
  'unknown-target': entry<{ target: string; nearest: string[]; replacedBy?: string | undefined }>(
    'usage',
    (f) =>
      f.replacedBy
        ? `The revision "${f.target}" is gone: ${f.replacedBy} stands in its place. Nothing was run.`
        : `There is no revision "${f.target}". Nothing was run.${f.nearest.length ? ` The nearest names are:${list(f.nearest)}` : ''}`,
    (f) => (f.replacedBy ? [typed(`show ${f.replacedBy}`), typed('history')] : [typed('history')]),
  ),
  'ambiguous-target': entry<{ target: string; matching: string[] }>(
    'usage',
    (f) => `"${f.target}" could mean ${f.matching.length} revisions. Nothing was run.${list(f.matching)}`,
    () => ['type more of the name'],
  ),
  'wrong-direction': entry<{ command: 'up' | 'down'; target: string }>(
    'usage',
    (f) => `"${f.command} ${f.target}" goes the other way. Nothing was run.`,
    (f) => [typed(`${f.command === 'up' ? 'down' : 'up'} ${f.target}`)],
  ),
  'target-not-applied': entry<{ target: string }>(
    'usage',
    (f) => `${f.target} is not applied to this database, so there is no way down to it. Nothing was run.`,
    () => [typed('current')],
  ),

  // — the ledger against the history
  'revision-missing': entry<{ missing: RowFacts[]; renamed: { from: string; to: string }[] }>(
    'refused',
    (f) =>
      `The database has ${f.missing.length === 1 ? 'a revision' : `${f.missing.length} revisions`} whose file is not in this checkout. Nothing was run.${rows(f.missing)}`,
    (f) => [
      ...f.renamed.map(
        ({ from, to }) => `${to} means exactly the same: if it was renamed, ${typed('repair')} --renamed ${from}`,
      ),
      ...backTo(f.missing),
      `take this database to what this checkout has (reverts by the statements in the ledger): ${typed('switch')}`,
      `look at all that does not fit: ${typed('repair')}`,
    ],
  ),
  'database-ahead': entry<{ missing: RowFacts[]; head: string }>(
    'refused',
    (f) =>
      `The database is ahead of this checkout: ${f.missing.length === 1 ? 'a revision' : `${f.missing.length} revisions`} after ${f.head} ${f.missing.length === 1 ? 'is' : 'are'} applied, and not in it. Nothing was run.${rows(f.missing)}`,
    (f) => [
      ...backTo(f.missing),
      `take the database back to ${f.head} (reverts by the statements in the ledger): ${typed('switch')}`,
    ],
  ),
  'revision-edited': entry<{ edited: (RowFacts & { path: string })[]; changes: string[] }>(
    'refused',
    (f) =>
      `${f.edited.length === 1 ? 'A revision was' : `${f.edited.length} revisions were`} edited after being applied: a database that runs it now gets something else than this one has. Nothing was run.${rows(f.edited)}${f.changes.length ? `\n${f.changes.map((line) => `  ${line}`).join('\n')}` : ''}`,
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
      `${f.name} replaces revisions of which this database has only ${f.applied.length}: it cannot be recorded in their place, nor run on top of them. Nothing was run. It lacks:${list(f.lacking)}`,
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
    (f) => [`finish it: ${typed(f.direction)}`, `or look at it: ${typed('repair')}`],
  ),
  'resumed-edited': entry<{ name: string; path: string; statement: number; now: string | undefined }>(
    'refused',
    (f) =>
      `${f.name} is half done, and statement ${f.statement}, which was sent already, is not what it was. Nothing was run.${f.now ? `\n  | ${f.now.slice(0, 200)}` : '\n  | (it is gone)'}`,
    (f) => [
      `see what was sent: ${typed('journal')} ${f.name}`,
      `put the statements before the point of failure back in ${f.path}; those after it may be edited`,
    ],
  ),
  'statement-unknown': entry<{ name: string; statement: number; sql: string; why: string; since: Date }>(
    'refused',
    (f) =>
      `Statement ${f.statement} of ${f.name} was sent on ${f.since.toISOString()}, and nobody knows whether it took effect: ${f.why}. Nothing was run.\n  | ${f.sql.slice(0, 300)}`,
    (f) => [
      `look into the database, then if it did: ${typed('repair')} --took-effect ${f.name} --reason "…"`,
      `if it did not: ${typed('repair')} --took-no-effect ${f.name} --reason "…"`,
    ],
  ),
  'transaction-control': entry<{ name: string; path: string; word: string; statement: string }>(
    'refused',
    (f) =>
      `${f.name} says \`${f.word}\` itself, so that a failure could leave half of it behind. Nothing of it was run.\n  | ${f.statement.slice(0, 200)}\n  ${f.path}`,
    () => [
      'take it out: a revision and its row in the ledger commit together',
      'where something cannot run in a transaction, put it in a revision with `override isTransactional() { return false; }`',
    ],
  ),
  'transaction-ended': entry<{ name: string; path: string }>(
    'failed',
    (f) =>
      `${f.name} ended the transaction that it ran in, from its code: what came before that was committed, what came after was not, and it is not in the ledger.\n  ${f.path}`,
    (f) => [`take the commit or rollback out of ${f.path}`, typed('repair')],
  ),
  'not-atomic': entry<{ name: string }>(
    'usage',
    (f) => `--atomic runs everything in one transaction, and ${f.name} cannot run in one. Nothing was run.`,
    () => [typed('up')],
  ),
  'revision-changed-meanwhile': entry<{ name: string; path: string }>(
    'refused',
    (f) => `${f.name} was written to while this command was reading the history. Nothing of it was run.\n  ${f.path}`,
    () => ['type the same command again'],
  ),

  // — the database and the ledger
  'bad-url': entry<object>(
    'usage',
    () => 'DATABASE_URL is not an address of a PostgreSQL database. Nothing was run.',
    () => [
      'export DATABASE_URL=postgres://user:password@host:5432/database',
      'or unset DATABASE_URL to use the embedded PostgreSQL',
    ],
  ),
  'server-unreachable': entry<ConnectionFacts>(
    'unreachable',
    (f) => `No PostgreSQL answers at ${f.database} (${f.detail}). Nothing was run.`,
    (f) => [
      f.embedded ? typed('doctor') : 'check DATABASE_URL, and that the server runs',
      'unset DATABASE_URL to use the embedded PostgreSQL',
    ],
  ),
  'login-refused': entry<ConnectionFacts>(
    'unreachable',
    (f) => `PostgreSQL at ${f.database} refused the login: ${f.detail}. Nothing was run.`,
    () => ['check user and password in DATABASE_URL'],
  ),
  'database-missing': entry<ConnectionFacts>(
    'unreachable',
    (f) => `The server answers, but the database does not exist: ${f.database}. Nothing was created.`,
    (f) => [
      f.embedded
        ? typed('up')
        : `createdb --maintenance-db "${'${DATABASE_URL%/*}'}/postgres" ${f.database.split('/').at(-1) ?? ''}`,
    ],
  ),
  'connection-failed': entry<ConnectionFacts>(
    'unreachable',
    (f) => `PostgreSQL at ${f.database} did not accept the connection: ${f.detail}. Nothing was run.`,
    () => [typed('doctor')],
  ),
  'not-allowed': entry<{ detail: string; sqlstate: string }>(
    'unreachable',
    (f) => `This role may not do that: ${f.detail} (SQLSTATE ${f.sqlstate}). Nothing of this step was kept.`,
    () => ['connect as the role that owns the schema: set DATABASE_URL'],
  ),
  'ledger-foreign': entry<{ table: string; absent: string[] }>(
    'refused',
    (f) => `The table ${f.table} is not a ledger: it has no column ${f.absent.join(', ')}. Nothing was changed.`,
    () => ["name another table in migrations.config.ts: `table: 'my_schema.my_ledger'`"],
  ),
  'ledger-changed': entry<{ name: string; found: 'appeared' | 'disappeared' }>(
    'refused',
    (f) =>
      `The ledger's row of ${f.name} ${f.found} while this ran, so somebody else is at work on this database without the lock. All of this step was rolled back.`,
    () => [typed('status')],
  ),
  'lock-held': entry<{ holder: string; waitedMs: number }>(
    'refused',
    (f) =>
      `Another runner holds the lock, and ${Math.round(f.waitedMs / 1000)} s have passed: ${f.holder}. Nothing was run.`,
    () => ['wait for it, then type the same command again; or wait longer: --lock-wait 600'],
  ),
  'session-lives': entry<{ backend: number; since: Date }>(
    'refused',
    (f) =>
      `The runner of ${f.since.toISOString()} is gone, but its session (server process ${f.backend}) is still at work in the server. Nothing was changed.`,
    (f) => [
      'wait for it, then type the same command again',
      `to end it: ${typed('psql')} "select pg_terminate_backend(${f.backend})"`,
    ],
  ),
  'lock-lost': entry<object>(
    'failed',
    () =>
      'The connection that holds the lock was cut, so another runner may be at work now. What was not committed was rolled back, and nothing more was run.',
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
    () => ['type the same command again: it goes on where this one stopped'],
  ),
  interrupted: entry<{ by: string }>('interrupted', (f) => `Stopped by ${f.by}.`),
  'run-stopped': entry<StoppedFacts>('interrupted', stopped, () => [
    'type the same command again: it goes on where this one stopped',
  ]),
  'read-only-database': entry<{ database: string; standby: boolean }>(
    'refused',
    (f) =>
      f.standby
        ? `${f.database} is a standby, which takes no changes. Nothing was run.`
        : `${f.database} is read-only for this role: default_transaction_read_only is on. Nothing was run.`,
    (f) => [
      f.standby
        ? 'set DATABASE_URL to the primary'
        : 'connect as a role that may write; or see who set it: select * from pg_db_role_setting',
    ],
  ),
  'transaction-pooler': entry<{ database: string }>(
    'refused',
    (f) =>
      `${f.database} is a connection pooler that gives out another session for each transaction: a lock would protect nothing there. Nothing was run.`,
    () => [
      'set DATABASE_URL to the PostgreSQL server itself (for PgBouncer, the port that its `[databases]` points at)',
      'or to a pool with pool_mode = session',
    ],
  ),
  'step-failed': entry<StepFacts>(
    'failed',
    (f) =>
      `${f.name} failed going ${f.direction}: ${f.message}${f.sqlstate ? ` (SQLSTATE ${f.sqlstate})` : ''}${f.statement ? `\n${f.statement.replace(/^/gm, '  | ')}` : ''}\n${f.kept ?? 'All of it was rolled back.'}`,
    (f) => [`mend ${f.path}, then type the same command again`],
  ),
  'lock-timeout': entry<StepFacts & { spentMs: number; blockers: { line: string; ending: string }[] }>(
    'failed',
    (f) =>
      `${f.name} did not get its locks within ${Math.max(1, Math.round(f.spentMs / 1000))} s: ${f.message}${f.sqlstate ? ` (SQLSTATE ${f.sqlstate})` : ''}${f.statement ? `\n${f.statement.replace(/^/gm, '  | ')}` : ''}${f.blockers.length ? `\nIn its way:${list(f.blockers.map(({ line }) => line))}` : ''}\n${f.kept ?? 'All of it was rolled back.'}`,
    (f) => [
      ...f.blockers.map(({ ending }) => `to end it: ${typed('psql')} "${ending}"`),
      `type the same command again; or try longer: ${typed(f.direction)} --retry-for 600`,
    ],
  ),
  'unknown-table': entry<{ table: string; database: string; nearest: string[] }>(
    'usage',
    (f) =>
      `${f.database} has no table "${f.table}".${f.nearest.length ? ` The nearest names are:${list(f.nearest)}` : ''}`,
    () => [typed('inspect')],
  ),
  'psql-missing': entry<{ detail: string }>(
    'failed',
    (f) => `psql could not be started (${f.detail}).`,
    () => [typed('inspect'), 'install the PostgreSQL client, for instance: apt-get install postgresql-client'],
  ),
  'stamp-differs': entry<{ target: string; database: string; differences: string[] }>(
    'differs',
    (f) =>
      `The schema of ${f.database} is not what ${f.target} produces: ${f.differences.length} difference${f.differences.length === 1 ? '' : 's'}. The ledger was not changed.${list(f.differences)}`,
    (f) => [`${typed(`stamp ${f.target}`)} --force --reason "…"`],
  ),
  'reason-missing': entry<{ command: string; option: string }>(
    'usage',
    (f) => `${f.option} overrules what was found, so the journal has to know why. Nothing was changed.`,
    (f) => [`${typed(f.command)} ${f.option} --reason "…"`],
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
      `There is nothing that --${f.flag} could mend about "${f.about}". Nothing was changed.${f.others.length ? ` It would be for:${list(f.others)}` : ''}`,
    () => [typed('repair')],
  ),
  'repair-failed': entry<{ what: string; message: string; sqlstate: string | undefined }>(
    'failed',
    (f) => `${f.what} did not work: ${f.message}${f.sqlstate ? ` (SQLSTATE ${f.sqlstate})` : ''}. It is as it was.`,
    () => ['mend what it says, then type the same command again', typed('repair')],
  ),
  'fresh-foreign': entry<{ database: string }>(
    'refused',
    (f) => `${f.database} is not the embedded PostgreSQL, and \`fresh\` drops everything in it. Nothing was dropped.`,
    (f) => [`${typed('fresh')} --drop-everything-in ${f.database}`],
  ),
  'protected-database': entry<{ command: string; database: string; name: string; given: string | undefined }>(
    'refused',
    (f) =>
      `"${f.command}" can destroy something in ${f.database}, and wants the database's name typed${f.given === undefined ? '' : `: "${f.name}", not "${f.given}"`}. Nothing was run.`,
    (f) => [`if that is the one you mean: ${typed(f.command)} --confirm ${word(f.name)}`],
  ),
  'data-loss': entry<{ command: string; database: string; lost: string; lines: string[] }>(
    'refused',
    (f) => `"${f.command}" would lose ${f.lost} in ${f.database}. Nothing was run.${list(f.lines)}`,
    (f) => [`see the statements: ${typed(f.command)} --dry-run`, `${typed(f.command)} --accept-data-loss`],
  ),
  'revision-unverified': entry<{ name: string; path: string; stage: string; differences: string[] }>(
    'differs',
    (f) => `${f.name}: ${f.stage}.${list(f.differences)}\n  ${f.path}`,
    (f) => [`mend ${f.path}; where it is applied already, write a new revision instead`],
  ),
  irreversible: entry<{ name: string; reason: string }>(
    'refused',
    (f) => `${f.name} has no down()${f.reason ? `: ${f.reason}` : ''}. It was not reverted.`,
    () => ['write its down(), or leave it applied'],
  ),
  // — the models and a new revision
  'no-entities': entry<{ file: string }>(
    'usage',
    (f) => `No entity is registered, so every table would look like one to drop. Nothing was compared.\n  ${f.file}`,
    () => ['list your entities in `entities` of mikro-orm.config.ts'],
  ),
  'entity-not-registered': entry<{ lost: { file: string; entity: string }[] }>(
    'usage',
    (f) =>
      `${f.lost.length === 1 ? 'An entity is' : `${f.lost.length} entities are`} not in the list \`entities\`, so its table would look like one to drop. Nothing was compared.${list(f.lost.map(({ file, entity }) => `${entity} in ${file}`))}`,
    (f) => [`add ${f.lost.map(({ entity }) => entity).join(', ')} to \`entities\``],
  ),
  'model-file-broken': entry<{ file: string; detail: string }>(
    'usage',
    (f) => `A model file cannot be loaded: ${f.detail}. Nothing was compared.\n  ${f.file}`,
    (f) => [`mend ${f.file}`],
  ),
  'models-not-buildable': entry<{ detail: string }>(
    'usage',
    (f) => `PostgreSQL does not accept the tables that the models describe: ${f.detail}. Nothing was written.`,
    () => [
      'mend the model; a type or function that it uses comes from a revision: npx nx run migrations:create --empty -m "…"',
    ],
  ),
  'question-open': entry<{ open: { question: string; flags: string[] }[] }>(
    'usage',
    (f) =>
      `${f.open.length === 1 ? 'One question is' : `${f.open.length} questions are`} open, and guessing could lose data. No file was written.${list(f.open.map(({ question, flags }) => `${question}\n    ${flags.join('\n    ')}`))}`,
    (f) => [`${typed('create')} ${f.open.map(({ flags }) => flags[0]).join(' ')} -m "…"`],
  ),
  'not-expressible': entry<{ differences: string[] }>(
    'refused',
    (f) =>
      `The models differ from the history in something that MikroORM writes no statement for. No file was written.${list(f.differences)}`,
    () => [`${typed('create')} --empty -m "…", and write it by hand`],
  ),
  'proof-failed': entry<{ stage: string; differences: string[] }>(
    'failed',
    (f) =>
      `The new revision was rehearsed on scratch, and the proof failed: ${f.stage}. No file was written.${list(f.differences)}`,
    () => [`${typed('create')} --empty -m "…", and write it by hand`],
  ),
  'bad-message': entry<{ detail: string }>(
    'usage',
    (f) => `${f.detail} No file was written.`,
    () => [`${typed('create')} -m "Create invite_code table"`],
  ),
  'models-ahead': entry<{ head: string; differences: string[] }>(
    'differs',
    (f) => `The models are not what ${f.head} gives.${list(f.differences)}`,
    () => [`${typed('create')} -m "…"`],
  ),
  // — one revision for a whole history, or for a whole database
  'rebuild-halfway': entry<{ database: string; applied: number; lacks: string[] }>(
    'refused',
    (f) =>
      `${f.database} stands half-way: of the revisions to be replaced it has ${f.applied}, and lacks ${f.lacks.length}. Nothing was written.${list(f.lacks)}`,
    () => [typed('up'), `then ${typed('rebuild')} -m "…"`],
  ),
  'rebuild-lost': entry<{ lost: string[] }>(
    'refused',
    (f) =>
      `${f.lost.length === 1 ? 'One thing' : `${f.lost.length} things`} of the history cannot be carried over into one revision. Nothing was written.${list(f.lost)}`,
    () => [
      `${typed('rebuild')} --dry-run --accept-lost, to see the revision without it`,
      `${typed('rebuild')} --accept-lost -m "…", and write what is missing by hand: ${typed('create')} --empty -m "…"`,
    ],
  ),
  'rebuild-interrupted': entry<{ folder: string; edited?: string }>(
    'refused',
    (f) =>
      f.edited === undefined
        ? `A rebuild of this history was interrupted, and its files are on their way in ${f.folder}. Nothing was written.`
        : `A rebuild of this history was interrupted, and ${f.edited}, which it made, was edited since. Nothing was moved.`,
    (f) => [
      ...(f.edited === undefined ? [] : [`move ${f.edited} out of the folder`]),
      `${typed('rebuild')} -m "…": it is finished where nothing has changed since, and put back where something has`,
    ],
  ),
  'baseline-history': entry<{ revisions: string[] }>(
    'refused',
    (f) =>
      `There is a history already: ${f.revisions.length === 1 ? 'one revision' : `${f.revisions.length} revisions`}, from ${f.revisions[0] ?? ''} on. A baseline is the first revision. Nothing was written.`,
    () => [
      `if the database is what they give: ${typed('stamp head')}`,
      `if the models have more than they give: ${typed('create')} -m "…"`,
    ],
  ),
  'baseline-lost': entry<{ database: string; lost: string[]; servers?: { database: number; scratch: number } }>(
    'refused',
    (f) =>
      `${f.lost.length === 1 ? 'One thing' : `${f.lost.length} things`} in ${f.database} cannot be made again by statements. Nothing was written.${list(f.lost)}${f.servers ? `\nThe database is on PostgreSQL ${f.servers.database}, scratch on ${f.servers.scratch}: they may print the same thing differently.` : ''}`,
    (f) => [
      ...(f.servers ? [`rehearse on the same major: export POSTGRES_MAJOR=${f.servers.database}`] : []),
      `${typed('baseline')} --accept-lost -m "…", and write what is missing by hand: ${typed('create')} --empty -m "…"`,
    ],
  ),
  'baseline-moved': entry<{ database: string; differences: string[] }>(
    'differs',
    (f) => `Somebody changed ${f.database} while it was read. Nothing was written.${list(f.differences)}`,
    () => [`${typed('baseline')} -m "…"`],
  ),
  'whole-unproven': entry<{ stage: string; differences: string[] }>(
    'failed',
    (f) =>
      `The one revision that would stand for everything was rehearsed on scratch, and the proof failed: ${f.stage}. Nothing was written.${list(f.differences)}`,
    () => [typed('verify')],
  ),
  'orm-config-broken': entry<{ file: string; detail: string }>(
    'usage',
    (f) => `The MikroORM configuration that ${f.file} points at cannot be used: ${f.detail} Nothing was run.`,
  ),

  // — the embedded PostgreSQL
  'postgres-no-binaries': entry<{ platform: string; reason: string; install?: string }>(
    'unreachable',
    (f) => `There is no embedded PostgreSQL to run: ${f.platform} ${f.reason}. Nothing was started.`,
    (f) => [...(f.install ? [f.install] : []), 'export DATABASE_URL=postgres://user:password@host:5432/database'],
  ),
  'postgres-major-unknown': entry<{ asked: string; known: string[] }>(
    'usage',
    (f) => `POSTGRES_MAJOR=${f.asked} is none of the embedded ones: ${f.known.join(', ')}. Nothing was started.`,
    () => ['unset POSTGRES_MAJOR'],
  ),
  'postgres-other-major': entry<{ folder: string; found: number; ours: number; aside: string }>(
    'refused',
    (f) =>
      `The data folder was made by PostgreSQL ${f.found}, the installed programs are PostgreSQL ${f.ours}: ${f.folder}. Nothing was started, changed or deleted.`,
    (f) => [
      `to go on with an empty one: mv '${f.folder}' '${f.aside}'`,
      'export DATABASE_URL=postgres://user:password@host:5432/database',
    ],
  ),
  'postgres-folder-unusable': entry<{ folder: string; reason: string }>(
    'unreachable',
    (f) =>
      `The embedded PostgreSQL's folder cannot be used: ${f.reason} (${f.folder}). Nothing was started, stopped or deleted.`,
    (f) => [
      `see whose it is: ls -ld '${f.folder}'`,
      'run as its owner, or move it away',
      'export DATABASE_URL=postgres://user:password@host:5432/database',
    ],
  ),
  'postgres-no-account': entry<object>(
    'unreachable',
    () =>
      'PostgreSQL refuses to run as root, and there is neither an account `postgres` nor `nobody` to run it as. Nothing was started.',
    () => ['run as an ordinary user', 'useradd --system postgres'],
  ),
  'postgres-initdb-failed': entry<{ folder: string; lines: string[] }>(
    'unreachable',
    (f) => `PostgreSQL could not make its data folder ${f.folder}; what was begun was removed:${list(f.lines)}`,
    () => [
      'mend what it says, then type the same command again',
      'export DATABASE_URL=postgres://user:password@host:5432/database',
    ],
  ),
  'postgres-start-failed': entry<{ log: string; what: string; lines: string[] }>(
    'unreachable',
    (f) => `The embedded PostgreSQL ${f.what}. Its data was left as it is. The end of ${f.log}:${list(f.lines)}`,
    (f) => [`tail -50 '${f.log}'`, 'export DATABASE_URL=postgres://user:password@host:5432/database'],
  ),
  'postgres-not-stopped': entry<{ pid: number; seconds: number; folder: string }>(
    'failed',
    (f) =>
      `PostgreSQL (process ${f.pid}, data in ${f.folder}) was asked to stop, and still runs after ${f.seconds} s. It was not killed.`,
    (f) => [`to have it recover at its next start: kill -QUIT ${f.pid}`],
  ),
} as const;

export type ProblemCode = keyof typeof problems;
export type FactsOf<Code extends ProblemCode> = Parameters<(typeof problems)[Code]['say']>[0];

/** An expected failure: it carries its facts, and is shown as a sentence and next commands, never as a stack trace. */
export class Problem<Code extends ProblemCode = ProblemCode> extends Error {
  readonly code: Code;
  readonly facts: FactsOf<Code>;

  constructor(code: Code, facts: FactsOf<Code>, options?: ErrorOptions) {
    const found = problems[code] as unknown as Entry<FactsOf<Code>>;
    super(found.say(facts), options);
    this.name = 'Problem';
    this.code = code;
    this.facts = facts;
  }

  get exit(): Exit {
    return problems[this.code].exit;
  }

  get next(): string[] {
    return (problems[this.code] as unknown as Entry<FactsOf<Code>>).next(this.facts);
  }
}

/** Makes the error for a code of the table; `cause` keeps the original for `--debug`. */
export const problem = <Code extends ProblemCode>(code: Code, facts: FactsOf<Code>, cause?: unknown): Problem<Code> =>
  new Problem(code, facts, cause === undefined ? undefined : { cause });

/** Unlike `instanceof` alone, it keeps the type of the code and the facts. */
export const isProblem = (error: unknown): error is Problem => error instanceof Problem;
