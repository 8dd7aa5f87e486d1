import { readHistory } from '../../run/standing/standing.ts';
import { onlyHead } from '../../history/graph.ts';
import { problem, typed } from '../../errors.ts';
import { counted } from '../../text/count.ts';
import type { LeftOut } from '../../rehearsal/scratch/confine.ts';
import { command } from './command.ts';
import { leftOutJson, leftOutLines } from './left-out.ts';

export default command({
  summary: 'Prove the whole history on scratch: every revision up, down and up again, and head gives the models',
  touches: 'files',
  changes: 'nothing',
  options: {},
  examples: ['verify'],
  run: async ({ project, report }) => {
    const history = readHistory(project);
    const head = onlyHead(history);
    const [{ verifyHistory }, { differencesOfModels }] = await Promise.all([
      import('../../check/verify.ts'),
      import('../../author/create.ts'),
    ]);
    const leftOut: LeftOut[] = [];
    const verified = await verifyHistory(
      project,
      history,
      ({ number, of, name }) => report.progress(`verifying ${number}/${of} ${name}`),
      (found) => leftOut.splice(0, leftOut.length, ...found),
    );
    const differences = await differencesOfModels(project, history);
    if (differences.length > 0) throw problem('models-ahead', { head: head ?? 'base', differences });
    const oneWay = verified.filter(({ reversible, wrong }) => !reversible && !wrong);
    const wrong = verified.filter((one) => one.wrong);
    return {
      json: {
        verified: verified.length,
        irreversible: oneWay.map(({ name }) => name),
        wrongDowns: wrong.map(({ name }) => name),
        head: head ?? null,
        leftOut: leftOutJson(leftOut),
      },
      lines: [
        `${counted(verified.length, 'revision')}: up, down and up again give the same; ${head ?? 'base'} gives the models.`,
        ...oneWay.map(({ name, reason }) =>
          reason
            ? `  ${name} cannot be reverted, so only its up was run: ${reason}`
            : `  ${name} has no down, so only its up was run`,
        ),
        ...wrong.map(({ name, wrong: known }) => `  ${name}, as migrations.config.ts says: ${known?.stage}`),
        ...leftOutLines(leftOut),
        ...(verified.length === 0 ? [`Next: ${typed('create')} -m "…"`] : []),
      ],
    };
  },
});
