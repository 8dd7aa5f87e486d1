import { planSwitch } from '../../run/plan.ts';
import { command } from './command.ts';
import { destroyOptions, assertConsent } from './destroy.ts';
import { migrate, migrateOptions } from './migrate.ts';

export default command({
  summary: 'Take the database from another checkout to this one: revert what this one lacks, apply what it adds',
  touches: 'database',
  changes: 'destroying',
  options: { ...migrateOptions, ...destroyOptions },
  examples: ['switch', 'switch --dry-run'],
  run: (call) =>
    migrate(call, {
      direction: 'up',
      doing: 'switch',
      stored: true,
      decide: planSwitch,
      consent: (about) => assertConsent('switch', call, about),
    }),
});
