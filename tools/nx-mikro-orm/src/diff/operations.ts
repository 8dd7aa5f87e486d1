/** From one state of a schema to another: everything that has to happen, and when at the earliest. */
import { withFacts, type Item } from '../catalogue/index.ts';
import { sequenceSaying, settings } from '../catalogue/kinds/column.ts';
import { asIndex } from '../catalogue/kinds/index-of-table.ts';
import type { TableFacts } from '../catalogue/kinds/table.ts';
import { isOfTables, labelsOf } from '../catalogue/kinds/type.ts';
import { tokensOf } from '../sql/tokens.ts';
import type { Column } from './column.ts';
import { alterColumn, isReplaced } from './columns.ts';
import type { ScratchServer } from './server.ts';
import { addedValues, columnsOfType, isOf, madeOf, onlyGrows } from './enums.ts';
import { inheritedOps, overriddenOps } from './inherited.ts';
import { attachedKinds, dropOps, goneOps, holdsValues, isPartition, dropRank } from './drop.ts';
import { makeOps } from './make.ts';
import { opOf, type Op } from './operation.ts';
import { passingOf } from './passed-sequences.ts';
import { partFirst } from './parting.ts';
import { sort, type DiffPlan } from './plan.ts';
import { detached, recreateOps } from './recreate.ts';
import { sqlstate } from '../sql/sqlstate.ts';
import { isOfType, isValueType } from './side.ts';
import { alterOps, saying } from './statements.ts';
import { publicationsAside, rowsAsText } from './stepping-aside.ts';
import { swapOps, withoutAside } from './swap.ts';
import type { Transition } from './target.ts';
import { followDependents, isOfSwapped, replaceReferences, startsOf } from './in-the-way.ts';

export async function opsBetween(server: ScratchServer, wanted: Transition): Promise<Op[]> {
  const { change, parted } = await partFirst(server, wanted);
  const plan = sort(change);
  await settleReplacements(server, plan);
  const dependents = await server.dependentsOf(startsOf(plan));
  const along = new Set(dependents.filter(({ goesAlong }) => goesAlong).map(({ key }) => key));
  const ops = [...parted, ...followDependents(plan, dependents)];
  replaceReferences(plan);
  ops.push(...publicationsAside(plan, (key) => isOfSwapped(plan, key)), ...rowsAsText(plan));
  for (const item of plan.gone) if (!along.has(item.key) || holdsValues(item)) ops.push(...goneOps(plan, item));
  for (const { item, goesAlong, follows } of plan.replaced.values()) {
    if (!goesAlong) ops.push(...dropOps(plan, item, { phase: 'away', rank: dropRank(item) }));
    ops.push(...makeOps(plan, item.key, item.kind !== 'column' && (follows || item.kind !== 'type')));
  }
  for (const { key } of plan.made) ops.push(...makeOps({ ...plan, from: plan.remaining }, key));
  ops.push(...recreateOps(plan));
  for (const key of plan.swapped) ops.push(...swapOps(plan, key));
  for (const { from, to } of plan.changed) ops.push(...changedOps(plan, detached(plan, from), to));
  ops.push(...overriddenOps(plan.from, plan.to), ...marksAgain(plan));
  return [...ops, ...change.answers.updates];
}

/** Decides which of the changed items have to be made anew; what the server can replace in place, it is asked. */
async function settleReplacements(server: ScratchServer, plan: DiffPlan): Promise<void> {
  for (const item of plan.gone) replaceWhole(plan, item);
  for (const { from, to } of plan.changed) {
    const way = await wayOf(server, plan, from, to);
    if (way === 'replaced') plan.replaced.set(from.key, { item: from, goesAlong: false, follows: false });
    else if (way !== 'altered') plan[way].add(from.key);
  }
}

type Way = 'altered' | 'replaced' | 'retyped' | 'swapped';

