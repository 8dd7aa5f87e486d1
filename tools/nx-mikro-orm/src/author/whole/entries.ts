/** From a catalogue to the statements that make a database like it. */
import type { Item } from '../../catalogue/index.ts';
import { moduleOf, rankOf } from '../../catalogue/kinds/index.ts';
import type { Side } from '../../diff/side.ts';
import { droppingOf, makingOf } from '../../diff/statements.ts';
import type { Entry } from './entry.ts';

/** The statements that make everything a catalogue tells of, in no order that could be relied on. */
export const entriesOf = (side: Side): Entry[] =>
  [...side.catalogue.values()].flatMap((item) => entriesOfItem(item, side));

function entriesOfItem(item: Item, side: Side): Entry[] {
  const module = moduleOf(item.kind);
  const making = makingOf(item, side);
  const isPart = typeof module.part === 'function' ? module.part(item) : module.part === true;
  const common = {
    key: item.key,
    schema: item.schema,
    table: item.table ?? item.name,
    rank: rankOf(item.kind),
    ...(isPart && { part: true as const }),
  };
  const phase = making?.phase ?? 'structure';
  // A column goes with its table.
  const dropping = item.kind === 'column' ? undefined : droppingOf(item, side);
  const undo = dropping && { undo: [dropping.sql] };
  const entries: Entry[] = [];
  if (making?.create)
    entries.push({
      ...{ ...common, phase, statements: making.create, ...undo },
      ...(making.instead && { instead: making.instead }),
    });
  if (making?.dormant) entries.push({ ...common, phase: 'attach', statements: making.dormant, dormant: true, ...undo });
  for (const step of making?.after ?? [])
    entries.push({ ...common, phase: step.phase ?? 'attach', statements: [step.sql] });
  const back = module.undo?.(item) ?? [];
  if (back.length > 0) entries.push({ ...common, phase: 'late', statements: [], undo: back.toReversed() });
  return entries;
}
