import { decideSteps, run, type RunOptions } from '../apply/run.ts';
import { problem } from '../errors.ts';
import type { Step } from '../history/revision.ts';
import type { Call, Outcome } from './command.ts';

/** The body that `up` and `down` share: they differ only in direction. */
export const migrateOptions = {
  'dry-run': { type: 'boolean', help: 'Print the statements that would run, and run none' },
  'lock-wait': { type: 'string', help: 'Seconds to wait for another runner. Default 60' },
} as const;

export async function migrate(call: Call<typeof migrateOptions>, direction: 'up' | 'down'): Promise<Outcome> {
  const { project, report, args, options } = call;
  const wait = Number(options['lock-wait'] ?? 60);
  if (!(wait >= 0))
    throw problem('bad-option', {
      command: direction,
      detail: `--lock-wait wants seconds, not "${options['lock-wait']}".`,
    });
  const todo: RunOptions = { direction, target: args[0] };
  if (options['dry-run']) return preview(await decideSteps(project, todo), direction);

  const result = await run(project, {
    ...todo,
    lockWaitMs: wait * 1000,
    onWaiting: (holder) => report.warn(`Waiting for another runner: ${holder}`),
    onStep: (step, { number, of }) => report.progress(`${direction} ${number}/${of} ${step.revision.name}`),
    onDone: (step, { durationMs }) =>
      report.line(
        `${direction === 'up' ? 'applied ' : 'reverted'} ${step.revision.name}  ${Math.round(durationMs)} ms`,
      ),
  });
  const { target, ran, state } = result;
  const json = {
    database: target.shown,
    ran: ran.map(({ step, result: { durationMs } }) => ({ name: step.revision.name, direction, durationMs })),
    current: state.current,
    pending: state.pending.map(({ name }) => name),
  };
  const place = state.current.join(', ') || 'base';
  if (ran.length === 0) return { json, lines: [`Nothing to do: ${target.shown} is at ${place}.`] };
  const lines = ['', `${target.shown} is at ${place}.`];
  if (direction === 'up') lines.push('', ...(await tableLines(call)));
  return { json, lines };
}

async function preview(steps: Step[], direction: 'up' | 'down'): Promise<Outcome> {
  const [{ loadRevision }, { collectStatements }] = await Promise.all([
    import('../apply/load.ts'),
    import('../apply/statements.ts'),
  ]);
  const plan = [];
  for (const { revision } of steps)
    plan.push({
      name: revision.name,
      direction,
      ...(await collectStatements(await loadRevision(revision), direction)),
    });
  const lines = plan.flatMap(({ name, statements, runsCode, irreversible }) => [
    `-- ${direction} ${name}`,
    ...statements.map((sql) => `${sql.trim().replace(/;$/, '')};`),
    ...(runsCode ? ['-- (then it runs code against the database, which cannot be shown)'] : []),
    ...(irreversible ? ['-- (it has no down)'] : []),
    '',
  ]);
  return { json: { dryRun: true, plan }, lines: plan.length ? [...lines, 'Nothing was run.'] : ['Nothing to do.'] };
}

async function tableLines({ project }: Call<typeof migrateOptions>): Promise<string[]> {
  const [{ connect }, { tables }, { tableLines: linesOf }] = await Promise.all([
    import('../apply/connect.ts'),
    import('../catalogue/inspect.ts'),
    import('../catalogue/lines.ts'),
  ]);
  const client = await connect(project);
  try {
    return linesOf(await tables(client));
  } finally {
    await client.end();
  }
}
