import { doctor } from '../../check/doctor.ts';
import { command } from './command.ts';

export default command({
  summary: 'Look at everything that has to work: versions, configuration, models, history, server, database, scratch',
  touches: 'database',
  options: {},
  examples: ['doctor'],
  run: async ({ project }) => {
    const findings = await doctor(project);
    const ill = findings.some(({ ok }) => !ok);
    return {
      json: { ok: !ill, findings },
      exit: ill ? 'differs' : 'ok',
      lines: findings.flatMap(({ ok, what, found, next }) => [
        `${ok ? 'ok  ' : 'BAD '} ${what.padEnd(14)} ${found}`,
        ...next.map((line) => `     Next: ${line}`),
      ]),
    };
  },
});
