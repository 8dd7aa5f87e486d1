import type { Project } from '../../config.ts';
import { plural, problem, typed } from '../../errors.ts';
import { chainTo, onlyHead, type History } from '../../history/graph.ts';
import type { LeftOut } from '../../rehearsal/scratch/confine.ts';
import type { Sizes } from '../../review/held/sizes.ts';
import type { Linted, JudgedTarget } from '../../review/target.ts';
import { readHistory, readState } from '../../run/standing/standing.ts';
import { command, type Call, type CommandOutcome, type Report } from './command.ts';
import { leftOutJson, leftOutLines } from './left-out.ts';
import { staleLines } from './stale.ts';

const options = {
  since: {
    type: 'string',
    help: 'Judge what this checkout adds to a git ref (default: to where it left the main branch)',
  },
  pending: { type: 'boolean', help: 'Judge what the database lacks' },
  sql: {
    type: 'string',
    list: true,
    help: 'A file of SQL to judge by itself, a folder of such, or a pattern; may be given again',
  },
  base: {
    type: 'string',
    help: 'The schema that files of --sql are judged against, instead of the head of the history',
  },
  autocommit: {
    type: 'boolean',
    help: 'Each statement of a file of --sql commits by itself; otherwise the file is one transaction',
  },
  stats: {
    type: 'string',
    help: 'The file of figures by which findings are weighed (default: the one that `stats` writes; with --base, none)',
  },
  github: { type: 'boolean', help: 'Print annotations for GitHub Actions' },
  markdown: { type: 'boolean', help: 'Print Markdown for a comment on a pull request' },
  sarif: { type: 'boolean', help: 'Print SARIF 2.1.0 for code scanning' },
  allowed: {
    type: 'boolean',
    help: 'List every comment of the history that allows a finding, with who wrote it and when',
  },
} as const;

type Options = Call<typeof options>['options'];

export default command({
  summary: 'Say what revisions or SQL do to a database in use: what they lock out during work, lose, break or fail on',
  // What it judges may be in a database, in git, or in files that are no input of any target.
  touches: 'database',
  changes: 'nothing',
  argument: {
    name: 'revision',
    help: 'A full name, an unambiguous part of one, head, or from:to; without it, what the branch adds. With --sql, more files',
    many: true,
  },
  options,
  examples: [
    'lint',
    'lint head',
    'lint --since origin/main --markdown',
    'lint --sql "migrations/*.sql" --base schema.sql --json',
  ],
  run: async ({ project, report, args, options: typedIn }) => {
    const leftOut: LeftOut[] = [];
    const form = formOf(typedIn);
    const history = readHistory(project);
    if (typedIn.allowed) return listAllowed(history);
    const { sizesFor } = await import('../../review/held/sizes.ts');
    const sizes =
      typedIn.base !== undefined && typedIn.stats === undefined ? undefined : sizesFor(project, typedIn.stats);
    const { targets, unjudged, against } =
      typedIn.sql.length > 0
        ? await lintFiles(project, history, report, [...typedIn.sql, ...args], typedIn, { leftOut, sizes })
        : await lintHistory(project, history, report, args, typedIn, { leftOut, sizes });
    const errors = targets.flatMap(({ findings }) => findings).filter(({ severity }) => severity === 'error');
    const body = await rendered(form, targets, unjudged);
    const nothing = [`Nothing to judge: the history has nothing beyond ${against}.`, `Next: ${typed('lint head')}`];
    const isNothing = targets.length === 0 && unjudged.length === 0;
    return {
      json: { targets, unjudged, leftOut: leftOutJson(leftOut) },
      lines:
        // A program reads it as a whole.
        form === 'sarif'
          ? body
          : [
              ...(isNothing ? nothing : body),
              ...unjudged.map((line) => `careful  ${line}`),
              ...staleLines(sizes),
              ...(form === 'text' ? leftOutLines(leftOut) : []),
            ],
      exit: errors.length > 0 || unjudged.length > 0 ? 'refused' : 'ok',
    };
  },
});

const forms = ['github', 'markdown', 'sarif'] as const;
type Form = (typeof forms)[number] | 'text';

