/** Sequences that were on their own and become a column's, or the other way: they stay, with their counters. */
import { keyOf, withFacts, type Item } from '../catalogue/index.ts';
import { factOf } from '../catalogue/item.ts';
import type { ColumnFacts } from '../catalogue/kinds/column.ts';
import { nameOf } from '../catalogue/kinds/naming.ts';
import { changedSequence, owning, type Owner, type Parameters } from '../catalogue/kinds/sequence.ts';
import { columnName, type Column, type Sequence } from './column.ts';
import { useSequence } from './columns.ts';
import type { Op } from './operation.ts';
import type { Side } from './side.ts';
import { saying } from './statements.ts';

/** The key that a column's sequence would have on its own; undefined where it has none, and for identity. */
const freeKey = ({ sequence, identity }: Column): string | undefined =>
  sequence && !identity ? keyOf('sequence', [sequence.schema, sequence.name]) : undefined;

/** Keys of sequences that are on their own in one state and a column's in the other. */
export function passedSequences(from: Side, to: Side): Set<string> {
  const between = (own: Side, free: Side) =>
    [...own.columns.values()].flatMap((column) => {
      const key = freeKey(column);
      const other = free.columns.get(column.key);
      const passes = key !== undefined && other && free.catalogue.has(key) && !own.catalogue.has(key);
      return passes ? [key] : [];
    });
  return new Set([...between(to, from), ...between(from, to)]);
}

/** How a column takes a sequence that was on its own, or lets go of its own: what it was like then, and what happens. */
export interface Passing {
  from: Column;
  ops: Op[];
}

/** Undefined where no sequence passes. */
export function passingOf(before: Side, after: Side, from: Column, to: Column): Passing | undefined {
  const [old, next] = [from, to].map(freeKey);
  const taken = next === undefined ? undefined : before.catalogue.get(next);
  if (taken && next !== old && to.sequence) return take(from, to, to.sequence, taken);
  const released = old === undefined ? undefined : after.catalogue.get(old);
  return released && next !== old && from.sequence ? letGo(from, to, from.sequence, released) : undefined;
}

/** As if it had been its own: what is left are the parameters. */
function take(from: Column, to: Column, sequence: Sequence, free: Item): Passing {
  const { schema, name } = sequence;
  const item = {
    ...from.item,
    facts: {
      ...from.item.facts,
      sequence: free.facts,
      'sequence comment': factOf(free, 'comment'),
      'sequence privileges': factOf(free, 'privileges'),
    } as ColumnFacts,
  };
  const gives = ({ item }: Column) => item.layout.default === to.item.layout.default;
  return {
    from: { ...from, item, default: undefined, sequence: { ...(free.facts as Parameters), schema, name } },
    ops: [
      ...(gives(from) ? [] : useSequence(to, sequence)),
      op(to, 6, `alter sequence ${nameOf(schema, name)} owned by ${columnName(to)}`),
    ],
  };
}

/** As if its default had been an expression like others. It may stay the column's all the same, or become another one's. */
function letGo(from: Column, to: Column, sequence: Sequence, free: Item): Passing {
  const named = nameOf(sequence.schema, sequence.name);
  const changes = changedSequence(sequence, free.facts as Parameters).join(' ');
  const { 'sequence comment': comment, 'sequence privileges': privileges } = from.item.facts;
  const owner = factOf(free, 'owned by') as Owner | undefined;
  const stays = owner?.schema === to.schema && owner.table === to.table && owner.column === to.name;
  return {
    from: { ...from, default: from.item.layout.default, sequence: undefined },
    ops: [
      ...(stays ? [] : [op(to, 1, `alter sequence ${named} owned by none`)]),
      ...(owner && !stays ? [op(to, 6, owning(free as Item<Parameters>))] : []),
      ...(changes ? [op(to, 4, `alter sequence ${named} ${changes}`)] : []),
      ...saying(withFacts(free, { comment, privileges }), free).map((sql) => op(to, 7, sql)),
    ],
  };
}

const op = ({ key }: Column, rank: number, sql: string): Op => ({ key, phase: 'structure', rank, statements: [sql] });
