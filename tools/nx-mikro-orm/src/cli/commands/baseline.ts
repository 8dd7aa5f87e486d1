import { relative } from 'node:path';
import { typed } from '../../errors.ts';
import { command } from './command.ts';

export default command({
  summary: 'Write the first revision from a database that exists already, proven on scratch, and record it there',
  touches: 'database',
  changes: 'database',
  options: {
    message: { type: 'string', short: 'm', help: 'What the revision stands for; names the file too' },
    'accept-lost': { type: 'boolean', help: 'Go on without what no statement can make again' },
  },
  examples: ['baseline -m "The database as it was"'],
  run: async ({ project, report, options }) => {
    const { baseline } = await import('../../author/baseline.ts');
    const written = await baseline(project, {
      message: options.message,
      acceptLost: options['accept-lost'],
      onStage: (what) => report.progress(what),
    });
    if (!written)
      return {
        json: { baseline: null },
        lines: ['Nothing to write: the database is empty.', `Begin with the models: ${typed('create')} -m "…"`],
      };
    const { name, path, target, lost, careful } = written;
    return {
      json: { baseline: { name, path, database: target.shown, lost, careful } },
      lines: [
        `created   ${relative(process.cwd(), path)}`,
        'revises   base',
        ...careful.map((line) => `warning   ${line}`),
        ...lost.map((line) => `lost      ${line}`),
        `proof     on scratch: up gives what is in ${target.shown}, down an empty database, up again the same`,
        `recorded  in ${target.shown}, where nothing else was changed; its rows are not in the revision`,
        '',
        `Read it, commit it, then see what the models have beyond it: ${typed('check')}`,
      ],
    };
  },
});