/** @throws bad-option */
function formOf(typedIn: Options): Form {
  const asked = forms.filter((one) => typedIn[one]);
  if (asked.length > 1)
    throw problem('bad-option', {
      command: 'lint',
      detail: `--${asked.join(' and --')} are two forms of one report: use one of them.`,
    });
  return asked[0] ?? 'text';
}

async function rendered(form: Form, targets: readonly JudgedTarget[], unjudged: readonly string[]): Promise<string[]> {
  switch (form) {
    case 'github':
      return (await import('../../review/render/github.ts')).githubOf(targets);
    case 'markdown':
      return (await import('../../review/render/markdown.ts')).markdownOf(targets);
    case 'sarif': {
      const { version } = (await import('../../../package.json', { with: { type: 'json' } })).default;
      const { sarifOf } = await import('../../review/render/sarif.ts');
      return JSON.stringify(sarifOf(targets, unjudged, version), undefined, 2).split('\n');
    }
    default:
      return (await import('../../review/render/text.ts')).textOf(targets);
  }
}

async function listAllowed(history: History): Promise<CommandOutcome> {
  const { allowedIn } = await import('../../review/allowed.ts');
  const allowed = await allowedIn(history.order);
  return {
    json: { allowed },
    lines:
      allowed.length === 0
        ? ['Nothing is allowed in any revision.']
        : allowed.map(
            ({ file, line, code, reason, by, at }) =>
              `${file}:${line}  ${code}  ${reason}  (${by === null ? 'not committed' : `${by}, ${at}`})`,
          ),
  };
}

/** Names of the revisions that the target database has. */
async function appliedTo(project: Project): Promise<Set<string>> {
  const { state } = await readState(project);
  return new Set(state.applied.map(({ name }) => name));
}

/** What is told beside the findings, and what they are weighed by. */
interface Weighing {
  leftOut: LeftOut[];
  sizes: Sizes | undefined;
}

type LintedAgainst = Linted & { against: string };

async function lintFiles(
  project: Project,
  history: History,
  report: Report,
  words: readonly string[],
  { base, autocommit }: Options,
  { leftOut, sizes }: Weighing,
): Promise<LintedAgainst> {
  const [{ lintSqlFiles }, { filesNamed }] = await Promise.all([
    import('../../review/sql-files.ts'),
    import('../../review/files.ts'),
  ]);
  const linted = await lintSqlFiles(project, {
    files: filesNamed(words),
    chain: base === undefined ? chainTo(history, onlyHead(history)) : [],
    base,
    autocommit,
    sizes,
    onReplay: ({ number, of, name }) => report.progress(`replaying ${number}/${of} ${name}`),
    onLeftOut: (found) => leftOut.push(...found),
    onFile: ({ number, of, file }) => report.progress(`judging ${number}/${of} ${file}`),
  });
  return { ...linted, against: plural(linted.targets.length, '1 file', 'files') };
}

async function lintHistory(
  project: Project,
  history: History,
  report: Report,
  args: readonly string[],
  { since, pending, base, autocommit }: Options,
  { leftOut, sizes }: Weighing,
): Promise<LintedAgainst> {
  const bad = (detail: string) => problem('bad-option', { command: 'lint', detail });
  if (base !== undefined || autocommit)
    throw bad('--base and --autocommit are about files of --sql, and there are none.');
  if (args.length > 1) throw bad(`Only one revision or from:to can be judged; "${args[1]}" is one too many.`);
  if ([args.length > 0, since !== undefined, pending].filter(Boolean).length > 1)
    throw bad('A revision, --since and --pending each say what to judge: use one of them.');
  const release = await import('../../review/release.ts');
  const { before, revisions, against } =
    args[0] !== undefined
      ? release.releaseNamed(history, args[0])
      : pending
        ? release.beyond(history, await appliedTo(project), 'what the database has')
        : await release.sinceRef(project, history, since);
  if (revisions.length === 0) return { targets: [], unjudged: [], against };
  const { lintRevisions } = await import('../../review/revisions.ts');
  const linted = await lintRevisions(project, {
    before,
    revisions,
    sizes,
    onReplay: ({ number, of, name }) => report.progress(`replaying ${number}/${of} ${name}`),
    onLeftOut: (found) => leftOut.push(...found),
    onRevision: ({ number, of, name }) => report.progress(`judging ${number}/${of} ${name}`),
  });
  return { ...linted, against };
}
