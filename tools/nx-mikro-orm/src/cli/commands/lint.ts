import { chainTo, onlyHead } from '../../history/graph.ts';
import type { LeftOut } from '../../rehearsal/scratch/confine.ts';
import { readHistory } from '../../run/standing/standing.ts';
import { command } from './command.ts';
import { leftOutJson, leftOutLines } from './left-out.ts';

export default command({
  summary: 'Say what statements do to a database in use: what they lock out and for how much work, lose, break or fail on',
  touches: 'files',
  argument: { name: 'revision', help: 'head (default), a full name, an unambiguous part of one, or from:to; with --sql, more files', many: true },
  options: {
    sql: { type: 'string', list: true, help: 'A file of SQL to judge by itself; may be given again, and * stands for any characters' },
    base: { type: 'string', help: 'The schema that files of --sql are judged against, instead of the head of the history' },
    autocommit: { type: 'boolean', help: 'Each statement of a file of --sql commits by itself; otherwise the file is one transaction' },
  },
  examples: ['lint --sql migrations/0042.sql', 'lint --sql "migrations/*.sql" --base schema.sql --json'],
  run: async ({ project, report, args, options }) => {
    const { lintSqlFiles } = await import('../../review/sql-files.ts');
    const { filesNamed } = await import('../../review/files.ts');
    const history = readHistory(project);
    const leftOut: LeftOut[] = [];
    const targets = await lintSqlFiles(project, {
      files: filesNamed([...options.sql, ...args]),
      chain: options.base === undefined ? chainTo(history, onlyHead(history)) : [],
      base: options.base,
      autocommit: options.autocommit,
      onReplay: ({ number, of, name }) => report.progress(`replaying ${number}/${of} ${name}`),
      onLeftOut: (found) => leftOut.push(...found),
      onFile: ({ number, of, file }) => report.progress(`judging ${number}/${of} ${file}`),
    });
    const { textOf } = await import('../../review/render/text.ts');
    const errors = targets.flatMap(({ findings }) => findings).filter(({ severity }) => severity === 'error');
    return {
      json: { targets, leftOut: leftOutJson(leftOut) },
      lines: [...textOf(targets), ...leftOutLines(leftOut)],
      exit: errors.length > 0 ? 'refused' : 'ok',
    };
  },
});
