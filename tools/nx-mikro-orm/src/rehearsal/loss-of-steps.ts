import type { Client } from 'pg';
import type { LoadedStep } from '../history/content.ts';
import { lossOf, type Loss } from './loss.ts';

/** What the ways back among these steps would destroy; undefined when none of them goes back. */
export async function lossOfSteps(client: Client, steps: readonly LoadedStep[]): Promise<Loss | undefined> {
  const back = steps.filter(({ step }) => step.direction === 'down');
  return back.length === 0 ? undefined : lossGoing('down', client, back);
}

/** What these steps would destroy on their way forward. */
export const lossForward = (client: Client, steps: readonly LoadedStep[]): Promise<Loss> =>
  lossGoing(
    'up',
    client,
    steps.filter(({ step }) => step.direction === 'up'),
  );

async function lossGoing(direction: 'up' | 'down', client: Client, steps: readonly LoadedStep[]): Promise<Loss> {
  const loss = await lossOf(
    client,
    steps.flatMap(({ content }) => content[direction] ?? []),
  );
  const code = steps
    .filter(({ content }) => content.runsCode[direction])
    .map(({ step }) => ({ statement: `${direction}() of ${step.revision.name}`, why: 'it runs code' }));
  return { ...loss, uncounted: [...loss.uncounted, ...code] };
}
