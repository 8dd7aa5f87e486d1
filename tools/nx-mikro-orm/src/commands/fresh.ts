import { connectOrCreate, findTarget } from '../apply/connect/connect.ts';
import { wipe } from '../apply/wipe.ts';
import { problem } from '../errors.ts';
import { command } from './command.ts';
import { guardOptions, insistOnName } from './guard.ts';
import { migrate } from './migrate.ts';

export default command({
  summary: 'Drop everything in the database and apply the whole history again: for development',
  touches: 'database',
  options: {
    'drop-everything-in': { type: 'string', help: 'host:port/database, for one that is not the embedded PostgreSQL' },
    ...guardOptions,
  },
  examples: ['fresh'],
  run: async (call) => {
    const { project, report, options } = call;
    const target = await findTarget(project);
    if (!target.embedded && options['drop-everything-in'] !== target.shown)
      throw problem('fresh-foreign', { database: target.shown });
    const command = target.embedded ? 'fresh' : `fresh --drop-everything-in ${target.shown}`;
    await insistOnName({ project, target, command, options, json: report.json });
    const client = await connectOrCreate(project, target);
    try {
      await wipe(client);
    } finally {
      await client.end();
    }
    report.line(`dropped everything in ${target.shown}`);
    return migrate(
      {
        ...call,
        args: [],
        options: {
          'dry-run': false,
          'lock-wait': undefined,
          'lock-timeout': undefined,
          'retry-for': undefined,
          'json-lines': false,
        },
      },
      { direction: 'up', doing: 'fresh' },
    );
  },
});
