/** What the server did not take, whatever came before: by hand, it is for its author to see to. */
import { keyOf } from '../catalogue/index.ts';
import { firstLine, problem } from '../errors.ts';
import { isTouched, type Handwork } from '../diff/handwork.ts';
import type { Stuck } from './schedule.ts';
import type { Refusal } from './attempt.ts';

/** The key of a publication that has the column: the server does not say so in its message, and others cannot be asked for. */
const publicationIn = ({ detail = '' }: Refusal): string[] =>
  [...detail.matchAll(/in publication "?(.+?)"?(?: depends on |\.?$)/gm)].map(([, name]) =>
    keyOf('publication', [name]),
  );

/** What the server says beside its message, such as what depends on what. */
const inBrackets = ({ detail }: Refusal): string => (detail ? ` (${detail.replaceAll('\n', '; ')})` : '');

/** @throws handwork-in-the-way, proof-failed */
export function assertNone(stage: string, stuck: readonly Stuck[], handwork: Handwork): void {
  if (stuck.length === 0) return;
  const lines = stuck.map(({ op, refusal }) => `${op.key}: ${firstLine(refusal)}${inBrackets(refusal)}`);
  const byHandOf = stuck.map(({ op, refusal }) =>
    [op.key, ...publicationIn(refusal)].filter((key) => isTouched(handwork, key)),
  );
  // What comes later may only be refused because the first is.
  if (byHandOf[0]?.length)
    throw problem('handwork-in-the-way', { keys: [...new Set(byHandOf.flat())], reasons: lines });
  throw problem('proof-failed', {
    stage: `${stage} fails`,
    differences: stuck.flatMap(({ op }, at) => [lines[at] ?? '', ...op.statements]),
  });
}
