import { connect, connectOrCreate, findTarget } from '../../postgres/connect/connect.ts';
import { loadSeed, plant } from '../../run/seed.ts';
import { wipe } from '../../postgres/wipe.ts';
import { problem } from '../../errors.ts';
import { command } from './command.ts';
import { guardOptions, assertName } from './guard.ts';
import { migrate } from './migrate.ts';

export default command({
  summary: 'Drop everything in the database and apply the whole history again: for development',
  touches: 'database',
  changes: 'destroying',
  options: {
    'drop-everything-in': { type: 'string', help: 'host:port/database, for one that is not the embedded PostgreSQL' },
    seed: { type: 'boolean', help: 'Then fill it with what `seed` of migrations.config.ts makes' },
    ...guardOptions,
  },
  examples: ['fresh', 'fresh --seed'],
  run: async (call) => {
    const { project, report, options } = call;
    const target = await findTarget(project);
    if (!target.embedded && options['drop-everything-in'] !== target.shown)
      throw problem('fresh-foreign', { database: target.shown });
    const command = target.embedded ? 'fresh' : `fresh --drop-everything-in ${target.shown}`;
    await assertName({ project, target, command, options, json: report.json });
    const seed = options.seed ? await loadSeed(project) : undefined;
    const client = await connectOrCreate(project, target);
    try {
      await wipe(client);
    } finally {
      await client.end();
    }
    report.line(`dropped everything in ${target.shown}`);
    const outcome = await migrate(
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
    if (!seed) return outcome;
    const again = await connect(project);
    await plant(project, again, seed).finally(() => again.end());
    return { ...outcome, lines: [...outcome.lines, '', 'Seeded.'] };
  },
});
