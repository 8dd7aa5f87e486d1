/** From one state of a schema to another: everything that has to happen, and when at the earliest. */
import type { Client, Item } from '../../catalogue/index.ts';
import { attempt } from '../ddl/attempt.ts';
import type { Column } from './column.ts';
import { alterColumn, isReplaced, tableOf } from './columns.ts';
import { dependentsOf, type Dependent, type Start } from './dependents.ts';
import { addedValues, columnsOf, labelsOf, onlyGrows, swapType } from './enums.ts';
import { defaultText, nameOf, quoted } from './names.ts';
import { argumentsOf, attachedKinds, bareName, dropStatement } from './objects.ts';
import { alterTable, type Op } from './op.ts';
import { alterPolicy } from './policies.ts';
import { isPartition, tableOps } from './tables.ts';
import { differs, ownerOf, type Change } from './target.ts';
import { makeOps, optionsByHand, replaceStatement } from './make.ts';

/** What happens to the items of the two sides. */
interface Plan extends Change {
  gone: Item[];
  made: Item[];
  changed: { from: Item; to: Item }[];
  /** To be dropped and made again, by key; `goesAlong` where the server drops it with something else. */
  replaced: Map<string, { item: Item; goesAlong: boolean }>;
  /** Enums to be made anew, by key. */
  swapped: Set<string>;
  /** Columns whose type changes, by key. */
  retyped: Set<string>;
}

export async function opsBetween(client: Client, change: Change): Promise<Op[]> {
  const plan = sort(change);
  await settleReplacements(client, plan);
  replaceReferences(plan);
  const dependents = await dependentsOf(client, startsOf(plan));
  const along = new Set(dependents.filter(({ goesAlong }) => goesAlong).map(({ key }) => key));
  const ops = [...followDependents(plan, dependents)];
  if (plan.replaced.size > 0 || plan.gone.some((item) => dropStatement(item) === undefined)) await change.from.load();
  for (const item of plan.gone) if (!along.has(item.key) || isData(item)) ops.push(...goneOps(plan, item));
  for (const { item, goesAlong } of plan.replaced.values()) {
    if (!goesAlong) ops.push(...dropOps(plan, item, { phase: 'away', rank: rankOf(item) }));
    ops.push(...makeOps(plan, item.key, item.kind !== 'column' && item.kind !== 'type'));
  }
  for (const { key } of plan.made) ops.push(...makeOps(plan, key));
  for (const { from, to } of plan.changed) ops.push(...changedOps(plan, from, to));
  return [...ops, ...change.answers.updates];
}

/** What holds rows or values is dropped by name, even where it would go along: nothing of it goes unsaid. */
const isData = ({ kind }: Item): boolean => kind === 'table' || kind === 'column' || kind === 'sequence';

function sort(change: Change): Plan {
  const { from, to } = change;
  const owned = (item: Item, own: Change['from'], other: Change['from']) => {
    const owner = ownerOf(item, own.catalogue);
    return owner !== undefined && !other.catalogue.has(owner.key);
  };
  const gone: Item[] = [];
  const changed: Plan['changed'] = [];
  for (const item of from.catalogue.values()) {
    const next = to.catalogue.get(item.key);
    // What hangs on a table that goes, goes with it.
    if (!next && !owned(item, from, to) && item.kind !== 'database') gone.push(item);
    if (next && differs(change, item, next)) changed.push({ from: item, to: next });
  }
  const made = [...to.catalogue.values()].filter(({ key, kind }) => !from.catalogue.has(key) && kind !== 'database');
  return { ...change, gone, made, changed, replaced: new Map(), swapped: new Set(), retyped: new Set() };
}

/** Decides which of the changed items have to be made anew; what the server can replace in place, it is asked. */
async function settleReplacements(client: Client, plan: Plan): Promise<void> {
  for (const { from, to } of plan.changed) {
    const replace = () => plan.replaced.set(from.key, { item: from, goesAlong: false });
    if (from.kind === 'column') {
      const [a, b] = [plan.from.columns.get(from.key), plan.to.columns.get(to.key)];
      if (a && b && (isReplaced(a, b) || plan.answers.column(to.key).anew)) replace();
      else if (a && b && a.type !== b.type) plan.retyped.add(from.key);
    } else if (from.kind === 'type') {
      const [a, b] = [labelsOf(from), labelsOf(to)];
      if (a && b && (plan.valuesAtOnce || !onlyGrows(a, b))) {
        if (a.join() !== b.join()) plan.swapped.add(from.key);
      } else if (!a || !b) replace();
    } else if (['view', 'function', 'procedure'].includes(from.kind)) {
      const statement = replaceStatement(plan, from.key);
      if (!statement || !(await isTaken(client, statement))) replace();
    } else if (from.kind === 'policy') {
      if (alterPolicy(from, to) === undefined) replace();
    } else if (!['table', 'schema', 'sequence', 'domain'].includes(from.kind)) replace();
  }
}

