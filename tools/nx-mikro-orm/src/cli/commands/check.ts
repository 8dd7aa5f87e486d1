import { readHistory } from '../../run/standing/standing.ts';
import { typed } from '../../errors.ts';
import { onlyHead } from '../../history/graph.ts';
import type { LeftOut } from '../../rehearsal/scratch/confine.ts';
import { command } from './command.ts';
import { leftOutJson, leftOutLines } from './left-out.ts';

export default command({
  summary: 'Check that the history has one head, that every entity is registered, and that models and history match',
  touches: 'database',
  changes: 'nothing',
  options: {},
  examples: ['check', 'check --json'],
  run: async ({ project, report }) => {
    const history = readHistory(project);
    const head = onlyHead(history);
    const [{ sketchOfModels }, { unindented }] = await Promise.all([
      import('../../author/create.ts'),
      import('../../author/file/file.ts'),
    ]);
    const leftOut: LeftOut[] = [];
    const sketch = await sketchOfModels(project, history, {
      onLeftOut: (found) => leftOut.push(...found),
      onReplay: ({ number, of, name }) => report.progress(`replaying ${number}/${of} ${name}`),
    });
    const { differences, sql, open } = sketch ?? { differences: [], sql: [], open: [] };
    const json = { head: head ?? null, differences, sql, open, leftOut: leftOutJson(leftOut) };
    if (!sketch)
      return {
        json,
        lines: [
          `Models and history match: one head, ${head ?? 'base'}, and every entity is registered.`,
          ...leftOutLines(leftOut),
        ],
      };
    return {
      json,
      exit: 'differs',
      lines: [
        'The models are ahead of the history. Missing:',
        '',
        ...sql.map((statement) => `${unindented(statement)};`),
        ...open.map(({ question }) => question),
        '',
        ...differences.map((line) => `  ${line}`),
        '',
        ...leftOutLines(leftOut),
        `Next: ${typed('create')} -m "…"`,
      ],
    };
  },
});
