/** Where a revision that `create` did not write comes from. */
import type { Linked } from './revision.ts';

/** What stands in a revision's `byHand` where no model describes anything that it makes. */
export const everything = '*';

/**
 * Names of the revisions from before `create`: stock MikroORM's, which say nothing of what they follow, and those by hand that no
 * revision of `create` comes before. Models may have described what they make.
 */
export function beforeCreate(chain: readonly Linked[]): ReadonlySet<string> {
  const first = chain.findIndex(({ generated }) => generated !== undefined);
  const isEarly = ({ link, byHand, generated }: Linked, at: number): boolean =>
    generated === undefined && !byHand.includes(everything) && (link === undefined || first < 0 || at < first);
  return new Set(chain.filter(isEarly).map(({ name }) => name));
}
