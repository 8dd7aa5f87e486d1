import { problem } from '../errors.ts';
import { chainTo, onlyHead, type History } from './graph.ts';
import { lateIn, leftOut, type Skipped } from './late.ts';
import { nearestRevisions } from './nearest.ts';
import type { Linked, Step } from './revision.ts';

/** What to do with revisions that are not applied although something that builds on them is. */
export type Late = 'refuse' | 'allow' | 'skip';

/** Finds the revision that a full name, or an unambiguous part of one, means. @throws unknown-target, ambiguous-target */
export function findRevision(history: History, text: string): Linked {
  const found = lookUp(history, text);
  if (found) return found;
  const wanted = bare(text);
  const isMeant = (name: string) => name === wanted || (wanted !== '' && name.includes(wanted));
  throw problem('unknown-target', {
    target: text,
    nearest: nearestRevisions(
      wanted,
      history.order.map(({ name }) => name),
    ),
    replacedBy: history.order.find(({ replaces }) => replaces.some(isMeant))?.name,
  });
}

function lookUp(history: History, text: string): Linked | undefined {
  const wanted = bare(text);
  const exact = history.byName.get(wanted);
  if (exact) return exact;
  const matching = wanted === '' ? [] : history.order.filter(({ name }) => name.includes(wanted));
  if (matching.length > 1)
    throw problem('ambiguous-target', { target: text, matching: matching.map(({ name }) => name) });
  return matching[0];
}

const bare = (text: string): string => text.replace(/\.[mc]?[jt]s$/, '');

/**
 * Everything up to a target, in order: `head`, `base`, a name, an unambiguous part of one (such as its 14 digits), and any
 * of these with `-n` or `+n`: without its last n revisions, or with the n that come next. n may be larger than what there is.
 * @throws unknown-target, ambiguous-target, two-heads
 */
function upTo(history: History, text: string): Linked[] {
  if (text === 'base') return [];
  if (text === 'head') return chainTo(history, onlyHead(history));
  const found = lookUp(history, text);
  if (found) return chainTo(history, found.name);
  const [, from = '', sign = '', count] = /^(.+)([+-])(\d+)$/.exec(text) ?? [];
  // Where a name goes on like this, `add-3` is a mistyped `add-2` rather than three before `add`.
  if (!from || history.order.some(({ name }) => name.includes(from + sign)))
    return chainTo(history, findRevision(history, text).name);
  const chain = ['head', 'base'].includes(from)
    ? upTo(history, from)
    : chainTo(history, findRevision(history, from).name);
  if (sign === '-') return chain.slice(0, Math.max(0, chain.length - Number(count)));
  const inside = new Set(chain);
  const next = history.order.filter((revision) => !inside.has(revision)).slice(0, Number(count));
  return [...chain, ...next];
}

const nothing = /^[+-]0+$/;

/**
 * What `up <target>` has to run, given the names that count as applied: `head` (the default) is everything pending, `+n` the
 * next n, any other target what is pending up to it. Late revisions run first with `allow`; with `skip`, they and what
 * follows them are left out; with `refuse`, they are in their place, and it is the caller who refuses.
 * @throws unknown-target, ambiguous-target, two-heads, wrong-direction
 */
export function planUp(
  history: History,
  applied: ReadonlySet<string>,
  target = 'head',
  { late }: { late: Late } = { late: 'refuse' },
): Step[] {
  onlyHead(history);
  const pending = inTurn(history, applied, late);
  if (nothing.test(target)) return [];
  const ahead = /^\+(\d+)$/.exec(target);
  if (ahead) return steps(pending.slice(0, Number(ahead[1])), 'up');
  if (target === 'base' || target.startsWith('-')) throw problem('wrong-direction', { command: 'up', target });
  const wanted = new Set(upTo(history, target));
  return steps(
    pending.filter((revision) => wanted.has(revision)),
    'up',
  );
}

function inTurn(history: History, applied: ReadonlySet<string>, policy: Late): Linked[] {
  const pending = history.order.filter(({ name }) => !applied.has(name));
  if (policy === 'refuse') return pending;
  const late = lateIn(history, applied);
  if (policy === 'skip') {
    const out = leftOut(pending, late);
    return pending.filter(({ name }) => !out.has(name));
  }
  const first = new Set(late.map(({ revision }) => revision));
  return [...pending.filter((revision) => first.has(revision)), ...pending.filter((revision) => !first.has(revision))];
}

/** What `up <target>` leaves out where late revisions are skipped, in order. @throws as {@link planUp} does */
export function skippedUp(history: History, applied: ReadonlySet<string>, target = 'head'): Skipped[] {
  const pending = history.order.filter(({ name }) => !applied.has(name));
  const out = leftOut(pending, lateIn(history, applied));
  if (out.size === 0 || nothing.test(target)) return [];
  const ahead = /^\+(\d+)$/.exec(target);
  // Of the next n, what comes before the last of them.
  const last = ahead && pending.filter(({ name }) => !out.has(name))[Number(ahead[1]) - 1];
  const wanted = ahead ? pending.slice(0, last ? pending.indexOf(last) : undefined) : upTo(history, target);
  return wanted.flatMap(({ name }) => out.get(name) ?? []);
}

/**
 * What `down <target>` has to run: `-n` (the default is -1) the newest n, `base` everything, any other target everything
 * after it. Going below base is no error: what there is gets reverted.
 * @throws unknown-target, ambiguous-target, two-heads, wrong-direction, target-not-applied
 */
export function planDown(history: History, applied: ReadonlySet<string>, target = '-1'): Step[] {
  if (nothing.test(target)) return [];
  const newestFirst = history.order.filter(({ name }) => applied.has(name)).reverse();
  const back = /^-(\d+)$/.exec(target);
  if (back) return steps(newestFirst.slice(0, Number(back[1])), 'down');
  if (target.startsWith('+')) throw problem('wrong-direction', { command: 'down', target });
  const wanted = upTo(history, target);
  const to = wanted.at(-1)?.name;
  if (to !== undefined && !applied.has(to)) throw problem('target-not-applied', { target: to });
  const kept = new Set(wanted);
  return steps(
    newestFirst.filter((revision) => !kept.has(revision)),
    'down',
  );
}

const steps = (revisions: readonly Linked[], direction: Step['direction']): Step[] =>
  revisions.map((revision) => ({ revision, direction }));
