import { readState } from '../apply/run.ts';
import { known } from '../history/state.ts';
import { command } from './command.ts';

export default command({
  summary: 'Show where the database stands, and what is pending',
  touches: 'database',
  options: {},
  examples: ['current', 'current --json'],
  run: async ({ project }) => {
    const { target, state } = await readState(project);
    const rows = new Map(state.applied.map((row) => [row.name, row]));
    const lines = [`${target.shown}${target.embedded ? ' (embedded PostgreSQL)' : ''}`];
    if (state.current.length === 0) lines.push('current  base: nothing is applied');
    for (const name of state.current) {
      const row = rows.get(name);
      lines.push(`current  ${name}`, ...(row ? [`         ${known(row)}`] : []));
    }
    for (const { name } of state.pending) lines.push(`pending  ${name}`);
    for (const row of state.missing) lines.push(`missing  ${row.name}: not in this checkout; ${known(row)}`);
    for (const { revision, before } of state.late)
      lines.push(`late     ${revision.name}: ${before} was applied before it`);
    return {
      json: {
        database: target.shown,
        current: state.current,
        applied: state.applied.map((row) => ({ ...row, at: row.at.toISOString() })),
        pending: state.pending.map(({ name }) => name),
        missing: state.missing.map(({ name }) => name),
        late: state.late.map(({ revision, before }) => ({ name: revision.name, before })),
      },
      lines,
    };
  },
});
