import { stamp } from '../../check/stamp.ts';
import { command } from './command.ts';

export default command({
  summary: 'Record a revision as where the database stands, without running anything',
  touches: 'database',
  changes: 'database',
  argument: { name: 'target', help: 'head (default), base, a full name, or an unambiguous part of one' },
  options: {
    force: { type: 'boolean', help: 'Do not compare the schema with what that revision gives; needs --reason' },
    reason: { type: 'string', help: 'Why, for the journal' },
  },
  examples: ['stamp head', 'stamp base', 'stamp head --force --reason "restored from a dump of 3 May"'],
  run: async ({ project, report, args, options }) => {
    const { target, place, added, removed, missing, settled, verified } = await stamp(project, args[0] ?? 'head', {
      force: options.force,
      reason: options.reason,
      onWaiting: (holder) => report.warn(`Waiting for another runner: ${holder}`),
    });
    const nothing = added.length + removed.length + settled.length === 0;
    const lines = [
      ...removed.map((name) => `removed   ${name}${missing.includes(name) ? '  (not in this checkout)' : ''}`),
      ...added.map((name) => `recorded  ${name}`),
      ...settled.map((name) => `settled   ${name}: an earlier run had left it half done`),
      nothing
        ? `Nothing to do: ${target.shown} is recorded at ${place}.`
        : `${target.shown} is recorded at ${place}. Nothing was run.`,
      verified ? `The schema matches ${place}.` : `The schema was not compared with ${place}.`,
    ];
    return {
      json: { database: target.shown, current: place, verified, added, removed, missing, settled },
      lines,
    };
  },
});
