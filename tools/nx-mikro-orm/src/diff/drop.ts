/** What goes: in which statement, and when. */
import { keyOf, type Catalogue, type Item, type Kind } from '../catalogue/index.ts';
import { asConstraint } from '../catalogue/kinds/constraint.ts';
import { asTable } from '../catalogue/kinds/table.ts';
import { nameOf, quoted } from '../catalogue/kinds/naming.ts';
import { tableOf, type Column } from './column.ts';
import { alterTable, opOf, type Op, type Phase } from './operation.ts';
import type { DiffPlan } from './plan.ts';
import { isWithoutParents } from './inherited.ts';
import { isOfType, ownerOf } from './side.ts';
import { droppingOf, undoing } from './statements.ts';

/** Kinds that hang on a table or read one: they go before it changes, and come when it has. */
export const attachedKinds: ReadonlySet<Kind> = new Set([
  'constraint',
  'index',
  'statistics',
  'rule',
  'trigger',
  'policy',
  'view',
  'materialized view',
]);

/**
 * Rules, triggers and policies before the view or table that would take them along; views before what they read; foreign keys
 * before the keys that they point at.
 */
export const dropRank = (item: Item): number => {
  if (['rule', 'trigger', 'policy'].includes(item.kind)) return 0;
  if (['view', 'materialized view'].includes(item.kind)) return 0.5;
  if (asConstraint(item)?.facts.type === 'foreign key') return 1;
  return item.kind === 'constraint' ? 2 : 3;
};

/** What holds rows or values is dropped by name, even where it would go along: nothing of it goes unsaid. */
export const holdsValues = ({ kind }: Item): boolean => ['table', 'foreign table', 'column', 'sequence'].includes(kind);

/** Whether one table is a partition of the other. */
export const isPartitionOf = (item: Item, { kind, schema = 'public', name }: Item): boolean => {
  const [home, parent] = asTable(item)?.facts['partition of']?.parent ?? [];
  return kind === 'table' && home === schema && parent === name;
};

export const isPartition = (item: Item): boolean => asTable(item)?.facts['partition of'] !== undefined;

export function goneOps(plan: DiffPlan, item: Item): Op[] {
  if (item.kind === 'schema' && plan.schemaStays(item.name)) return [];
  if (goesWithParent(plan, item)) return [];
  const column = plan.from.columns.get(item.key);
  if (column) return goneColumn(plan, column);
  const phase = attachedKinds.has(item.kind) ? 'away' : 'gone';
  const drops = dropOps(plan, item, { phase, rank: lastRanks[item.kind] ?? dropRank(item) });
  if (isReferenced(plan.from.catalogue, item))
    return drops.map((op) => ({ ...op, statements: [...detaching(item), ...op.statements] }));
  return drops.map((op) => besideParent(plan, item, op));
}

function goneColumn(plan: DiffPlan, column: Column): Op[] {
  const staysBehind = isWithoutParents(column, plan.from, plan.to);
  if ((column.inherited && !staysBehind) || isOfType(column, plan.from)) return [];
  return [
    alterTable(column.key, tableOf(column), [`drop column ${quoted(column.name)}`], {
      phase: staysBehind || valuesMove(plan, column) ? 'gone' : 'structure',
      // Up to PostgreSQL 14, a computed column goes along with what it reads, and could not be dropped after it.
      rank: column.generated ? 0 : 1,
    }),
  ];
}

/**
 * A key of a partition whose index is a part of the parent's: neither of the two goes without the other, but while the partition
 * is a table of its own.
 */
function besideParent({ from: { catalogue } }: DiffPlan, item: Item, op: Op): Op {
  const partition = asConstraint(item)?.facts['part of'] && ownerOf(item, catalogue);
  const place = asTable(partition)?.facts['partition of'];
  if (!partition || !place) return op;
  const { alter: _, ...alone } = op;
  const named = nameOf(partition.schema, partition.name);
  const again = `alter table ${nameOf(...place.parent)} attach partition ${named} ${place.bound}`;
  return { ...alone, statements: [...detaching(partition), ...op.statements, again] };
}

/** A foreign key that references the parent of a partition hangs on the partition as well, until that is detached. */
const isReferenced = (catalogue: Catalogue, item: Item): boolean => {
  const parent = asTable(item)?.facts['partition of']?.parent;
  if (!parent) return false;
  const isTarget = [...catalogue.values()].some(
    (other) => JSON.stringify(asConstraint(other)?.facts.references?.table) === JSON.stringify(parent),
  );
  const above = catalogue.get(keyOf('table', parent));
  return isTarget || (above !== undefined && isReferenced(catalogue, above));
};

const detaching = (item: Item): string[] => {
  const parent = asTable(item)?.facts['partition of']?.parent;
  return parent ? [`alter table ${nameOf(...parent)} detach partition ${nameOf(item.schema, item.name)}`] : [];
};

/** Tables before what their columns need, schemas last. */
const lastRanks: Partial<Record<Item['kind'], number>> = {
  table: 0,
  'foreign table': 0,
  function: 2,
  domain: 2,
  type: 3,
  schema: 9,
};

export function dropOps(plan: DiffPlan, item: Item, place: { phase: Phase; rank: number }): Op[] {
  const dropping = droppingOf(item, plan.from);
  // What is no object of its own is taken back before anything new comes that it would be said of.
  if (!dropping) return undoing(item).map((sql) => ({ key: item.key, phase: 'away', rank: 0, statements: [sql] }));
  return [{ ...opOf(item.key, dropping, place), ...(!holdsValues(item) && { drops: true }) }];
}

/** Whether it is a partition of a table that goes as well. */
const goesWithParent = ({ gone }: DiffPlan, item: Item): boolean => gone.some((other) => isPartitionOf(item, other));

/** Whether some column of the table gets its values from the others. */
const valuesMove = (plan: DiffPlan, { schema, table }: Column): boolean =>
  [...plan.to.columns.values()].some(
    (column) =>
      column.schema === schema && column.table === table && plan.answers.column(column.key).fillReads === true,
  );
