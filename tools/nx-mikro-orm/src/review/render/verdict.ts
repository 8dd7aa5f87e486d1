/** Whether to merge, and why: the first sentence of everything that shows a plan. */
import { lossLines } from '../../rehearsal/loss.ts';
import type { ReviewedPlan } from '../target.ts';
import { countsOf } from './counts.ts';

export function verdictOf({ steps, unjudged, loss }: ReviewedPlan): { isReady: boolean; why: string } {
  const findings = steps.flatMap((step) => step.findings);
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) return { isReady: false, why: `${countsOf(errors)} would stop, break or lose something.` };
  if (unjudged.length > 0) return { isReady: false, why: 'not everything could be judged.' };
  if (steps.length === 0) return { isReady: true, why: 'nothing is to be done.' };
  const isSomething = findings.length > 0 || (loss !== null && lossLines(loss).length > 0);
  return { isReady: true, why: isSomething ? 'there is something to look at before.' : 'nothing was found.' };
}
