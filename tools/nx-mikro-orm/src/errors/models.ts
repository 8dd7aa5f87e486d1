import { plural } from '../text/count.ts';
import { margin } from '../text/line.ts';
import { entry, excerpt, list, typed } from './entry.ts';

/** The models and a new revision. */
export const models = {
  'no-entities': entry<{ file: string }>(
    'usage',
    (f) => `No entity is registered, so every table would look like one to drop. Nothing was compared.\n  ${f.file}`,
    () => ['list your entities in `entities` of mikro-orm.config.ts'],
  ),
  'models-rejected': entry<{ detail: string }>(
    'usage',
    (f) => `MikroORM rejects the models: ${f.detail}. Nothing was run.`,
    () => [`fix the model; ${typed('check')} says in which file, and what else is wrong with them`],
  ),
  'models-invalid': entry<{ mistakes: { kind: string; place: string | undefined; what: string; mend: string }[] }>(
    'usage',
    (f) =>
      `${plural(f.mistakes.length, 'A mistake is', 'mistakes are')} in the models. Nothing was compared.${list(f.mistakes.map(({ place, what }) => (place === undefined ? what : `${place}: ${what}`)))}`,
    (f) => f.mistakes.map(({ mend }) => mend).filter((mend, at, all) => all.indexOf(mend) === at),
  ),
  'reaches-out': entry<{ name: string; path: string; statement: string; message: string; sqlstate: string }>(
    'refused',
    (f) =>
      `${f.name} reaches beyond its database, or wants rights that the owner of a database does not have: ${f.message} (SQLSTATE ${f.sqlstate}). Scratch, where it was replayed, refuses that. Nothing was changed, on scratch or anywhere else.\n${excerpt(f.statement)}`,
    (f) => [
      `in ${f.path}, give what reaches out a statement of its own, not in a function or put together at run time: scratch leaves it out`,
      'or have an administrator do it, outside of the history',
    ],
  ),
  'scratch-closed': entry<{ role: string; detail: string }>(
    'unreachable',
    (f) =>
      `The server of SCRATCH_DATABASE_URL refuses the login of the role ${f.role}. Scratch runs as this role, so that it reaches nothing else: ${f.detail}. Nothing was replayed.`,
    (f) => [
      `let ${f.role} in with a password, in the server's pg_hba.conf`,
      'or name a role in SCRATCH_DATABASE_URL that is no superuser and may create databases: it is used as it is',
      'unset SCRATCH_DATABASE_URL',
    ],
  ),
  'models-not-buildable': entry<{ detail: string }>(
    'usage',
    (f) => `PostgreSQL does not accept the tables that the models describe: ${f.detail}. Nothing was written.`,
    () => [`fix the model; a type or function that it uses comes from a revision: ${typed('create --empty -m "…"')}`],
  ),
  'question-open': entry<{ open: { question: string; flags: string[] }[]; decided: string[]; command?: string }>(
    'usage',
    (f) =>
      `${plural(f.open.length, 'One question is', 'questions are')} open, and guessing could lose data. No file was written.${list(f.open.map(({ question, flags }) => `${question}\n    ${fewFlags(flags).join('\n    ')}`))}`,
    (f) => {
      const { command = `create ${[...f.decided, '-m "…"'].join(' ')}` } = f;
      return [
        `${typed(command)} ${f.open.map(({ flags }) => flags[0]).join(' ')}`,
        ...(f.open.filter(({ flags }) => flags.some((flag) => flag.startsWith('--keep '))).length > 1
          ? [`to leave alone all that no model describes: ${typed(command)} --keep '*'`]
          : []),
      ];
    },
  ),
  'answer-unasked': entry<{ unasked: { flag: string; meant: string[] }[]; possible: string[] }>(
    'usage',
    (f) =>
      `${plural(f.unasked.length, 'One answer fits', 'answers fit')} no question. No file was written.${list(f.unasked.map(({ flag, meant }) => `${flag}${meant.map((one) => `\n    did you mean ${one}?`).join('')}`))}${f.possible.length ? `\nWhat can be answered:${list(f.possible)}` : '\nThere is no open question.'}`,
    (f) => [[typed('create'), ...f.unasked.flatMap(({ meant }) => meant.slice(0, 1)), '-m "…"'].join(' ')],
  ),
  'asking-stopped': entry<{ command: string }>(
    'interrupted',
    () => 'Stopped at a question. No file was written.',
    (f) => [`${typed(f.command)}: it asks the open questions`],
  ),
  'adopt-pending': entry<{ database: string; pending: string[] }>(
    'refused',
    (f) =>
      `${plural(f.pending.length, 'One revision is', 'revisions are')} not applied to ${f.database}, so what ${f.pending.length === 1 ? 'it makes' : 'they make'} would look as if somebody had dropped it there. No file was written.${list(f.pending)}`,
    () => [
      `bring the database up first: ${typed('up')}`,
      `or, where it has their changes already: ${typed('stamp head')}`,
    ],
  ),
  'again-nothing': entry<object>(
    'usage',
    () => 'There is no revision yet that could be written again. No file was written.',
    () => [`${typed('create')} -m "…"`],
  ),
  'again-foreign': entry<{ name: string; path: string; why: string }>(
    'refused',
    (f) => `${f.name} ${f.why}, and what a person wrote would be lost. Nothing was changed.\n  ${f.path}`,
    (f) => [
      `write what the models need on top of it: ${typed('create')} -m "…"`,
      `or put it back as it was: git log --oneline -- '${f.path}'`,
    ],
  ),
  'again-applied': entry<{ name: string; database: string; how: string; half: boolean }>(
    'refused',
    (f) => `${f.name} is in ${f.database} already (${f.how}), so its file has to stay. Nothing was changed.`,
    (f) => [
      f.half
        ? `see what is left of it, and repair that: ${typed('repair')}`
        : `${typed('down')}, then ${typed('create')} --again`,
      `or let what is new follow it: ${typed('create')} -m "…"`,
    ],
  ),
  'again-needless': entry<{ name: string; path: string; before: string | undefined }>(
    'differs',
    (f) =>
      `The models match ${f.before ?? 'base'} already: ${f.name} is not needed. Nothing was changed, its file is still there.\n  ${f.path}`,
    (f) => [`if it should go: rm '${f.path}'`],
  ),
  'not-expressible': entry<{ differences: string[] }>(
    'refused',
    (f) =>
      `Something differs from the history that no statement can be written for. No file was written.${list(f.differences)}`,
    () => [`${typed('create')} --empty -m "…", and write it by hand`],
  ),
  'proof-failed': entry<{ stage: string; differences: string[] }>(
    'failed',
    (f) =>
      `The new revision was rehearsed on scratch, and the proof failed: ${f.stage}. No file was written.${list(f.differences)}`,
    () => [`${typed('create')} --empty -m "…", and write it by hand`],
  ),
  'handwork-in-the-way': entry<{ keys: string[]; reasons: string[] }>(
    'refused',
    (f) =>
      `What was written by hand cannot stay as it is when the models change. No file was written.${list(f.reasons)}`,
    (f) => [`${typed('create')} --empty -m "…", and drop or change ${f.keys.join(', ')} there first`],
  ),
  'hook-failed': entry<{ command: string; path: string; failure: string; output: string }>(
    'failed',
    (f) =>
      `The revision is written and stays as it is, but a command of \`afterWrite\` failed on it: ${f.failure}.\n  ${f.command}${f.output ? `\n${margin(f.output)}` : ''}\n  ${f.path}`,
    (f) => [
      `fix what it says in ${f.path}, or the command in migrations.config.ts; the revision need not be created again`,
      `${typed('verify')}, then: ${typed('up')}`,
    ],
  ),
  'hook-changed': entry<{ command: string; path: string }>(
    'failed',
    (f) =>
      `The revision is written, but a command of \`afterWrite\` changed what it does. The file was put back as it was before that command.\n  ${f.command}\n  ${f.path}`,
    () => [
      'take the command out of `afterWrite` in migrations.config.ts, or make it leave statements alone',
      typed('up'),
    ],
  ),
  'bad-message': entry<{ detail: string }>(
    'usage',
    (f) => `${f.detail} No file was written.`,
    () => [`${typed('create')} -m "Create invite_code table"`],
  ),
  'models-ahead': entry<{ head: string; differences: string[] }>(
    'differs',
    (f) => `The models are not what the history gives at ${f.head}.${list(f.differences)}`,
    () => [`${typed('create')} -m "…"`],
  ),
} as const;

/**
 * The flags of one question as they are printed: of many that say the same of one subject, as the names that it may have now,
 * the likeliest, and how another one is typed.
 */
function fewFlags(flags: readonly string[], most = 4): string[] {
  const heads = Map.groupBy(flags, (flag) => /^--\w+ /.exec(flag)?.[0] ?? flag);
  return [...heads].flatMap(([, alike]) => {
    if (alike.length <= most + 2) return alike;
    const shown = alike.slice(0, most);
    const [first = ''] = shown;
    return [...shown, `${first.slice(0, first.lastIndexOf(':') + 1)}… for another of ${alike.length - most} names`];
  });
}
