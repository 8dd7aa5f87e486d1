/** From a catalogue to the statements that make a database like it. */
import type { Item } from '../../catalogue/index.ts';
import { moduleOf, kindRank } from '../../catalogue/kinds/index.ts';
import type { Making } from '../../catalogue/kinds/kind.ts';
import type { Side } from '../../diff/side.ts';
import { droppingOf, makingOf } from '../../diff/statements.ts';
import type { BuildEntry } from './entry.ts';

/** The statements that make everything a catalogue tells of, in no order that could be relied on. */
export const entriesOf = (side: Side): BuildEntry[] =>
  [...side.catalogue.values()].flatMap((item) => entriesOfItem(item, side));

function entriesOfItem(item: Item, side: Side): BuildEntry[] {
  // A column goes with its table.
  const dropping = item.kind === 'column' ? undefined : droppingOf(item, side);
  const making = makingOf(item, side);
  return [...(making ? entriesOfMaking(making, commonTo(item), dropping?.sql) : []), ...takingBack(item)];
}

/** What all entries of one thing have. */
type Common = Pick<BuildEntry, 'key' | 'schema' | 'table' | 'rank' | 'part'>;

function commonTo(item: Item): Common {
  const { key, kind, schema, name, table = name } = item;
  const { part } = moduleOf(kind);
  const isPart = typeof part === 'function' ? part(item) : part === true;
  return { key, schema, table, rank: kindRank(kind), ...(isPart && { part: true as const }) };
}

/** How a thing comes: by itself, where its table had to be made without it, and what is said of it then. */
function entriesOfMaking(
  { create, instead, dormant, after = [], phase = 'structure' }: Making,
  common: Common,
  dropping: string | undefined,
): BuildEntry[] {
  const undo = dropping !== undefined && { undo: [dropping] };
  const entries: BuildEntry[] = [];
  if (create) entries.push({ ...common, phase, statements: create, ...undo, ...(instead && { instead }) });
  if (dormant) entries.push({ ...common, phase: 'attach', statements: dormant, dormant: true, ...undo });
  for (const step of after) entries.push({ ...common, phase: step.phase ?? 'attach', statements: [step.sql] });
  return entries;
}

/** What has to be taken back before a thing can go. */
function takingBack(item: Item): BuildEntry[] {
  const back = moduleOf(item.kind).undo?.(item) ?? [];
  return back.length > 0 ? [{ ...commonTo(item), phase: 'late', statements: [], undo: back.toReversed() }] : [];
}
