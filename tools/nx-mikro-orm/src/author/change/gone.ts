/** What goes: in which statement, and when. */
import type { Item } from '../../catalogue/index.ts';
import type { Column } from './column.ts';
import { tableOf } from './columns.ts';
import { nameOf, quoted } from './names.ts';
import { attachedKinds, dropStatement } from './objects.ts';
import { alterTable, type Op } from './op.ts';
import type { Plan } from './plan.ts';
import { isPartitionOf } from './tables.ts';

/** Views before what they read, triggers and policies before columns, foreign keys before the keys that they point at. */
export const rankOf = ({ kind, definition }: Item): number =>
  ['view', 'materialized view', 'rule', 'trigger', 'policy'].includes(kind)
    ? 0
    : definition.startsWith('FOREIGN KEY')
      ? 1
      : kind === 'constraint'
        ? 2
        : 3;

export function goneOps(plan: Plan, item: Item): Op[] {
  if (item.kind === 'schema' && plan.schemaStays(item.name)) return [];
  const column = item.kind === 'column' ? plan.from.columns.get(item.key) : undefined;
  if (column?.inherited || goesWithParent(plan, item)) return [];
  if (column)
    return [
      alterTable(item.key, tableOf(column), [`drop column ${quoted(column.name)}`], {
        phase: valuesMove(plan, column) ? 'gone' : 'structure',
        // Up to PostgreSQL 14, a computed column goes along with what it reads, and could not be dropped after it.
        rank: column.generated ? 0 : 1,
      }),
    ];
  const phase = attachedKinds.has(item.kind) ? 'away' : 'gone';
  return dropOps(plan, item, { phase, rank: lastRanks[item.kind] ?? rankOf(item) });
}

/** Tables before what their columns need, schemas last. */
const lastRanks: Partial<Record<Item['kind'], number>> = {
  table: 0,
  'foreign table': 0,
  function: 2,
  domain: 2,
  type: 3,
  schema: 9,
};

export function dropOps(plan: Plan, item: Item, place: Pick<Op, 'phase' | 'rank'>): Op[] {
  const { key, kind, schema, table, name } = item;
  if (kind === 'constraint' && table !== undefined)
    return [alterTable(key, nameOf(schema, table), [`drop constraint ${quoted(name)}`], place)];
  const statement = dropStatement(item) ?? plan.from.entries.get(key)?.find(({ undo }) => undo)?.undo?.[0];
  return statement === undefined ? [] : [{ key, ...place, statements: [statement] }];
}

/** Whether it is a partition of a table that goes as well. */
const goesWithParent = ({ gone }: Plan, item: Item): boolean => gone.some((other) => isPartitionOf(item, other));

/** Whether some column of the table gets its values from the others. */
const valuesMove = (plan: Plan, { schema, table }: Column): boolean =>
  [...plan.to.columns.values()].some(
    (column) =>
      column.schema === schema && column.table === table && plan.answers.column(column.key).fillReads === true,
  );
