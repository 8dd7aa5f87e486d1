import type { Plan } from '../../run/request.ts';
import { problem } from '../../errors.ts';
import { migrate, migrateOptions } from './migrate.ts';
import { command } from './command.ts';
import { assertForward } from './destroy.ts';
import { guardOptions } from './guard.ts';

const policies = ['refuse', 'allow', 'skip'] as const;

export default command({
  summary: 'Apply pending revisions to the database, up to head or to the one you name',
  touches: 'database',
  changes: 'database',
  argument: { name: 'target', help: 'head (default), +2, a full name, or an unambiguous part of one' },
  options: {
    ...migrateOptions,
    ...guardOptions,
    atomic: { type: 'boolean', help: 'All revisions in one transaction: all of them, or none' },
    late: {
      type: 'string',
      help: 'Pending revisions that an applied one builds on: refuse (default), allow, skip',
    },
  },
  examples: ['up', 'up +1', 'up invite_code', 'up --dry-run', 'up --atomic'],
  run: (call) => {
    const { atomic, late = 'refuse' } = call.options;
    const policy = policies.find((one) => one === late);
    if (!policy)
      throw problem('bad-option', { command: 'up', detail: `--late is ${policies.join(', ')}, not "${late}".` });
    const { confirm, protected: guarded } = call.options;
    const { config } = call.project;
    // Whoever has to be asked keeps all that is about to run in memory.
    const isAsked = confirm !== undefined || guarded || config.protected !== undefined;
    const consent = isAsked ? { consent: (plan: Plan) => assertForward('up', call, plan) } : {};
    return migrate(call, { direction: 'up', target: call.args[0], atomic, late: policy, ...consent });
  },
});
