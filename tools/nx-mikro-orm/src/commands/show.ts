import { readHistory } from '../apply/run.ts';
import { problem } from '../errors.ts';
import { onlyHead } from '../history/graph.ts';
import { findRevision } from '../history/target.ts';
import { command } from './command.ts';

export default command({
  summary: 'Show one revision: its file, what it revises, and its statements up and down',
  touches: 'files',
  argument: { name: 'revision', help: 'head (default), a full name, or an unambiguous part of one' },
  options: {},
  examples: ['show', 'show invite_code'],
  run: async ({ project, args }) => {
    const history = readHistory(project);
    const wanted = args[0] ?? 'head';
    const name = wanted === 'head' ? onlyHead(history) : wanted;
    if (name === undefined) throw problem('unknown-target', { target: wanted, nearest: [] });
    const revision = findRevision(history, name);
    const [{ loadRevision }, { collectStatements }] = await Promise.all([
      import('../apply/load.ts'),
      import('../apply/statements.ts'),
    ]);
    const Class = await loadRevision(revision);
    const up = await collectStatements(Class, 'up');
    const down = await collectStatements(Class, 'down');
    const part = (title: string, { statements, runsCode, irreversible }: typeof up) => [
      '',
      `-- ${title}`,
      ...statements.map((sql) => `${sql.trim().replace(/;$/, '')};`),
      ...(runsCode ? ['-- (then it runs code against the database)'] : []),
      ...(irreversible ? ['-- (there is none)'] : []),
    ];
    return {
      json: { name: revision.name, path: revision.path, revises: revision.revises, up, down },
      lines: [
        revision.name,
        `file     ${revision.path}`,
        `revises  ${revision.revises.join(', ') || 'base'}`,
        ...part('up', up),
        ...part('down', down),
      ],
    };
  },
});
