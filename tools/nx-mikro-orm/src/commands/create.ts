import { relative } from 'node:path';
import { typed } from '../errors.ts';
import { command } from './command.ts';

export default command({
  summary: 'Compare the models with the history and write the revision that is missing, proven on scratch',
  touches: 'database',
  options: {
    message: { type: 'string', short: 'm', help: 'What the revision does; names the file too' },
    name: { type: 'string', help: 'The end of the file name, when the message should not give it' },
    empty: { type: 'boolean', help: 'A skeleton to fill in by hand: for functions and triggers' },
    data: {
      type: 'string',
      help: "A skeleton for a change of rows, with typed queries on these tables: teacher,audit.*; all of them: '*'",
    },
    rename: { type: 'string', help: 'Columns that were renamed: table.old:new,table.old:new' },
    drop: { type: 'string', help: 'Columns and tables that go with all they hold: table.column,table' },
  },
  examples: [
    'create -m "Create invite_code table"',
    'create --empty -m "Keep updated_at current"',
    'create --data teacher,invite_code -m "Give every teacher a handle"',
  ],
  run: async ({ project, report, options }) => {
    const [{ create }, { unindented }] = await Promise.all([
      import('../author/create.ts'),
      import('../author/file.ts'),
    ]);
    const created = await create(project, {
      message: options.message,
      name: options.name,
      empty: options.empty,
      data: options.data?.split(',').map((pattern) => pattern.trim()),
      decisions: [...listed('rename', options.rename), ...listed('drop', options.drop)],
      onReplay: ({ number, of, name }) => report.progress(`replaying ${number}/${of} ${name}`),
    });
    if (!created)
      return { json: { created: null }, lines: ['Nothing to create: the models are what the history gives.'] };
    const { name, path, revises, statements, proof, required } = created;
    const lines = [`created  ${relative(process.cwd(), path)}`, `revises  ${revises ?? 'base'}`];
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
    return { json: { created: { name, path, revises: revises ?? null, statements, proof, required } }, lines };
  },
});

const listed = (kind: 'rename' | 'drop', text = '') =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => {
      const [subject = '', value] = part.split(':');
      return { kind, subject, value };
    });
