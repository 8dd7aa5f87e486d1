import type { Client } from 'pg';
import type { Project } from '../config.ts';
import { booksProblem, connectToRead, findTarget } from '../postgres/connect/connect.ts';
import { assertWords, missingProblem } from './plan.ts';
import { remark, stepsFor, type Plan, type RunOptions } from './request.ts';
import { emptyStanding, readHistory, readStanding, type Standing } from './standing/standing.ts';
import type { LoadedStep } from '../history/content.ts';

/** Hands over what `run` would do now. Takes no lock, creates nothing. @throws what `run` would refuse */
export async function lookAhead<T>(
  project: Project,
  options: RunOptions,
  work: (plan: Plan, standing: Standing) => Promise<T>,
): Promise<T> {
  const history = readHistory(project);
  assertWords(history, options);
  const target = await findTarget(project);
  const client = await connectToRead(project, target);
  try {
    const standing = client ? await readStanding(client, project, history) : emptyStanding(history);
    if (client) await assertFiles(client, project, standing, options);
    const planned = stepsFor(standing, options);
    await remark(standing, options);
    const { loader } = await import('../ledger/stored.ts');
    const load = loader(project, client, options);
    const steps: LoadedStep[] = [];
    for (const step of planned) steps.push({ step, content: await load(step) });
    return await work({ client, steps, target }, standing);
  } catch (error) {
    throw booksProblem(error, target);
  } finally {
    await client?.end();
  }
}

/**
 * Refuses with the evidence that only a look into files and ledger gives: what was edited, what was renamed. What is left is
 * decided by values alone. @throws revision-edited, revision-missing, database-ahead
 */
export async function assertFiles(
  client: Client,
  project: Project,
  standing: Standing,
  { stored, decide }: RunOptions,
) {
  if (stored) return;
  const { edited, state } = standing;
  if (state.missing.length > 0 && !decide)
    throw missingProblem(standing, await (await import('../history/renamed.ts')).renamedIn(state));
  if (edited.length > 0) throw await (await import('./standing/edited.ts')).editedProblem(client, project, edited);
}
