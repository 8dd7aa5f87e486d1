/** What is in the way of a change, and has to be made anew around it. */
import { spelled, type Item } from '../catalogue/index.ts';
import type { Dependent, Start } from './server.ts';
import { asConstraint } from '../catalogue/kinds/constraint.ts';
import { defaultText, quoted } from '../catalogue/kinds/naming.ts';
import { tableOf } from './column.ts';
import { columnsOfType } from './enums.ts';
import { alterTable, type Op } from './operation.ts';
import type { DiffPlan } from './plan.ts';
import { isValueType, ownerOf } from './side.ts';
import { rowColumns } from './stepping-aside.ts';

const integers: ReadonlySet<string> = new Set(['smallint', 'integer', 'bigint']);

/**
 * Foreign keys between columns that get another type: between the one and the other, the two do not fit. Integers of any
 * size do.
 */
export function replaceReferences(plan: DiffPlan): void {
  const retyped = [...plan.retyped].flatMap((key) => {
    const [from, to] = [plan.from.columns.get(key), plan.to.columns.get(key)];
    return from && to && !(integers.has(from.type) && integers.has(to.type)) ? [from] : [];
  });
  const changed = [...retyped, ...[...plan.from.columns.values()].filter(({ key }) => isOfSwapped(plan, key))];
  if (changed.length === 0) return;
  for (const item of plan.from.catalogue.values()) {
    const { columns = [], references } = asConstraint(item)?.facts ?? {};
    if (!references || plan.replaced.has(item.key) || !plan.to.catalogue.has(item.key)) continue;
    const [home, target] = references.table;
    const uses = changed.some(
      ({ schema, table, name }) =>
        (item.schema === schema && item.table === table && columns.includes(name)) ||
        (home === schema && target === table && references.columns.includes(name)),
    );
    if (uses) plan.replaced.set(item.key, { item, goesAlong: false, follows: true });
  }
}

/** What goes, or gets another type. */
export function startsOf(plan: DiffPlan): Start[] {
  const start = (item: Item, does: Start['does']): Start => ({ item, does });
  const items = (keys: Iterable<string>) => [...keys].flatMap((key) => plan.from.catalogue.get(key) ?? []);
  return [
    ...[...plan.gone, ...items(plan.recreated)].map((item) => start(item, 'drop')),
    ...[...plan.replaced.values()].map(({ item }) => start(item, 'drop')),
    ...items(plan.swapped).map((item) => start(item, 'drop')),
    ...items(plan.retyped).map((item) => start(item, 'retype')),
    ...rowColumns(plan).map(({ item }) => start(item, 'retype')),
  ];
}

/** What depends on the rest and stays in the end: it goes before, and is made again after. */
export function followDependents(plan: DiffPlan, dependents: readonly Dependent[]): Op[] {
  const staying = dependents.flatMap((dependent) => {
    const item = plan.remaining.catalogue.get(dependent.key);
    if (!item || plan.replaced.has(item.key) || !plan.to.catalogue.has(item.key)) return [];
    const owner = ownerOf(item, plan.from.catalogue);
    return owner && !plan.to.catalogue.has(owner.key) ? [] : [{ ...dependent, item }];
  });
  for (const { item, goesAlong, isDefault } of staying)
    if (isValueType(item)) plan.swapped.add(item.key);
    else if (!isDefault) plan.replaced.set(item.key, { item, goesAlong, follows: true });
  return staying.flatMap(({ key, isDefault }) => (isDefault ? defaultAnew(plan, key) : []));
}

/** A default that depends on something which is made anew. */
function defaultAnew(plan: DiffPlan, key: string): Op[] {
  const to = plan.to.columns.get(key);
  if (!to || plan.replaced.has(key)) return [];
  // A column that changes its type drops its default anyway; but a function that gives it has to wait for the type.
  if (plan.retyped.has(key) || isOfSwapped(plan, key)) {
    if (!callsReplaced(plan, to.default)) return [];
    plan.defaultsAside.add(key);
  }
  const alter = (what: string, phase: 'away' | 'attach') =>
    alterTable(key, tableOf(to), [`alter column ${quoted(to.name)} ${what}`], { phase, rank: 0 });
  return [
    alter('drop default', 'away'),
    ...(to.default === undefined ? [] : [alter(`set default ${defaultText(to.default, to.type)}`, 'attach')]),
  ];
}

/** Whether a printed expression calls a function that goes and is made again. */
const callsReplaced = (plan: DiffPlan, printed = ''): boolean =>
  [...plan.replaced.values()].some(
    ({ item: { kind, schema = 'public', name } }) =>
      kind === 'function' && printed.includes(`${spelled([schema, name])}(`),
  );

/** Whether the type of a column is made anew, which takes the column along. */
export const isOfSwapped = (plan: DiffPlan, key: string): boolean =>
  [...plan.swapped].some((type) => {
    const item = plan.from.catalogue.get(type);
    return item !== undefined && columnsOfType(item, plan.from.columns.values()).some((column) => column.key === key);
  });
