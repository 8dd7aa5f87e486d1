import type { Client } from 'pg';
import type { LoadedStep } from '../history/content.ts';
import { lossOf, type Loss } from './loss.ts';

/** What the ways back among these steps would destroy; undefined when none of them goes back. */
export async function lossOfSteps(client: Client, steps: readonly LoadedStep[]): Promise<Loss | undefined> {
  const back = steps.filter(({ step }) => step.direction === 'down');
  if (back.length === 0) return undefined;
  const loss = await lossOf(
    client,
    back.flatMap(({ content }) => content.down ?? []),
  );
  const code = back
    .filter(({ content }) => content.runsCode.down)
    .map(({ step }) => ({ statement: `down() of ${step.revision.name}`, why: 'it runs code' }));
  return { ...loss, uncounted: [...loss.uncounted, ...code] };
}

/** What the statements of these steps on their way forward would destroy. Of code that is not known before it runs. */
export const lossForward = (client: Client, steps: readonly LoadedStep[]): Promise<Loss> =>
  lossOf(
    client,
    steps.flatMap(({ step, content }) => (step.direction === 'up' ? content.up : [])),
  );
