import { relative } from 'node:path';
import { problem, typed } from '../errors.ts';
import { word } from '../errors/entry.ts';
import type { AgainOptions } from '../author/again.ts';
import { askInTerminal } from './ask.ts';
import { command, type Values } from './command.ts';

const options = {
  message: { type: 'string', short: 'm', help: 'What the revision does; names the file too' },
  name: { type: 'string', help: 'The end of the file name, when the message should not give it' },
  empty: { type: 'boolean', help: 'A skeleton to fill in by hand: for functions, triggers and data' },
  again: { type: 'boolean', help: 'Write the newest revision anew, from the models and with its answers' },
  rename: {
    type: 'string',
    list: true,
    help: 'It has another name now, and keeps what it holds: table.column:new_name',
  },
  drop: { type: 'string', list: true, help: 'It goes, with all that it holds: table.column, table, type.value' },
  keep: { type: 'string', list: true, help: 'It stays in the database, though no model knows it: table.column, table' },
  fill: { type: 'string', list: true, help: 'What rows get that are there already: "table.column:\'SQL expression\'"' },
  map: { type: 'string', list: true, help: 'What rows get that hold an enum value which goes: type.value:other' },
  using: { type: 'string', list: true, help: 'How old values become new ones: table.column:column::integer' },
} as const;

export default command({
  summary: 'Compare the models with the history and write the revision that is missing, proven on scratch',
  touches: 'database',
  options,
  examples: [
    'create -m "Create invite_code table"',
    'create --rename teacher.phone:phone_number -m "Call it phone_number"',
    'create --again',
    'create --empty -m "Keep updated_at current"',
  ],
  run: async ({ project, report, options }) => {
    const [{ create }, { decisionsIn }, { unindented }] = await Promise.all([
      import('../author/create.ts'),
      import('../author/questions/decision.ts'),
      import('../author/file.ts'),
    ]);
    const decisions = decisionsIn(options);
    const looking = options.again ? '--again' : decisions.length > 0 ? `--${decisions[0]?.kind}` : undefined;
    if (options.empty && looking)
      throw problem('bad-option', { command: 'create', detail: `${looking} looks at the models, --empty does not.` });
    const wanted: AgainOptions = {
      message: options.message,
      name: options.name,
      decisions,
      ask: askInTerminal(report, wordsOf(options)),
      onReplay: ({ number, of, name }) => report.progress(`replaying ${number}/${of} ${name}`),
    };
    const again = options.again ? await (await import('../author/again.ts')).createAgain(project, wanted) : undefined;
    const created = again ?? (await create(project, { ...wanted, empty: options.empty }));
    if (!created)
      return { json: { created: null }, lines: ['Nothing to create: the models are what the history gives.'] };
    const { name, path, revises, statements, proof, required } = created;
    const lines = [`created  ${relative(process.cwd(), path)}`, `revises  ${revises ?? 'base'}`];
    if (again) lines.push(`replaces ${again.replaced}, whose file is gone`, `database ${again.database}`);
    if (statements && proof) {
      lines.push('', ...statements.up.map((sql) => `${unindented(sql)};`), '');
      lines.push(
        proof.locks.length
          ? `locks    ${proof.locks.map(({ relation, mode }) => `${relation} ${mode}`).join(', ')}`
          : 'locks    no table that exists already',
        'proof    on scratch: up gives the models, down gives back what was before, up again the same',
      );
      for (const column of required)
        lines.push(`careful  ${column} has no default, so \`up\` fails where the table has rows: fill it first`);
    } else {
      lines.push('', 'It is empty: write its up() and down().');
    }
    lines.push('', `Read it, then: ${typed('up')}`);
    const replaces = again && { replaces: again.replaced, database: again.database };
    return {
      json: { created: { name, path, revises: revises ?? null, ...replaces, statements, proof, required } },
      lines,
    };
  },
});

/** The command as it was typed, for a shell. */
const wordsOf = (given: Values<typeof options>): string =>
  ['create', ...Object.entries(given).flatMap(([name, value]) => wordsFor(name, value))].join(' ');

function wordsFor(name: string, value: boolean | string | string[] | undefined): string[] {
  if (!(name in options)) return [];
  if (typeof value === 'boolean') return value ? [`--${name}`] : [];
  return [value ?? []].flat().map((text) => `${name === 'message' ? '-m' : `--${name}`} ${word(text)}`);
}
