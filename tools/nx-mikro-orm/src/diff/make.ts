/** How an object comes: in MikroORM's own words where it has some, otherwise in ours. */
import type { Item } from '../catalogue/index.ts';
import { sequenceSaying, settings } from '../catalogue/kinds/column.ts';
import { adding, asConstraint } from '../catalogue/kinds/constraint.ts';
import type { Making } from '../catalogue/kinds/kind.ts';
import { nameOf, quoted } from '../catalogue/kinds/naming.ts';
import { tokensOf, valueOf } from '../sql/tokens.ts';
import type { Column } from './column.ts';
import { addColumn } from './columns.ts';
import { attachedKinds } from './drop.ts';
import { isWithoutParents } from './inherited.ts';
import { alterTable, opOf, type Op, type Phase } from './operation.ts';
import { asGiven } from './given-privileges.ts';
import { isOfType, ownerOf } from './side.ts';
import { alterOps, makingOf, saying } from './statements.ts';
import type { Transition, Made } from './target.ts';

/** With `late`, when all columns are as they should be. */
export function makeOps(change: Transition, key: string, late = false): Op[] {
  const item = change.to.catalogue.get(key);
  const making = item && makingOf(item, change.to, asGiven(change, item));
  if (!item || !making) return [];
  const { ownerIsNew, ownerIsMade } = ownerOfNew(change, item);
  const column = change.to.columns.get(key);
  const isOwn = column && (!column.inherited || isWithoutParents(column, change.to, change.from));
  if (isOwn && !ownerIsNew && !isOfType(column, change.to)) return columnOps(change, column);
  const made = item.kind === 'schema' ? schemaMade(item) : change.to.makes?.get(key);
  // What stands inside of a `create table` is made by itself where the table is there.
  const create = made?.statements ?? making.create ?? (ownerIsNew || column ? undefined : making.dormant);
  // It came with its table; MikroORM's own statements have all that is said of it.
  if (!create) return ownerIsMade ? [] : afterOps(key, making);
  const said = change.to.makes?.has(key) ? beyondModel(change, item) : afterOps(key, making);
  const ops = createOps(item, create, made, ownerIsNew, placeOf(item, making, made, late));
  // Of a table, what comes later would have to be known here.
  const instead = made || item.kind === 'table' ? undefined : making.instead;
  return [...(instead ? ops.map((op) => ({ ...op, instead })) : ops), ...said];
}

/** Whether what it hangs on comes with it, and whether that is in MikroORM's words. */
function ownerOfNew({ from, to }: Transition, item: Item): { ownerIsNew: boolean; ownerIsMade: boolean } {
  const owner = ownerOf(item, to.catalogue);
  const ownerIsNew = owner !== undefined && !from.catalogue.has(owner.key);
  return { ownerIsNew, ownerIsMade: ownerIsNew && to.makes?.has(owner.key) === true };
}

/** What waits until all structure is there. */
const afterOps = (key: string, { after = [] }: Making): Op[] =>
  after.map((step) => opOf(key, { ...step, phase: step.phase ?? 'attach' }, { phase: 'attach', rank: 8 }));

const placeOf = (
  item: Item,
  making: Making,
  made: Made | undefined,
  late: boolean,
): { phase: Phase; rank: number } => ({
  phase: late || attachedKinds.has(item.kind) ? 'attach' : 'structure',
  rank: (making.rank ?? 0) + (made?.rank ?? 0) / 1e6,
});

/** A column that comes to a table which is there. */
function columnOps(change: Transition, column: Column): Op[] {
  const { key, item } = column;
  const { comment: _, ...facts } = item.facts;
  return [
    ...addColumn(column, change.answers.column(key), waitsForFill(change, column)),
    ...[...settings(item, undefined), ...sequenceSaying(item, undefined)].map((step) =>
      opOf(key, step, { phase: 'attach', rank: 8 }),
    ),
    ...saying(undefined, { ...item, facts }).map((sql): Op => ({ key, phase: 'attach', rank: 8, statements: [sql] })),
  ];
}

/** What MikroORM's statements leave unsaid of a thing that is made anew: what somebody said of it by hand. */
function beyondModel({ from, to }: Transition, item: Item): Op[] {
  const model = to.models?.get(item.key);
  if (!model) return [];
  return (alterOps(model, item, from, to) ?? []).map((op) => ({ ...op, phase: 'attach', rank: Math.max(op.rank, 8) }));
}

/** Whether it is computed from a column whose rows get their values by an update: until then it would be null. */
const waitsForFill = ({ from, to, answers }: Transition, { schema, table, generated }: Column): boolean =>
  generated !== undefined &&
  [...to.columns.values()].some((column) => {
    const { fill, fillReads } = answers.column(column.key);
    const isUpdated = fill !== undefined && (fillReads || from.columns.has(column.key));
    return isUpdated && column.schema === schema && column.table === table && mentions(generated.as, column.name);
  });

/** Whether the server's text of an expression has the name in it, quoted or not. */
const mentions = (expression: string, name: string): boolean =>
  tokensOf(expression).some((token) => token.kind !== 'text' && valueOf(token) === name);

/** The runner makes the ledger's schema before any revision runs. */
const schemaMade = ({ name }: Item): Made => ({ statements: [`create schema if not exists ${quoted(name)}`], rank: 0 });

function createOps(
  item: Item,
  statements: readonly string[],
  made: Made | undefined,
  ownerIsNew: boolean,
  place: { phase: Phase; rank: number },
): Op[] {
  const constraint = asConstraint(item);
  // A foreign key takes a weaker lock, on two tables.
  if (constraint && constraint.facts.type !== 'foreign key' && !ownerIsNew && statements.length === 1)
    return [alterTable(item.key, nameOf(item.schema, item.table ?? ''), [made?.action ?? adding(constraint)], place)];
  return [{ key: item.key, ...place, statements: [...statements] }];
}
