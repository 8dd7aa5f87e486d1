import type { About } from '../apply/run.ts';
import { problem } from '../errors.ts';
import type { Call } from './command.ts';
import { guardOptions, insistOnName } from './guard.ts';

/** What commands take that revert something. */
export const destroyOptions = {
  'accept-data-loss': { type: 'boolean', help: 'Also when rows or values go with it' },
  ...guardOptions,
} as const;

/**
 * Insists that somebody wants what is about to be destroyed: the name of a protected database typed, and
 * `--accept-data-loss` where rows, values or something uncountable would go.
 * @throws protected-database, data-loss
 */
export async function insistOnConsent(command: string, call: Call<typeof destroyOptions>, about: About): Promise<void> {
  const { project, options, report, args } = call;
  const { client, steps, target } = about;
  if (!steps.some(({ step }) => step.direction === 'down')) return;
  const words = [command, ...args].join(' ');
  await insistOnName({ project, target, command: words, options, json: report.json });
  if (options['accept-data-loss'] || !client) return;
  const [{ lossOfSteps }, { loses, lossInWords, lossLines }] = await Promise.all([
    import('../review/loss-of-steps.ts'),
    import('../review/loss.ts'),
  ]);
  const loss = await lossOfSteps(client, steps);
  if (loss && loses(loss))
    throw problem('data-loss', {
      command: words,
      database: target.shown,
      lost: lossInWords(loss),
      lines: lossLines(loss),
    });
}
