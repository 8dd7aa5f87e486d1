import type { HeldTime } from '../finding.ts';

/** A range, as it is said: `31 s to 3 min`. */
export const rangeOf = ({ from, to }: HeldTime): string => `${durationText(from)} to ${durationText(to)}`;

/** So many seconds, as they are said. */
export function durationText(seconds: number): string {
  if (seconds < 0.01) return '0.01 s';
  if (seconds < 10) return `${Number(seconds.toPrecision(2))} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}
