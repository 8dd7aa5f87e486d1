import { problem } from '../errors.ts';
import { chainTo, onlyHead, type History } from './graph.ts';
import { nearestRevisions } from './nearest.ts';
import type { Linked, Step } from './revision.ts';

/** Finds the revision that a full name, or an unambiguous part of one, means. @throws unknown-target, ambiguous-target */
export function findRevision(history: History, text: string): Linked {
  const wanted = text.replace(/\.[mc]?[jt]s$/, '');
  const exact = history.byName.get(wanted);
  if (exact) return exact;
  const matching = wanted === '' ? [] : history.order.filter(({ name }) => name.includes(wanted));
  if (matching.length > 1)
    throw problem('ambiguous-target', { target: text, matching: matching.map(({ name }) => name) });
  if (matching[0]) return matching[0];
  throw problem('unknown-target', {
    target: text,
    nearest: nearestRevisions(
      wanted,
      history.order.map(({ name }) => name),
    ),
  });
}

/**
 * What `up <target>` has to run, given the names that the ledger says are applied.
 * `head` (the default) is everything pending, `+n` the next n, a name everything up to it.
 */
export type Late = 'refuse' | 'allow' | 'skip';
export function planUp(
  history: History,
  applied: ReadonlySet<string>,
  target = 'head',
  _: { late: Late } = { late: 'refuse' },
): Step[] {
  const head = onlyHead(history);
  const pending = history.order.filter(({ name }) => !applied.has(name));
  const ahead = /^\+(\d+)$/.exec(target);
  if (target === 'head' || target === head) return steps(pending, 'up');
  if (ahead) return steps(pending.slice(0, Number(ahead[1])), 'up');
  if (target === 'base' || target.startsWith('-')) throw problem('wrong-direction', { command: 'up', target });
  const wanted = new Set(chainTo(history, findRevision(history, target).name));
  return steps(
    pending.filter((revision) => wanted.has(revision)),
    'up',
  );
}

/**
 * What `down <target>` has to run: `-n` (the default is -1) the newest n, `base` everything, a name everything after it.
 * Going below base is no error: what there is gets reverted.
 */
export function planDown(history: History, applied: ReadonlySet<string>, target = '-1'): Step[] {
  const newestFirst = history.order.filter(({ name }) => applied.has(name)).reverse();
  const back = /^-(\d+)$/.exec(target);
  if (back) return steps(newestFirst.slice(0, Number(back[1])), 'down');
  if (target === 'base') return steps(newestFirst, 'down');
  if (target.startsWith('+')) throw problem('wrong-direction', { command: 'down', target });
  const to = target === 'head' ? onlyHead(history) : findRevision(history, target).name;
  if (to !== undefined && !applied.has(to)) throw problem('target-not-applied', { target: to });
  const kept = new Set(chainTo(history, to));
  return steps(
    newestFirst.filter((revision) => !kept.has(revision)),
    'down',
  );
}

const steps = (revisions: Linked[], direction: Step['direction']): Step[] =>
  revisions.map((revision) => ({ revision, direction }));
