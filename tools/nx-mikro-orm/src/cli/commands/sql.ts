import { readHistory } from '../../run/standing/standing.ts';
import { command } from './command.ts';
import { milliseconds } from './migrate.ts';

export default command({
  summary: 'Write a script for psql that does what up would do, with its guards and its rows in ledger and journal',
  // It says from which commit it was written.
  touches: 'database',
  changes: 'nothing',
  argument: {
    name: 'revision',
    help: 'from:to, each a full name or an unambiguous part of one; an empty end is base or head (default: base to head)',
  },
  options: {
    database: { type: 'string', help: 'The only database that the script runs on, by its name there' },
    'lock-timeout': { type: 'string', help: 'Seconds that a statement may wait for a table. Default 2' },
  },
  examples: ['sql > all.sql', 'sql lesson_notes:head --database shop > next.sql'],
  run: async ({ project, args, options }) => {
    const [{ releaseNamed }, { scriptOf }] = await Promise.all([
      import('../../review/release.ts'),
      import('../../script/script.ts'),
    ]);
    const { before, revisions } = releaseNamed(readHistory(project), args[0] ?? ':');
    const lines = await scriptOf(project, {
      before,
      revisions,
      database: options.database,
      lockTimeoutMs: milliseconds({ doing: 'sql', direction: 'up' }, 'lock-timeout', options['lock-timeout'] ?? '2'),
    });
    return { json: { revisions: revisions.map(({ name }) => name), script: `${lines.join('\n')}\n` }, lines };
  },
});