const integers: ReadonlySet<string> = new Set(['smallint', 'integer', 'bigint']);

/**
 * Foreign keys between columns that get another type: between the one and the other, the two do not fit. Integers of any
 * size do.
 */
function replaceReferences(plan: Plan): void {
  const changed = [...plan.retyped].flatMap((key) => {
    const [from, to] = [plan.from.columns.get(key), plan.to.columns.get(key)];
    return from && to && !(integers.has(from.type) && integers.has(to.type)) ? [from] : [];
  });
  if (changed.length === 0) return;
  for (const item of plan.from.catalogue.values()) {
    const [, own, target, referenced] =
      /^FOREIGN KEY \((.*?)\) REFERENCES (.*?)\((.*?)\)/.exec(item.definition.replaceAll('"', '')) ?? [];
    if (own === undefined || plan.replaced.has(item.key) || !plan.to.catalogue.has(item.key)) continue;
    const uses = changed.some(({ schema, table, name }) =>
      item.schema === schema && item.table === table && own.split(', ').includes(name)
        ? true
        : target === `${schema}.${table}` && referenced?.split(', ').includes(name),
    );
    if (uses) plan.replaced.set(item.key, { item, goesAlong: false });
  }
}

/** Whether the server would take a statement, as things are now. */
async function isTaken(client: Client, statement: string): Promise<boolean> {
  await client.query('savepoint question');
  const failure = await attempt(client, [{ statements: [statement] }]);
  await client.query('rollback to savepoint question');
  return failure === undefined;
}

function startsOf(plan: Plan): Start[] {
  const start = (item: Item, does: Start['does']): Start => ({
    kind: item.kind,
    schema: item.schema,
    table: item.table,
    name: bareName(item),
    arguments: argumentsOf(item),
    does,
  });
  const items = (keys: Iterable<string>) => [...keys].flatMap((key) => plan.from.catalogue.get(key) ?? []);
  return [
    ...plan.gone.map((item) => start(item, 'drop')),
    ...[...plan.replaced.values()].map(({ item }) => start(item, 'drop')),
    ...items(plan.swapped).map((item) => start(item, 'drop')),
    ...items(plan.retyped).map((item) => start(item, 'retype')),
  ].filter(({ kind }) => startKinds.has(kind));
}

const startKinds = new Set<Item['kind']>([
  'table',
  'foreign table',
  'view',
  'materialized view',
  'column',
  'constraint',
  'index',
  'type',
  'domain',
  'function',
  'procedure',
  'aggregate',
  'trigger',
  'policy',
  'rule',
  'schema',
  'sequence',
]);

/** What depends on the rest and stays in the end: it goes before, and is made again after. */
function followDependents(plan: Plan, dependents: readonly Dependent[]): Op[] {
  const ops: Op[] = [];
  for (const { key, goesAlong, isDefault } of dependents) {
    const item = plan.from.catalogue.get(key);
    if (!item || plan.replaced.has(key) || !plan.to.catalogue.has(key)) continue;
    const owner = ownerOf(item, plan.from.catalogue);
    if (owner && !plan.to.catalogue.has(owner.key)) continue;
    if (isDefault) ops.push(...defaultAnew(plan, key));
    else plan.replaced.set(key, { item, goesAlong });
  }
  return ops;
}

/** A default that depends on something which is made anew. */
function defaultAnew(plan: Plan, key: string): Op[] {
  const to = plan.to.columns.get(key);
  // A column that changes its type drops its default anyway.
  if (!to || plan.retyped.has(key) || plan.replaced.has(key) || isOfSwapped(plan, key)) return [];
  const alter = (what: string, phase: 'away' | 'attach') =>
    alterTable(key, tableOf(to), [`alter column ${quoted(to.name)} ${what}`], { phase, rank: 0 });
  return [
    alter('drop default', 'away'),
    ...(to.default === undefined ? [] : [alter(`set default ${defaultText(to.default)}`, 'attach')]),
  ];
}

