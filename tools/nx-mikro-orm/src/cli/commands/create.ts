import { relative } from 'node:path';
import type { Created, CreateOptions } from '../../author/create.ts';
import type { Decision } from '../../diff/questions/question.ts';
import type { Watched } from '../../rehearsal/watch.ts';
import type { Project } from '../../config.ts';
import { isProblem, problem, typed, type Problem } from '../../errors.ts';
import { shellWord } from '../../errors/entry.ts';
import { askInTerminal } from './ask.ts';
import type { LeftOut } from '../../rehearsal/scratch/confine.ts';
import { command, type Report, type Values } from './command.ts';
import { leftOutLines } from './left-out.ts';
import { staleLines } from './stale.ts';

const list = { type: 'string', list: true } as const;

/** The options that answer a question, each by the name of the answer. */
const answerOptions = {
  rename: { ...list, help: 'Renamed: table.old:new, old_table:new_table, type.old:new' },
  drop: { ...list, help: 'Drop it, with its data: table.column, table, type.value' },
  keep: { ...list, help: 'Keep what is in no model: table.column, table; all of it: *' },
  recreate: { ...list, help: 'Make it anew, and copy its rows: table' },
  fill: { ...list, help: 'Value for existing rows: table.column:expression; without a value: the table has no rows' },
  map: { ...list, help: 'Value for rows that hold one that is dropped: type.value:other' },
  using: { ...list, help: 'How values become the new type: table.column:expression' },
} as const;

const options = {
  message: { type: 'string', short: 'm', help: 'What the revision does; names the file too' },
  name: { type: 'string', help: 'The end of the file name, instead of the message' },
  empty: { type: 'boolean', help: 'A skeleton to fill in by hand: for functions and triggers' },
  data: {
    type: 'string',
    help: "A skeleton for a change of rows, with typed queries on these tables: teacher,audit.*; all of them: '*'",
  },
  again: { type: 'boolean', help: 'Write the newest revision again, from the models and with its answers' },
  'from-database': {
    type: 'string',
    bare: true,
    help: 'Take the history to what a database is, not to the models; by default the target database',
  },
  ...answerOptions,
} as const;

type Typed = Values<typeof options>;

export default command({
  summary: 'Compare the models with the history and write the revision that is missing, proven on scratch',
  touches: 'database',
  changes: 'files',
  options,
  examples: [
    'create -m "Create invite_code table"',
    'create --rename teacher.ssn:nickname -m "Call it a nickname"',
    `create --fill "teacher.city:'unknown'" -m "Ask teachers where they live"`,
    'create --empty -m "Keep updated_at current"',
    'create --data teacher,invite_code -m "Give every teacher a handle"',
    'create --from-database -m "Adopt the hot fix"',
  ],
  run: async ({ project, report, options }) => {
    const from = options['from-database'];
    const leftOut: LeftOut[] = [];
    const asked: CreateOptions = {
      onLeftOut: (found) => leftOut.splice(0, leftOut.length, ...found),
      message: options.message,
      name: options.name,
      empty: options.empty,
      data: options.data?.split(',').map((pattern) => pattern.trim()),
      decisions: await decisionsIn(options),
      ask: askInTerminal(report, wordsOf(options)),
      onReplay: ({ number, of, name }) => report.progress(`replaying ${number}/${of} ${name}`),
    };
    assertOne(options);
    const comparing =
      from === undefined ? fromModels(project, asked, options.again) : fromDatabase(project, report, from, asked);
    const { created, database, notes } = await comparing.catch((error: unknown) => {
      if (!isProblem(error) || error.code !== 'question-open') throw error;
      const { facts } = error as Problem<'question-open'>;
      throw problem('question-open', { ...facts, command: wordsOf(options) });
    });
    if (!created)
      return {
        json: { created: null },
        lines: [`Nothing to create: ${database ?? 'models'} and history match.`, ...leftOutLines(leftOut)],
      };
    const both = created.before ? [created.before, created] : [created];
    const shown = await showing();
    const { sizesFor } = await import('../../review/held/sizes.ts');
    const lines = both.flatMap((one) => [...linesOf(one, shown), '']);
    return {
      json: { created: jsonOf(created), ...(created.before && { before: jsonOf(created.before) }) },
      lines: [
        ...lines,
        ...notes,
        ...staleLines(sizesFor(project)),
        ...leftOutLines(leftOut),
        database
          ? `Read it; ${database} has it already: ${typed(`stamp ${created.name}`)}`
          : `Read ${both.length > 1 ? 'them' : 'it'}, then: ${typed('up')}`,
      ],
    };
  },
});

interface Outcome {
  created: Created | undefined;
  /** What a database was called, where it was not about the models. */
  database: string | undefined;
  /** Lines of their own. */
  notes: string[];
}