/** How one thing becomes another. */
async function wayOf(server: ScratchServer, plan: DiffPlan, from: Item, to: Item): Promise<Way> {
  const [a, b] = [plan.from.columns.get(from.key), plan.to.columns.get(to.key)];
  if (a && b) return wayOfColumn(plan, a, b);
  const [old, next] = [labelsOf(from), labelsOf(to)];
  if (old && next) return isOtherEnum(plan, old, next) ? 'swapped' : 'altered';
  if (isOfTables(from, plan.from) && alterOps(from, to, plan.from, plan.to)) return 'altered';
  if (isValueType(from) && (isInUse(plan, from, to) || (await isStuckInUse(server, plan, from, to)))) return 'swapped';
  return (await canAlter(server, plan, from, to)) ? 'altered' : 'replaced';
}

function wayOfColumn(plan: DiffPlan, from: Column, to: Column): Way {
  const goesWithParent = from.inherited && to.inherited && !from.item.layout.local;
  if (!goesWithParent && (isReplaced(from, to) || plan.answers.column(to.key).anew)) return 'replaced';
  return from.type === to.type ? 'altered' : 'retyped';
}

/** A part of an index does not go without the whole, which takes all its parts along. */
function replaceWhole(plan: DiffPlan, item: Item): void {
  const names = asIndex(item)?.facts['part of'];
  const whole = names && [...plan.from.catalogue.values()].find((one) => isNamed(one, 'index', names));
  if (whole && plan.to.catalogue.has(whole.key))
    plan.replaced.set(whole.key, { item: whole, goesAlong: false, follows: false });
}

const isNamed = (item: Item, kind: Item['kind'], [schema, name]: [string, string]): boolean =>
  item.kind === kind && item.schema === schema && item.name === name;

/** Whether an enum cannot just get its new values. */
const isOtherEnum = ({ valuesAtOnce }: DiffPlan, old: readonly string[], next: readonly string[]): boolean =>
  old.join('\0') !== next.join('\0') && (valuesAtOnce || !onlyGrows(old, next));

/** Whether columns hold values of a type, and would have to get others. */
const isInUse = (plan: DiffPlan, from: Item, to: Item): boolean => {
  const ops = alterOps(from, to, plan.from, plan.to);
  return (!ops || ops.some(({ retypes }) => retypes)) && isHeld(plan, from);
};

/** Whether columns are of the type, or of others that are made of it. */
const isHeld = (plan: DiffPlan, type: Item): boolean =>
  columnsOfType(type, plan.from.columns.values()).length > 0 ||
  [...plan.from.catalogue.values()].some(
    (item) => isValueType(item) && madeOf(item).some((part) => isOf(type, part)) && isHeld(plan, item),
  );

const refusal = (server: ScratchServer, ops: readonly Op[]) =>
  server.refusalOf(ops.flatMap(({ statements }) => statements));

/** Whether the server does not change a type as it is used: values are inside of others (arrays, rows), or a view reads them. */
async function isStuckInUse(server: ScratchServer, plan: DiffPlan, from: Item, to: Item): Promise<boolean> {
  const ops = alterOps(from, to, plan.from, plan.to);
  return ops !== undefined && (await refusal(server, ops)) === sqlstate.featureNotSupported;
}

/** Whether one becomes the other in place. Rows are in the way of making a table anew. */
async function canAlter(server: ScratchServer, plan: DiffPlan, from: Item, to: Item): Promise<boolean> {
  if (from.kind === 'table') return true;
  const ops = alterOps(from, to, plan.from, plan.to);
  if (!ops) return false;
  // Whether the server replaces one text by the other, or knows the way between two versions, only it knows.
  const replacing = ops.filter(({ replaces }) => from.kind === 'extension' || replaces);
  return replacing.length === 0 || (await refusal(server, replacing)) === undefined;
}

function changedOps(plan: DiffPlan, from: Item, to: Item): Op[] {
  if (plan.replaced.has(from.key) || plan.swapped.has(from.key)) return [];
  const [a, b] = [plan.from.columns.get(from.key), plan.to.columns.get(to.key)];
  if (a && b) return columnOps(plan, a, b);
  const [old, next] = [labelsOf(from), labelsOf(to)];
  if (old && next) return enumOps(from, to, old, next);
  if (isPartition(from) && isPartition(to) && !alterOps(from, to, plan.from, plan.to)) return [];
  const made = plan.to.makes?.get(to.key)?.statements[0];
  const ops = alterOps(from, to, plan.from, plan.to) ?? [];
  // In MikroORM's own words, where it has some.
  return ops.map((op) => (made !== undefined && op.replaces ? { ...op, statements: [replacing(made)] } : op));
}

