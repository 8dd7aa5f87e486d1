import { readHistory } from '../../run/standing/standing.ts';
import { problem } from '../../errors.ts';
import { onlyHead } from '../../history/graph.ts';
import { findRevision } from '../../history/target.ts';
import { command } from './command.ts';
import { withoutSemicolon } from '../../sql/tokens.ts';

export default command({
  summary: 'Show one revision: its file, what it revises, and its statements up and down',
  touches: 'files',
  changes: 'nothing',
  argument: { name: 'revision', help: 'head (default), a full name, or an unambiguous part of one' },
  options: {},
  examples: ['show', 'show invite_code'],
  run: async ({ project, args }) => {
    const history = readHistory(project);
    const wanted = args[0] ?? 'head';
    const name = wanted === 'head' ? onlyHead(history) : wanted;
    if (name === undefined) throw problem('unknown-target', { target: wanted, nearest: [] });
    const revision = findRevision(history, name);
    const { contentOf } = await import('../../history/content.ts');
    const { up, down, runsCode, transactional } = await contentOf(revision);
    const part = (title: string, statements: string[] | undefined, code: boolean) => [
      '',
      `-- ${title}${transactional ? '' : ', outside of a transaction'}`,
      ...(statements?.map((sql) => `${withoutSemicolon(sql)};`) ?? ['-- (there is none)']),
      ...(code ? ['-- (it runs code against the database: read the file)'] : []),
    ];
    return {
      json: {
        name: revision.name,
        path: revision.path,
        revises: revision.revises,
        transactional,
        runsCode,
        up,
        down: down ?? null,
      },
      lines: [
        revision.name,
        `file     ${revision.path}`,
        `revises  ${revision.revises.join(', ') || 'base'}`,
        ...part('up', up, runsCode.up),
        ...part('down', down, runsCode.down),
      ],
    };
  },
});
