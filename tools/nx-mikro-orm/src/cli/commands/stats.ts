import { relative } from 'node:path';
import { plural, typed } from '../../errors.ts';
import { connectToRead, findTarget } from '../../postgres/connect/connect.ts';
import { command } from './command.ts';

export default command({
  summary:
    'Write how large and how busy the tables of the database are, for lint and create: names and numbers, no value',
  touches: 'database',
  changes: 'files',
  options: {
    merge: { type: 'boolean', help: 'Keep the larger of each number and what the file says: for several databases' },
  },
  examples: ['stats', 'stats --merge'],
  run: async ({ project, options }) => {
    const target = await findTarget(project);
    const client = await connectToRead(project, target);
    if (!client) return { json: { stats: null }, lines: [`${target.shown} does not exist yet; \`up\` makes it.`] };
    const [{ takeStats }, { largerOf: merged, readStats, writeStats }] = await Promise.all([
      import('../../review/stats/take.ts'),
      import('../../review/stats/stats.ts'),
    ]);
    try {
      const file = project.stats;
      const before = options.merge ? readStats(file) : undefined;
      const taken = await takeStats(client, new Date());
      const stats = before ? merged(before, taken) : taken;
      writeStats(file, stats);
      const tables = Object.values(stats.tables);
      const rows = tables.reduce((sum, table) => sum + table.rows, 0);
      const bare = Object.entries(stats.tables)
        .filter(([, table]) => table.rows > 0 && Object.keys(table.columns).length === 0)
        .map(([name]) => name);
      return {
        json: { database: target.shown, file, stats },
        lines: [
          `wrote    ${relative(process.cwd(), file)}: ${plural(tables.length, '1 table', 'tables')} with ${plural(rows, '1 row', 'rows')}, of ${target.shown}`,
          ...(bare.length > 0
            ? [
                `careful  nothing is known of the columns of ${bare.slice(0, 5).join(', ')}${bare.length > 5 ? ' and others' : ''}: ANALYZE was never run on it`,
              ]
            : []),
          `Commit it, then: ${typed('lint')}`,
        ],
      };
    } finally {
      await client.end();
    }
  },
});
