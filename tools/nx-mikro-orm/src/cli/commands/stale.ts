import { typed } from '../../errors.ts';
import type { Sizes } from '../../review/held/sizes.ts';
import { staleDays } from '../../review/stats/stats.ts';

/** Figures that were taken too long ago, as a line. */
export function staleLines(sizes: Sizes | undefined): string[] {
  const days = sizes && staleDays(sizes.stats, new Date());
  return days === undefined ? [] : [`careful  ${sizes?.source} is ${days} days old; take it anew: ${typed('stats')}`];
}
