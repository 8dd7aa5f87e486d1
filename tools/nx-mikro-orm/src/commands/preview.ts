import { decideSteps, type RunOptions } from '../apply/run.ts';
import type { Project } from '../config.ts';
import type { Outcome } from './command.ts';

/** What `--dry-run` prints: the statements that would run, in order. Runs none. */
export async function preview(project: Project, wish: RunOptions): Promise<Outcome> {
  const steps = await decideSteps(project, wish);
  const { contentOf } = await import('../apply/content.ts');
  const plan = [];
  for (const { revision, direction } of steps) {
    const { transactional, runsCode, ...content } = await contentOf(revision);
    plan.push({
      name: revision.name,
      direction,
      transactional,
      runsCode: runsCode[direction],
      statements: content[direction] ?? [],
      ...(direction === 'down' && !content.down && { irreversible: content.irreversible ?? 'it has no down()' }),
    });
  }
  const lines = plan.flatMap(({ name, direction, transactional, statements, runsCode, irreversible }) => [
    `-- ${direction} ${name}${transactional ? '' : ', outside of a transaction'}`,
    ...statements.map((sql) => `${sql.trim().replace(/;$/, '')};`),
    ...(runsCode ? ['-- (it runs code against the database, which cannot be shown)'] : []),
    ...(irreversible ? ['-- (it has no down)'] : []),
    '',
  ]);
  return { json: { dryRun: true, plan }, lines: plan.length ? [...lines, 'Nothing was run.'] : ['Nothing to do.'] };
}
