import type { Project } from '../../config.ts';
import { plural, problem, typed } from '../../errors.ts';
import { chainTo, onlyHead, type History } from '../../history/graph.ts';
import type { LeftOut } from '../../rehearsal/scratch/confine.ts';
import type { Sizes } from '../../review/held/sizes.ts';
import type { Linted } from '../../review/target.ts';
import { readHistory, readState } from '../../run/standing/standing.ts';
import { command, type Call, type Report } from './command.ts';
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
} as const;

type Options = Call<typeof options>['options'];

export default command({
  summary: 'Say what revisions or SQL do to a database in use: what they lock out during work, lose, break or fail on',
  // What it judges may be in a database, in git, or in files that are no input of any target.
  touches: 'database',
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
    const history = readHistory(project);
    const { sizesFor } = await import('../../review/held/sizes.ts');
    const sizes =
      typedIn.base !== undefined && typedIn.stats === undefined ? undefined : sizesFor(project, typedIn.stats);
    const { targets, unjudged, against } =
      typedIn.sql.length > 0
        ? await lintFiles(project, history, report, [...typedIn.sql, ...args], typedIn, { leftOut, sizes })
        : await lintHistory(project, history, report, args, typedIn, { leftOut, sizes });
    const errors = targets.flatMap(({ findings }) => findings).filter(({ severity }) => severity === 'error');
    const [{ textOf }, { githubOf }, { markdownOf }] = await Promise.all([
      import('../../review/render/text.ts'),
      import('../../review/render/github.ts'),
      import('../../review/render/markdown.ts'),
    ]);
    const body = typedIn.github ? githubOf(targets) : typedIn.markdown ? markdownOf(targets) : textOf(targets);
    return {
      json: { targets, unjudged, leftOut: leftOutJson(leftOut) },
      lines: [
        ...(targets.length === 0 && unjudged.length === 0
          ? [`Nothing to judge: the history has nothing beyond ${against}.`, `Next: ${typed('lint head')}`]
          : body),
        ...unjudged.map((line) => `careful  ${line}`),
        ...staleLines(sizes),
        ...(typedIn.github || typedIn.markdown ? [] : leftOutLines(leftOut)),
      ],
      exit: errors.length > 0 || unjudged.length > 0 ? 'refused' : 'ok',
    };
  },
});

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

type Judged = Linted & { against: string };

async function lintFiles(
  project: Project,
  history: History,
  report: Report,
  words: readonly string[],
  { base, autocommit }: Options,
  { leftOut, sizes }: Weighing,
): Promise<Judged> {
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
): Promise<Judged> {
  const bad = (detail: string) => problem('bad-option', { command: 'lint', detail });
  if (base !== undefined || autocommit)
    throw bad('--base and --autocommit are about files of --sql, and there are none.');
  if (args.length > 1) throw bad(`Only one revision or from:to can be judged; "${args[1]}" is one too many.`);
  if ([args.length > 0, since !== undefined, pending].filter(Boolean).length > 1)
    throw bad('A revision, --since and --pending each say what to judge: use one of them.');
  const release = await import('../../review/release.ts');
  const { before, revisions, against } =
    args[0] !== undefined
      ? release.named(history, args[0])
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
