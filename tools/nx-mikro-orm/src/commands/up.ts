import { migrate, migrateOptions } from './migrate.ts';
import { command } from './command.ts';

export default command({
  summary: 'Apply pending revisions to the database, up to head or to the one you name',
  touches: 'database',
  argument: { name: 'target', help: 'head (default), +2, a full name, or an unambiguous part of one' },
  options: migrateOptions,
  examples: ['up', 'up +1', 'up invite_code', 'up --dry-run'],
  run: (call) => migrate(call, { direction: 'up', target: call.args[0] }),
});
