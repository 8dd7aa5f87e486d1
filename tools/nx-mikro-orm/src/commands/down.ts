import { migrate, migrateOptions } from './migrate.ts';
import { command } from './command.ts';

export default command({
  summary: 'Revert the newest applied revision, or everything after the one you name',
  touches: 'database',
  argument: { name: 'target', help: '-1 (default), -2, base, a full name, or an unambiguous part of one' },
  options: migrateOptions,
  examples: ['down', 'down -2', 'down base', 'down --dry-run'],
  run: (call) => migrate(call, { direction: 'down', target: call.args[0] }),
});
