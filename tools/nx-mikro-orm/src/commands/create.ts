import { relative } from 'node:path';
import type { Created } from '../author/create.ts';
import type { Decision } from '../author/questions/question.ts';
import { typed } from '../errors.ts';
import { askInTerminal } from './ask.ts';
import { command } from './command.ts';

const list = { type: 'string', list: true } as const;

/** The options that answer a question, each by the name of the answer. */
const answerOptions = {
  rename: { ...list, help: 'It has another name now: table.old:new, old_table:new_table, type.old:new' },
  drop: { ...list, help: 'It goes, with all that it holds: table.column, table, type.value' },
  keep: { ...list, help: 'It is in no model, and stays: table.column, table' },
  fill: { ...list, help: 'What rows that are there get: table.column:expression; without one, there are no rows' },
  map: { ...list, help: 'What rows that hold a value which goes get: type.value:other' },
  using: { ...list, help: 'How the old value becomes one of the new type: table.column:expression' },
} as const;

export default command({
  summary: 'Compare the models with the history and write the revision that is missing, proven on scratch',
  touches: 'database',
  options: {
    message: { type: 'string', short: 'm', help: 'What the revision does; names the file too' },
    name: { type: 'string', help: 'The end of the file name, when the message should not give it' },
    empty: { type: 'boolean', help: 'A skeleton to fill in by hand: for functions, triggers and data' },
    ...answerOptions,
  },
  examples: [
    'create -m "Create invite_code table"',
    'create --rename teacher.ssn:nickname -m "Call it a nickname"',
    `create --fill "teacher.city:'unknown'" -m "Ask teachers where they live"`,
    'create --empty -m "Keep updated_at current"',
  ],
  run: async ({ project, report, options }) => {
    const [{ create }, decisions] = await Promise.all([import('../author/create.ts'), decisionsIn(options)]);
    const created = await create(project, {
      message: options.message,
      name: options.name,
      empty: options.empty,
      decisions,
      ask: askInTerminal(report),
      onReplay: ({ number, of, name }) => report.progress(`replaying ${number}/${of} ${name}`),
    });
    if (!created)
      return { json: { created: null }, lines: ['Nothing to create: the models are what the history gives.'] };
    const both = created.before ? [created.before, created] : [created];
    const { unindented } = await import('../author/file.ts');
    const lines = both.flatMap((one) => [...linesOf(one, unindented), '']);
    return {
      json: { created: jsonOf(created), ...(created.before && { before: jsonOf(created.before) }) },
      lines: [...lines, `Read ${both.length > 1 ? 'them' : 'it'}, then: ${typed('up')}`],
    };
  },
});

/** What was typed for the answers. Lists with commas are of names; an expression may have commas of its own. */
async function decisionsIn(options: Record<keyof typeof answerOptions, string[]>): Promise<Decision[]> {
  const { parseDecision } = await import('../author/questions/decision.ts');
  const expressions = new Set<string>(['fill', 'using']);
  return (Object.keys(answerOptions) as (keyof typeof answerOptions)[]).flatMap((kind) =>
    options[kind]
      .flatMap((text) => (expressions.has(kind) || text.includes('"') ? text : text.split(',')))
      .filter((text) => text.trim() !== '')
      .map((text) => parseDecision(kind, text)),
  );
}

const jsonOf = ({ name, path, revises, statements, proof, required, decisions }: Created) => ({
  name,
  path,
  revises: revises ?? null,
  statements,
  proof,
  required,
  decisions,
});

function linesOf({ path, revises, statements, proof, required, decisions }: Created, shown: (sql: string) => string) {
  const head = [`created  ${relative(process.cwd(), path)}`, `revises  ${revises ?? 'base'}`];
  if (!statements || !proof) return [...head, '', 'It is empty: write its up() and down().'];
  return [
    ...head,
    ...decisions.map((decision) => `decided  ${decision}`),
    '',
    ...statements.up.map((sql) => `${shown(sql)};`),
    '',
    proof.locks.length
      ? `locks    ${proof.locks.map(({ relation, mode }) => `${relation} ${mode}`).join(', ')}`
      : 'locks    no table that exists already',
    'proof    on scratch: up gives the models, down gives back what was before, up again the same',
    ...required.map(
      (column) => `careful  ${column} has no default, so \`up\` fails where the table has rows: fill it first`,
    ),
  ];
}
