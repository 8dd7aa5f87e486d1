/** When a statement may run at the earliest. */

/**
 * What is in the way goes first; values move while both the old and the new columns are there; what guards values comes when
 * they are as they should be. What gives privileges to things still to come, or watches statements, comes last.
 */
export const phases = ['away', 'structure', 'fill', 'tighten', 'gone', 'attach', 'late', 'last'] as const;
export type Phase = (typeof phases)[number];
