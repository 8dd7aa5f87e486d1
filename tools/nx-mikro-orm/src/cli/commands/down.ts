import { command } from './command.ts';
import { destroyOptions, assertConsent } from './destroy.ts';
import { migrate, migrateOptions } from './migrate.ts';

export default command({
  summary: 'Revert the newest applied revision, or everything after the one you name',
  touches: 'database',
  changes: 'destroying',
  argument: { name: 'target', help: '-1 (default), -2, base, a full name, or an unambiguous part of one' },
  options: {
    ...migrateOptions,
    ...destroyOptions,
    stored: {
      type: 'boolean',
      help: 'Use the statements that the ledger has kept, also when the file is gone or edited',
    },
  },
  examples: ['down', 'down -2', 'down base', 'down --dry-run', 'down --stored'],
  run: (call) =>
    migrate(call, {
      direction: 'down',
      target: call.args[0],
      stored: call.options.stored,
      consent: (about) => assertConsent('down', call, about),
    }),
});
