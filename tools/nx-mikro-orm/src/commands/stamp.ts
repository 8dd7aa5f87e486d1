import { stamp } from '../author/stamp.ts';
import { command } from './command.ts';

export default command({
  summary: 'Record a revision as where the database stands, without running anything',
  touches: 'database',
  argument: { name: 'target', help: 'head (default), base, a full name, or an unambiguous part of one' },
  options: {
    force: { type: 'boolean', help: 'Also when the schema is not what that revision produces' },
  },
  examples: ['stamp head', 'stamp base'],
  run: async ({ project, args, options }) => {
    const { target, place, added, removed } = await stamp(project, args[0] ?? 'head', { force: options.force });
    const lines = [
      ...added.map((name) => `recorded  ${name}`),
      ...removed.map((name) => `removed   ${name}`),
      added.length + removed.length === 0
        ? `Nothing to do: ${target.shown} is recorded at ${place}.`
        : `${target.shown} is recorded at ${place}. Nothing was run.`,
    ];
    return { json: { database: target.shown, current: place, added, removed }, lines };
  },
});
