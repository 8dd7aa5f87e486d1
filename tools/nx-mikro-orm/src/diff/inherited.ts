/** Columns that come from a parent: what they have of their own, beside what they take over when the parent's changes. */
import { isSame, keyOf } from '../catalogue/index.ts';
import { factOf } from '../catalogue/item.ts';
import {
  parentColumn,
  parentsOf,
  saidDefault,
  settings,
  type ColumnFacts,
  type ColumnItem,
} from '../catalogue/kinds/column.ts';
import { defaultText, nameOf, quoted } from '../catalogue/kinds/naming.ts';
import type { Column } from './column.ts';
import { alterTable, opOf, type Op } from './operation.ts';
import { ownerOf, type Side } from './side.ts';
import { saying } from './statements.ts';

/**
 * Whether a column of one side that comes from parents has to come or go by itself: its table is there on the other side, and
 * has none of these parents there.
 */
export function isWithoutParents({ inherited, item }: Column, side: Side, other: Side): boolean {
  const owner = inherited ? ownerOf(item, side.catalogue) : undefined;
  const there = owner && other.catalogue.get(owner.key);
  if (!owner || !there) return false;
  const kept = new Set(parentsOf(there).map((names) => nameOf(...names)));
  const sources = parentsOf(owner).filter((names) => side.catalogue.has(keyOf('column', [...names, item.name])));
  return sources.every((names) => !kept.has(nameOf(...names)));
}

/** What is said of the column alone, when all that it comes from is as it should be. */
export function inheritedOps(before: Side, after: Side, from: Column, to: Column): Op[] {
  const { key, item } = to;
  const now = whenParentIs(before, after, from.item, item);
  const place = { phase: 'structure' as const, rank: 6 + depthOf(item, after) / 100 };
  const alter = (action: string, rank = place.rank) =>
    alterTable(key, nameOf(to.schema, to.table), [`alter column ${quoted(to.name)} ${action}`], { ...place, rank });
  const value = saidDefault(item);
  const isComputed = to.generated !== undefined || to.identity !== undefined;
  const [had, parents] = [saidDefault(from.item), parentColumn(from.item, before)];
  // A default is no value of the new type by itself; the parent's own is seen to there.
  const isInTheWay = from.type !== to.type && had !== undefined && parents && had !== saidDefault(parents);
  return [
    ...(isInTheWay && !isComputed ? [alter('drop default', 1)] : []),
    ...(isComputed || now.default === value
      ? []
      : [alter(value === undefined ? 'drop default' : `set default ${defaultText(value, to.type)}`)]),
    ...(now['not null'] === item.facts['not null'] ? [] : [alter(`${to.notNull ? 'set' : 'drop'} not null`)]),
    ...settings(item, { ...item, facts: now }).map((step) => opOf(key, { ...step, rank: place.rank }, place)),
    ...saying(from.item, item).map((sql): Op => ({ key, phase: 'attach', rank: 8, statements: [sql] })),
  ];
}

/** What inherited columns had and keep, where a statement about a parent's column says otherwise. */
export const overriddenOps = (before: Side, after: Side): Op[] =>
  [...after.columns.values()].flatMap((to) => {
    const from = before.columns.get(to.key);
    return to.inherited && from?.inherited && isSame(from.item, to.item) ? inheritedOps(before, after, from, to) : [];
  });

type Taken = 'default' | 'not null' | 'storage' | 'statistics';

/** What a statement about the parent's column says of those that come from it as well (tablecmds.c, "ATPrepCmd"). */
const takenOver: readonly Taken[] = ['default', 'not null', 'storage', 'statistics'];

/** The facts of a column when that of its parent has been changed. */
function whenParentIs(before: Side, after: Side, from: ColumnItem, to: ColumnItem): ColumnFacts {
  const parent = parentColumn(to, after);
  const now: Record<string, unknown> = { ...from.facts, default: saidDefault(from) };
  for (const fact of takenOver)
    if (parent && isSaidAbove(before, after, from, to, fact)) now[fact] = valueOf(parent, fact);
  return now as unknown as ColumnFacts;
}

const valueOf = (item: ColumnItem, fact: Taken): unknown =>
  fact === 'default' ? saidDefault(item) : factOf(item, fact);

/** Whether a statement about a column above says something of a fact: where it changes there, or is said again. */
function isSaidAbove(before: Side, after: Side, from: ColumnItem, to: ColumnItem, fact: Taken): boolean {
  const [was, is] = [parentColumn(from, before), parentColumn(to, after)];
  if (!was || !is) return false;
  const changes = valueOf(was, fact) !== valueOf(is, fact) || (fact === 'default' && was.facts.type !== is.facts.type);
  return changes || isSaidAbove(before, after, was, is, fact);
}

/** How many tables stand above that of a column. */
function depthOf(item: ColumnItem, side: Side): number {
  const parent = parentColumn(item, side);
  return parent ? 1 + depthOf(parent, side) : 0;
}
