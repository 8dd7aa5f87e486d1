import { problem } from '../errors.ts';

/** Edits between two words: insert, delete, replace, or swap two neighbours (optimal string alignment). */
export function distance(left: string, right: string): number {
  const rows: number[][] = [Array.from({ length: right.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= left.length; i++) {
    const row = [i];
    for (let j = 1; j <= right.length; j++) {
      const same = left[i - 1] === right[j - 1];
      let best = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      if (swapped) best = Math.min(best, rows[i - 2]![j - 2]! + 1);
      row.push(best);
    }
    rows.push(row);
  }
  return rows[left.length]![right.length]!;
}

/**
 * The candidates that a mistyped word may have meant, best first, three at most: those that begin with it, that contain
 * it, or that are a few edits away (also in one of their parts, for long names such as `Migration…_add_teacher_email`).
 */
export function nearest(word: string, candidates: Iterable<string>): string[] {
  const typed = word.toLowerCase();
  if (!typed) return [];
  const allowed = Math.max(1, Math.min(4, Math.floor(typed.length / 2.5)));
  return [...new Set(candidates)]
    .map((candidate) => ({ candidate, rank: rank(typed, candidate.toLowerCase(), allowed) }))
    .filter(({ rank }) => rank < Infinity)
    .sort((a, b) => a.rank - b.rank || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

function rank(typed: string, candidate: string, allowed: number): number {
  const edits = distance(typed, candidate);
  if (edits === 0) return 0;
  if (candidate.startsWith(typed)) return 0.5;
  if (edits <= 1) return 0.75;
  if (typed.length > 1 && candidate.includes(typed)) return 1;
  if (candidate.length > 2 && typed.startsWith(candidate)) return 1.5;
  const parts = candidate.split(/[^\p{L}\p{N}]+/u);
  const words = typed.split(/[^\p{L}\p{N}]+/u).length;
  let best = edits;
  for (let start = 0; parts.length > 1 && start + words <= parts.length; start++) {
    best = Math.min(best, distance(typed, parts.slice(start, start + words).join('_')) + 0.5);
  }
  return best <= allowed + 0.5 ? 2 + best : Infinity;
}

/** The three revision names that come nearest to a word, however far: by the part of the name that people read. */
export function nearestRevisions(word: string, names: readonly string[]): string[] {
  const readable = (name: string) => name.toLowerCase().replace(/^migration\d*_?/, '');
  const wanted = readable(word) || word.toLowerCase();
  const far = [...names].sort((a, b) => distance(wanted, readable(a)) - distance(wanted, readable(b)));
  return [...new Set([...nearest(word, names), ...far])].slice(0, 3);
}

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
