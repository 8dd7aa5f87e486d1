import { problem } from '../errors.ts';
import { nearestRevisions } from './nearest.ts';

/** The name that a full name, or an unambiguous part of one, means. @throws unknown-target, ambiguous-target */
export function findName(names: readonly string[], text: string): string {
  const wanted = text.replace(/\.[mc]?[jt]s$/, '');
  if (names.includes(wanted)) return wanted;
  const matching = wanted === '' ? [] : names.filter((name) => name.includes(wanted));
  const [only, second] = matching;
  if (second !== undefined) throw problem('ambiguous-target', { target: text, matching });
  if (only === undefined) throw problem('unknown-target', { target: text, nearest: nearestRevisions(wanted, names) });
  return only;
}
