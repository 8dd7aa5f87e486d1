import { problem } from '../../errors.ts';
import type { LoadedStep } from '../../history/content.ts';
import type { History } from '../../history/graph.ts';
import type { State } from '../../history/state.ts';
import type { GraphNode } from '../../review/render/html/graph.ts';
import { lookAhead } from '../../run/ahead.ts';
import { lossForward } from '../../rehearsal/loss-of-steps.ts';
import type { LeftOut } from '../../rehearsal/scratch/confine.ts';
import { command } from './command.ts';
import { leftOutJson, leftOutLines } from './left-out.ts';
import { staleLines } from './stale.ts';

export default command({
  summary: 'Show what up would do now: statements, whom they lock out and for how long, and what would be lost',
  touches: 'database',
  changes: 'nothing',
  argument: { name: 'target', help: 'head (default), +2, a full name, or an unambiguous part of one' },
  options: {
    markdown: { type: 'boolean', help: 'Print Markdown for a comment on a pull request' },
    html: { type: 'boolean', help: 'Print one page for a browser, which needs nothing else' },
  },
  examples: ['plan', 'plan +1', 'plan --markdown', 'plan --html > plan.html', 'plan --json'],
  run: async ({ project, report, args, options }) => {
    if (options.markdown && options.html)
      throw problem('bad-option', {
        command: 'plan',
        detail: '--markdown and --html are two forms of one report: use one.',
      });
    const leftOut: LeftOut[] = [];
    const [{ sizesFor }, { reviewSteps }, { planLines, planMarkdown }] = await Promise.all([
      import('../../review/held/sizes.ts'),
      import('../../review/plan.ts'),
      import('../../review/render/plan.ts'),
    ]);
    const sizes = sizesFor(project);
    const { plan, graph } = await lookAhead(
      project,
      { direction: 'up', target: args[0] },
      async ({ client, steps, target }, { history, state }) => ({
        graph: graphFor(history, state, steps),
        plan: {
          database: target.shown,
          loss: client ? await lossForward(client, steps) : null,
          ...(await reviewSteps(project, history, steps, {
            sizes,
            onReplay: ({ number, of, name }) => report.progress(`replaying ${number}/${of} ${name}`),
            onLeftOut: (found) => leftOut.push(...found),
            onRevision: ({ number, of, name }) => report.progress(`judging ${number}/${of} ${name}`),
          })),
        },
      }),
    );
    const isRefused =
      plan.unjudged.length > 0 ||
      plan.steps.some(({ findings }) => findings.some(({ severity }) => severity === 'error'));
    return {
      json: { ...plan, leftOut: leftOutJson(leftOut) },
      lines: options.markdown
        ? planMarkdown(plan)
        : options.html
          ? (await import('../../review/render/html/page.ts')).planPage(plan, graph)
          : [...planLines(plan), ...staleLines(sizes), ...leftOutLines(leftOut)],
      exit: isRefused ? 'refused' : 'ok',
    };
  },
});

/** Every revision of the history, and whether the database has it, or gets it by these steps. */
function graphFor({ order }: History, { applied }: State, steps: readonly LoadedStep[]): GraphNode[] {
  const has = new Set(applied.map(({ name }) => name));
  const gets = new Set(steps.map(({ step }) => step.revision.name));
  return order.map(({ name, revises }) => ({
    name,
    revises,
    state: gets.has(name) ? 'pending' : has.has(name) ? 'applied' : 'later',
  }));
}
