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

/** The server's words. */
export const reasonOf = ({ refusal }: Stuck): string => `${firstLine(refusal)}${inBrackets(refusal)}`;

/** Whether what is refused, or what it is refused for, was made by hand. */
export const isInTheWay = (stuck: Stuck, handwork: Handwork): boolean => byHandOf(stuck, handwork).length > 0;

const byHandOf = ({ op, refusal }: Stuck, handwork: Handwork): string[] =>
  [op.key, ...publicationIn(refusal)].filter((key) => isTouched(handwork, key));

/** @throws handwork-in-the-way, proof-failed */
export function assertNone(stage: string, stuck: readonly Stuck[], handwork: Handwork): void {
  if (stuck.length === 0) return;
  const lines = stuck.map((one) => `${one.op.key}: ${reasonOf(one)}`);
  const byHand = stuck.map((one) => byHandOf(one, handwork));
  // What comes later may only be refused because the first is.
  if (byHand[0]?.length) throw problem('handwork-in-the-way', { keys: [...new Set(byHand.flat())], reasons: lines });
  throw problem('proof-failed', {
    stage: `${stage} fails`,
    differences: stuck.flatMap(({ op }, at) => [lines[at] ?? '', ...op.statements]),
  });
}
