import { doctor } from '../../check/doctor.ts';
import { aligned } from '../../text/table.ts';
import { command } from './command.ts';

export default command({
  summary: 'Look at everything that has to work: versions, configuration, models, history, server, database, scratch',
  touches: 'database',
  changes: 'nothing',
  options: {},
  examples: ['doctor'],
  run: async ({ project }) => {
    const findings = await doctor(project);
    const ill = findings.some(({ ok }) => !ok);
    const rows = aligned(findings.map(({ ok, what, found }) => [ok ? 'ok' : 'BAD', what, found]));
    return {
      json: { ok: !ill, findings },
      exit: ill ? 'differs' : 'ok',
      lines: findings.flatMap(({ next }, at) => [rows[at] ?? '', ...next.map((line) => `     Next: ${line}`)]),
    };
  },
});