async function fromModels(project: Project, options: CreateOptions, again: boolean): Promise<Outcome> {
  if (again) {
    const { createAgain } = await import('../../author/again.ts');
    const created = await createAgain(project, options);
    const notes = [`replaces ${created.replaced}, whose file is gone`, `database ${created.database}`];
    return { created, database: undefined, notes };
  }
  const { create } = await import('../../author/create.ts');
  return { created: await create(project, options), database: undefined, notes: [] };
}

/** Each of these says where a revision comes from. @throws bad-option for two of them, and for an answer to none */
function assertOne(options: Typed): void {
  const sources = [
    options.empty && '--empty',
    options.again && '--again',
    options.data !== undefined && '--data',
    options['from-database'] !== undefined && '--from-database',
  ].filter((one) => typeof one === 'string');
  const refuse = (detail: string) => problem('bad-option', { command: 'create', detail });
  if (sources.length > 1) throw refuse(`${sources.join(' and ')} contradict.`);
  const answer = (Object.keys(answerOptions) as (keyof typeof answerOptions)[]).find(
    (kind) => options[kind].length > 0,
  );
  if (answer && (options.empty || options.data !== undefined))
    throw refuse(`--${answer} answers a question about the models, and ${sources[0]} does not look at them.`);
}

/** The command as it was typed, for a shell. */
const wordsOf = (given: Typed): string =>
  ['create', ...Object.entries(given).flatMap(([name, value]) => wordsFor(name, value))].join(' ');

function wordsFor(name: string, value: boolean | string | string[] | undefined): string[] {
  if (typeof value === 'boolean') return value && name in options ? [`--${name}`] : [];
  if (!(name in options)) return [];
  return [value ?? []].flat().map((text) => `${name === 'message' ? '-m' : `--${name}`} ${shellWord(text)}`);
}

async function fromDatabase(project: Project, report: Report, url: string, options: CreateOptions): Promise<Outcome> {
  const { adopt } = await import('../../author/adopt.ts');
  const onStage = (what: string) => report.progress(what);
  const adopted = await adopt(project, { ...options, onStage, ...(url !== '' && { url }) });
  return {
    created: adopted?.created,
    database: adopted?.target.shown ?? 'the database',
    notes: adopted?.careful.map((line) => `warning  ${line}`) ?? [],
  };
}

/** What was typed for the answers. Lists with commas are of names; an expression may have commas of its own. */
async function decisionsIn(options: Record<keyof typeof answerOptions, string[]>): Promise<Decision[]> {
  const { parseDecision } = await import('../../diff/questions/decision.ts');
  const expressions = new Set<string>(['fill', 'using']);
  return (Object.keys(answerOptions) as (keyof typeof answerOptions)[]).flatMap((kind) =>
    options[kind]
      .flatMap((text) => (expressions.has(kind) || text.includes('"') ? text : text.split(',')))
      .filter((text) => text.trim() !== '')
      .map((text) => parseDecision(kind, text)),
  );
}

const jsonOf = ({ name, path, revises, statements, proof, findings, required, mentions, decisions }: Created) => ({
  name,
  path,
  revises: revises ?? null,
  statements,
  proof,
  findings,
  required,
  mentions,
  decisions,
});

async function showing(): Promise<Shown> {
  const [{ unindented }, { briefOf }] = await Promise.all([
    import('../../author/file/file.ts'),
    import('../../review/render/brief.ts'),
  ]);
  return {
    statement: unindented,
    findings: ({ proof, findings, name }) => (proof ? briefOf(findings, typed(`lint ${name}`)) : []),
  };
}

interface Shown {
  statement: (sql: string) => string;
  findings: (created: Created) => string[];
}

function linesOf(created: Created, shown: Shown): string[] {
  const { path, revises, statements, proof, findings, required, mentions, decisions } = created;
  // Once is enough.
  const isFound = findings.some(({ code }) => code === 'fails' || code === 'fails-on-rows');
  const head = [`created  ${relative(process.cwd(), path)}`, `revises  ${revises ?? 'base'}`];
  if (!statements) return [...head, '', 'It is empty: write its up() and down().'];
  return [
    ...head,
    ...decisions.map((decision) => `decided  ${decision}`),
    '',
    ...statements.up.map((sql) => `${shown.statement(sql)};`),
    '',
    ...shown.findings(created),
    'proof    on scratch: up gives the models, down gives back what was before, up again the same',
    ...rowLines(proof?.rows),
    ...(isFound ? [] : required).map(
      (column) => `warning  ${column} has no default, so \`up\` fails where the table has rows: fill it first`,
    ),
    ...mentions.map((line) => `careful  ${line}`),
  ];
}

const rowLines = (rows: Watched | undefined): string[] =>
  rows
    ? [
        ...[rows.up, rows.down].filter((line) => line !== undefined).map((line) => `rows     ${line}`),
        ...rows.unseen.map((line) => `warning  ${line}`),
      ]
    : [];