/** `create or replace …` from a statement of MikroORM's. */
function replacing(made: string): string {
  const [create, next] = tokensOf(made);
  if (!create || next?.text.toLowerCase() === 'or') return made;
  return `${made.slice(0, create.end)} or replace${made.slice(create.end)}`;
}

function columnOps(plan: DiffPlan, from: Column, to: Column): Op[] {
  if (from.inherited && to.inherited) return inheritedOps(plan.from, plan.to, from, to);
  const { key } = to;
  const passing = passingOf(plan.from, plan.to, from, to);
  const beside = [
    // PostgreSQL forgets how values are kept when the column gets another type (tablecmds.c, "ATExecAlterColumnType").
    ...settings(to.item, plan.retyped.has(key) ? forgotten(from) : from.item).map((step) =>
      opOf(key, step, { phase: 'structure', rank: 3 }),
    ),
    ...sequenceSaying(to.item, passing?.from.item ?? from.item).map((step) =>
      opOf(key, step, { phase: 'attach', rank: 8 }),
    ),
    ...saying({ ...from.item, facts: withoutComment(from) }, { ...to.item, facts: withoutComment(to) }).map(
      (sql): Op => ({ key, phase: 'attach', rank: 8, statements: [sql] }),
    ),
  ];
  // Its type is made anew, and takes the column along.
  if (isOfSwapped(plan, key)) return beside;
  // A table that is made of a type changes with it.
  const was = { ...(passing?.from ?? from), ...(isOfType(to, plan.to) && { type: to.type, collation: to.collation }) };
  const ops = alterColumn(withoutAside(plan, was), withoutAside(plan, to), plan.answers.column(key));
  return [...ops, ...(passing?.ops ?? []), ...beside];
}

const withoutComment = ({ item: { facts } }: Column): object => {
  const { comment: _, ...rest } = facts;
  return rest;
};

/** Storage becomes the type's own, compression the server's; statistics and options stay. */
const forgotten = ({ item }: Column): Column['item'] => {
  const { storage: _, compression: __, ...facts } = item.facts;
  return { ...item, facts };
};

/** What a table is told of an index goes with the index where that is made anew, and is said again when it is there. */
const marksAgain = (plan: DiffPlan): Op[] =>
  [...plan.to.catalogue.values()].flatMap((to) => {
    const [was, is] = [plan.from.catalogue.get(to.key), to].map(
      (item) => item?.facts as Partial<TableFacts> | undefined,
    );
    if (!was || !is || plan.recreated.has(to.key) || plan.replaced.has(to.key)) return [];
    const marks = { 'replica identity': indexOf(was), 'cluster on': was['cluster on'] };
    const lost = Object.entries(marks).filter(
      ([fact, name]) => name !== undefined && isAnew(plan, to, name) && isEqual(was, is, fact as keyof TableFacts),
    );
    const without = withFacts(to, Object.fromEntries(lost.map(([fact]) => [fact, undefined])));
    return lost.length === 0 ? [] : (alterOps(without, to, plan.from, plan.to) ?? []);
  });

const indexOf = ({ 'replica identity': identity }: Partial<TableFacts>): string | undefined =>
  typeof identity === 'object' ? identity.index : undefined;

const isEqual = (one: Partial<TableFacts>, other: Partial<TableFacts>, fact: keyof TableFacts): boolean =>
  JSON.stringify(one[fact]) === JSON.stringify(other[fact]);

/** Whether an index of a table, or the constraint that it is of, is dropped and made again. */
const isAnew = (plan: DiffPlan, { schema, name }: Item, index: string): boolean =>
  [...plan.replaced.values()].some(
    ({ item }) => item.schema === schema && item.table === name && item.name === index && attachedKinds.has(item.kind),
  );

/** An enum that only gets values. */
const enumOps = (from: Item, to: Item, old: string[], next: string[]): Op[] => [
  ...addedValues(to, old, next).map((sql): Op => ({ key: from.key, phase: 'away', rank: 9, statements: [sql] })),
  ...saying(from, to).map((sql): Op => ({ key: from.key, phase: 'attach', rank: 8, statements: [sql] })),
];
