import type { Plan } from '../../run/request.ts';
import type { Call } from './command.ts';
import { guardOptions, assertName } from './guard.ts';

/** What commands take that revert something. */
export const destroyOptions = {
  'accept-data-loss': { type: 'boolean', help: 'Go on although rows or values are lost' },
  ...guardOptions,
} as const;

/**
 * Insists that somebody wants what is about to be destroyed: the name of a protected database typed, and
 * `--accept-data-loss` where rows, values or something uncountable would go.
 * @throws protected-database, data-loss
 */
export async function assertConsent(command: string, call: Call<typeof destroyOptions>, plan: Plan): Promise<void> {
  const { project, options, report, args } = call;
  if (!plan.steps.some(({ step }) => step.direction === 'down')) return;
  const words = [command, ...args].join(' ');
  await assertName({ project, target: plan.target, command: words, options, json: report.json });
  if (options['accept-data-loss']) return;
  const { assertNoLoss } = await import('../../rehearsal/consent.ts');
  await assertNoLoss(plan, { command: words });
}
