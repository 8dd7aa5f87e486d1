import type { Plan } from '../run/request.ts';
import { problem } from '../errors.ts';
import { lossOfSteps } from './loss-of-steps.ts';
import { loses, lossInWords, lossLines } from './loss.ts';

/**
 * Insists that the ways back among these steps destroy no rows, no values, and nothing that cannot be counted. `command` is
 * how they are asked for on our command line; `program` says that it was not typed there.
 * @throws data-loss
 */
export async function assertNoLoss(
  { client, steps, target }: Plan,
  { command, program = false }: { command: string; program?: boolean },
): Promise<void> {
  const loss = client && (await lossOfSteps(client, steps));
  if (loss && loses(loss))
    throw problem('data-loss', {
      command,
      database: target.shown,
      lost: lossInWords(loss),
      lines: lossLines(loss),
      program,
    });
}
