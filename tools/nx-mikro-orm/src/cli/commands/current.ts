import { look } from '../../run/standing/standing.ts';
import { statusRows, verdictOf } from '../../run/standing/status.ts';
import { known } from '../../history/state.ts';
import { command } from './command.ts';
import { checkOption, exitOf, openingJson, openingLines } from './state-lines.ts';

export default command({
  summary: 'Show where the database stands, and what is pending',
  touches: 'database',
  changes: 'nothing',
  options: checkOption,
  examples: ['current', 'current --json', 'current --check'],
  run: async ({ project, options }) => {
    const found = await look(project);
    const { target, state, edited } = found;
    const verdict = verdictOf(found, statusRows(found));
    const rows = new Map(state.applied.map((row) => [row.name, row]));
    const lines = [...openingLines(found), `${target.shown}${target.embedded ? ' (embedded PostgreSQL)' : ''}`];
    if (state.current.length === 0) lines.push('current  base: nothing is applied');
    for (const name of state.current) {
      const row = rows.get(name);
      lines.push(`current  ${name}`, ...(row ? [`         ${known(row)}`] : []));
    }
    for (const { name } of state.pending) lines.push(`pending  ${name}`);
    for (const row of state.missing) lines.push(`missing  ${row.name}: not in this checkout; ${known(row)}`);
    for (const { row } of edited) lines.push(`edited   ${row.name}: not what was applied; ${known(row)}`);
    for (const { revision, before } of state.late)
      lines.push(`late     ${revision.name}: ${before} was applied before it`);
    return {
      json: {
        database: target.shown,
        verdict,
        current: state.current,
        ...openingJson(found),
        applied: state.applied.map((row) => ({ ...row, at: row.at.toISOString() })),
        pending: state.pending.map(({ name }) => name),
        missing: state.missing.map(({ name }) => name),
        edited: edited.map(({ row }) => row.name),
        late: state.late.map(({ revision, before }) => ({ name: revision.name, before })),
      },
      lines,
      exit: exitOf(options.check, verdict),
    };
  },
});