const isOfSwapped = (plan: Plan, key: string): boolean =>
  [...plan.swapped].some((type) => {
    const item = plan.from.catalogue.get(type);
    return item !== undefined && columnsOf(item, plan.from.columns.values()).some((column) => column.key === key);
  });

/** Views before what they read, triggers and policies before columns, foreign keys before the keys that they point at. */
const rankOf = ({ kind, definition }: Item): number =>
  ['view', 'materialized view', 'rule', 'trigger', 'policy'].includes(kind)
    ? 0
    : definition.startsWith('FOREIGN KEY')
      ? 1
      : kind === 'constraint'
        ? 2
        : 3;

function goneOps(plan: Plan, item: Item): Op[] {
  if (item.kind === 'schema' && plan.schemaStays(item.name)) return [];
  const column = item.kind === 'column' ? plan.from.columns.get(item.key) : undefined;
  if (column?.inherited || goesWithParent(plan, item)) return [];
  if (column)
    return [
      alterTable(item.key, tableOf(column), [`drop column ${quoted(column.name)}`], {
        phase: valuesMove(plan, column) ? 'gone' : 'structure',
        rank: 1,
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

function dropOps(plan: Plan, item: Item, place: Pick<Op, 'phase' | 'rank'>): Op[] {
  const { key, kind, schema, table, name } = item;
  if (kind === 'constraint' && table !== undefined)
    return [alterTable(key, nameOf(schema, table), [`drop constraint ${quoted(name)}`], place)];
  const statement = dropStatement(item) ?? plan.from.entries.get(key)?.find(({ undo }) => undo)?.undo?.[0];
  return statement === undefined ? [] : [{ key, ...place, statements: [statement] }];
}

/** Whether it is a partition of a table that goes as well. */
function goesWithParent({ gone }: Plan, { definition }: Item): boolean {
  const parent = /^partition of (.*?) (?:FOR VALUES|DEFAULT)/m.exec(definition)?.[1]?.replaceAll('"', '');
  return (
    parent !== undefined && gone.some(({ kind, schema, name }) => kind === 'table' && `${schema}.${name}` === parent)
  );
}

/** Whether some column of the table gets its values from the others. */
const valuesMove = (plan: Plan, { schema, table }: Column): boolean =>
  [...plan.to.columns.values()].some(
    (column) =>
      column.schema === schema && column.table === table && plan.answers.column(column.key).fillReads === true,
  );

function changedOps(plan: Plan, from: Item, to: Item): Op[] {
  if (plan.replaced.has(from.key)) return [];
  const [a, b] = [plan.from.columns.get(from.key), plan.to.columns.get(to.key)];
  if (a && b) {
    if (a.inherited && b.inherited) return [];
    // Its type is made anew, and takes the column along.
    if (isOfSwapped(plan, from.key)) return [];
    // A comment by hand stays where the model has none.
    const comment = b.comment ?? (plan.beyondModels.has(from.key) ? a.comment : undefined);
    return alterColumn(a, { ...b, comment }, plan.answers.column(from.key));
  }
  if (from.kind === 'table')
    return isPartition(from) && isPartition(to) ? [] : tableOps(from, to, plan.beyondModels.has(from.key));
  if (from.kind === 'type') return enumOps(plan, from, to);
  const policy = from.kind === 'policy' ? alterPolicy(from, to) : undefined;
  if (policy) return [{ key: from.key, phase: 'attach', rank: 0, statements: [policy] }];
  const statement = replaceStatement(plan, from.key);
  if (!statement) return [];
  const options = plan.beyondModels.has(from.key) ? optionsByHand(from) : [];
  return [{ key: from.key, phase: 'structure', rank: 7, statements: [statement, ...options] }];
}

function enumOps(plan: Plan, from: Item, to: Item): Op[] {
  const [a, b] = [labelsOf(from), labelsOf(to)];
  if (!a || !b || a.join() === b.join()) return [];
  if (!plan.swapped.has(from.key))
    return addedValues(to, a, b).map((sql) => ({ key: from.key, phase: 'away', rank: 9, statements: [sql] }));
  const columns = columnsOf(from, plan.from.columns.values()).flatMap((column) => {
    const next = plan.to.columns.get(column.key);
    return next ? [{ from: column, to: next, fill: plan.answers.column(column.key).fill }] : [];
  });
  return swapType(to, b, columns, plan.answers.mapping(from.key));
}
