/** Right, wrong, or loses data: what another tool made of an entry, measured by what ours made of it. */
import { compareCatalogues, describe, keyOf, withFacts, type Catalogue } from '../../src/catalogue/index.ts';
import { missingRows } from '../apparatus/rows.ts';
import { notBack } from '../apparatus/touched.ts';
import type { Change } from '../change.ts';
import type { Seen } from '../run.ts';
import { lossesOf } from './losses.ts';
import type { Facts } from './stock.ts';
import { oneLine } from './words.ts';

export const verdicts = ['right', 'wrong', 'loses data', 'not compared'] as const;

export interface Verdict {
  is: (typeof verdicts)[number];
  /** For all but `right`. What another program said is in `words`. */
  why?: string;
  words?: string;
}

/** What the page says of an entry. */
export interface Line extends Verdict {
  /** Ours does not do what the entry wants. */
  oursFails?: true;
  /** With `snapshot: false`, where that is not the same; asked only of what is not right. */
  withoutSnapshot?: Verdict['is'];
}

export const oursFailed = 'ours does not do what the entry wants';

/** Whether an entry has nothing to measure by; asked before stock runs. */
export function excluded(change: Change, ours: Seen): Verdict | undefined {
  if (change.refused) return { is: 'not compared', why: 'ours refuses it' };
  if (change.decisions?.some((text) => text.startsWith('keep ')))
    return { is: 'not compared', why: 'what the models drop is kept by an answer' };
  if (!ours.before || (!ours.after && !change.upFails)) return { is: 'not compared', why: oursFailed };
  return undefined;
}

/** Data that is lost on any of the ways goes before all else; then the first thing that is wrong. */
export function judge(change: Change, ours: Seen, facts: Facts): Verdict {
  const base = unfit(ours, facts);
  if (base) return base;
  return lost(change, ours, facts) ?? wrongUp(change, ours, facts) ?? wrongDown(change, ours, facts) ?? { is: 'right' };
}

const wrong = (why: string, words?: string): Verdict => ({ is: 'wrong', why, ...(words !== undefined && { words }) });

function unfit(ours: Seen, facts: Facts): Verdict | undefined {
  const out = (why: string, words?: string): Verdict => ({ ...wrong(why, words), is: 'not compared' });
  if (facts.unmade !== undefined) return out('stock does not make what was before', facts.unmade);
  const apart = ours.before && facts.before && differenceOf(ours.before.schema, facts.before.schema);
  return apart === undefined ? undefined : out('stock makes what was before otherwise', apart);
}

function lost(change: Change, ours: Seen, facts: Facts): Verdict | undefined {
  const { before, after, down } = facts;
  if (!before || !ours.before) return undefined;
  if (after) {
    const sides = { ours: { before: ours.before.rows, after: ours.after?.rows ?? ours.before.rows } };
    const [first] = lossesOf({ ...sides, theirs: { before: before.rows, after: after.rows } }, change);
    if (first !== undefined) return { is: 'loses data', why: `up loses ${first}` };
  }
  if (down && (ours.down ?? change.downFails)) {
    const [first] = missingRows(before.rows, down.rows, notBack(change), false);
    // Its name only: values may be times, which are others in every run.
    const table = first?.replace(/^table (.*) is gone$/, '$1').split(' held ')[0];
    if (table !== undefined) return { is: 'loses data', why: `down does not give back the rows of ${table}` };
  }
  return undefined;
}

function wrongUp(change: Change, ours: Seen, facts: Facts): Verdict | undefined {
  const { wrote, createFails, upFails, again, unmet } = facts;
  if (createFails !== undefined) return wrong('create fails', createFails);
  if (change.upFails && upFails !== undefined) return { is: 'right' };
  if (change.upFails)
    return wrong(wrote.length === 0 ? 'writes nothing' : 'up goes through, though the rows do not allow it');
  if (change.nothing && wrote.length > 0)
    return wrong('proposes a change where nothing differs', oneLine(wrote[0] ?? ''));
  if (upFails !== undefined) return wrong('up fails', upFails);
  const differs = ours.after && facts.after && differenceOf(ours.after.schema, facts.after.schema);
  if (differs) return wrong(wrote.length === 0 ? 'writes nothing' : 'the outcome differs', differs);
  if (again.length > 0) return wrong('proposes a change again', oneLine(again[0] ?? ''));
  // What an answer puts into the rows, nobody else can know.
  const told = [...(change.decisions ?? []), ...(change.volunteered ?? [])].some((text) =>
    /^(fill|map|using) /.test(text),
  );
  if (unmet.length > 0 && !told) return wrong('a query gives something else', oneLine(unmet[0] ?? ''));
  return undefined;
}

function wrongDown(change: Change, ours: Seen, facts: Facts): Verdict | undefined {
  const { downFails, down, before, upAgainFails, upAgain, after } = facts;
  if (change.downFails ? downFails !== undefined : !ours.down) return undefined;
  if (downFails !== undefined) return wrong('down fails', downFails);
  const back = before && down && differenceOf(before.schema, down.schema);
  if (back) return wrong('down does not give back what was before', back);
  if (upAgainFails !== undefined) return wrong('up fails after down', upAgainFails);
  const anew = after && upAgain && differenceOf(after.schema, upAgain);
  return anew ? wrong('up after down gives something else', anew) : undefined;
}

/** `timestamp(6)` keeps what `timestamp` keeps: the server has six digits at most. */
const plainTypes = (catalogue: Catalogue): Catalogue =>
  new Map(
    [...catalogue].map(([key, item]) => {
      const { type } = item.facts as { type?: string };
      const plain = type?.replace(/\b(time|timestamp|interval)\(6\)/, '$1');
      return [key, plain === type ? item : withFacts(item, { type: plain })];
    }),
  );

/** The smallest difference in words, and how many more there are; undefined where there is none. */
export function differenceOf(expected: Catalogue, found: Catalogue): string | undefined {
  const lines = compareCatalogues(plainTypes(expected), plainTypes(found))
    .filter(({ key }) => key !== keyOf('database', []))
    .map((difference) => oneLine(describe(difference)));
  const [first] = lines.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  return first && (lines.length > 1 ? `${first} (and ${lines.length - 1} more)` : first);
}
