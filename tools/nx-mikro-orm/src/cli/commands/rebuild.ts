import { relative } from 'node:path';
import { typed } from '../../errors.ts';
import { counted } from '../../text/count.ts';
import { command } from './command.ts';

export default command({
  summary: 'Replace the whole history by one new first revision that gives the same, proven on scratch',
  touches: 'database',
  changes: 'database',
  options: {
    message: { type: 'string', short: 'm', help: 'What the revision stands for; names the file too' },
    'dry-run': { type: 'boolean', help: 'Prove and print the revision, and write nothing' },
    'accept-lost': { type: 'boolean', help: 'Go on without what cannot be carried over' },
  },
  examples: ['rebuild --dry-run', 'rebuild -m "Everything up to version 2"'],
  run: async ({ project, report, options }) => {
    const { rebuild } = await import('../../author/rebuild.ts');
    const rebuilt = await rebuild(project, {
      message: options.message,
      dryRun: options['dry-run'],
      acceptLost: options['accept-lost'],
      onStage: (what) => report.progress(what),
    });
    if (!rebuilt) return { json: { rebuilt: null }, lines: ['Nothing to rebuild: there is no revision.'] };
    const here = (path: string) => relative(process.cwd(), path);
    if ('finished' in rebuilt)
      return {
        json: rebuilt,
        lines: [
          `finished  ${rebuilt.finished}, whose rebuild had been interrupted`,
          `moved     what it replaces to ${here(rebuilt.aside)}`,
          '',
          `Read it, then: ${typed('up')}`,
        ],
      };
    const { name, path, text, replaces, aside, lost, careful, rows, database } = rebuilt;
    const count = counted(replaces.length, 'revision');
    const facts = [
      `database  ${database}`,
      ...(rows > 0 ? [`rows      ${rows}, which the history itself writes, are carried over`] : []),
      ...careful.map((line) => `warning   ${line}`),
      ...lost.map((line) => `lost      ${line}`),
      'proof     on scratch: up gives what the history gave, down an empty database, up again the same',
      '',
    ];
    const lines = options['dry-run']
      ? [text, `replaces  ${count}`, ...facts, 'Nothing was written.']
      : [
          `created   ${here(path)}`,
          `replaces  ${count}, from ${replaces[0]} on`,
          `moved     their files to ${here(aside)}: nothing reads them there; delete them when git has them`,
          ...facts,
          `Read it, commit it, then: ${typed('up')}`,
          'A database that has all of what it replaces is recorded anew there; one that has only a part is refused.',
        ];
    return {
      json: { rebuilt: { name, path, replaces, aside, lost, careful, rows, database, dryRun: options['dry-run'] } },
      lines,
    };
  },
});
