import { lookAhead } from '../../run/ahead.ts';
import type { Plan, RunOptions } from '../../run/request.ts';
import { skippedBy } from '../../run/plan.ts';
import type { Standing } from '../../run/standing/standing.ts';
import type { Project } from '../../config.ts';
import { lossForward, lossOfSteps } from '../../rehearsal/loss-of-steps.ts';
import { lossLines } from '../../rehearsal/loss.ts';
import type { CommandOutcome } from './command.ts';
import { withoutSemicolon } from '../../sql/tokens.ts';

/** What `--dry-run` prints: the statements that would run, in order, and what they would destroy. Runs none. */
export const preview = (project: Project, wish: RunOptions): Promise<CommandOutcome> =>
  lookAhead(project, wish, (about, standing) => outcomeOf(about, standing, wish));

async function outcomeOf({ client, steps }: Plan, standing: Standing, wish: RunOptions): Promise<CommandOutcome> {
  const restamp = wish.direction === 'up' ? standing.state.restamp : [];
  const skipped = skippedBy(standing, wish);
  const plan = steps.map(({ step: { revision, direction }, content }) => ({
    name: revision.name,
    direction,
    transactional: content.transactional,
    runsCode: content.runsCode[direction],
    statements: content[direction] ?? [],
    ...(direction === 'down' && !content.down && { irreversible: content.irreversible || 'it has no down()' }),
  }));
  const back = client && (await lossOfSteps(client, steps));
  const loss = back ?? (client && steps.length > 0 ? await lossForward(client, steps) : undefined);
  const losses = loss ? lossLines(loss) : [];
  const records = restamp.map(
    ({ revision, replaced }) => `-- record ${revision.name} in the place of ${replaced.length}: the ledger only`,
  );
  const lines = plan.flatMap(({ name, direction, transactional, statements, runsCode, irreversible }) => [
    `-- ${direction} ${name}${transactional ? '' : ', outside of a transaction'}`,
    ...statements.map((sql) => `${withoutSemicolon(sql)};`),
    ...(runsCode ? ['-- (it runs code against the database, which cannot be shown)'] : []),
    ...(irreversible ? [`-- (there is no way back: ${irreversible})`] : []),
    '',
  ]);
  return {
    json: {
      dryRun: true,
      restamp: restamp.map(({ revision, replaced }) => ({
        name: revision.name,
        replaced: replaced.map(({ name }) => name),
      })),
      plan,
      skipped,
      loss: loss ?? null,
    },
    lines:
      plan.length + records.length
        ? [
            ...records,
            ...(records.length ? [''] : []),
            ...lines,
            ...(losses.length ? ['It would destroy:', ...losses.map((line) => `  ${line}`), ''] : []),
            'Nothing was run.',
          ]
        : [`Nothing ${skipped.length > 0 ? 'else ' : ''}to do.`],
  };
}
