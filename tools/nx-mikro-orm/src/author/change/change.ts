/** From one state of a schema to another: everything that has to happen, and when at the earliest. */
import type { Client, Item } from '../../catalogue/index.ts';
import { isAdded, isTouched } from '../../scratch/handwork.ts';
import { wouldTake } from '../ddl/attempt.ts';
import { alterColumn, isReplaced } from './columns.ts';
import { dependentsOf } from './dependents.ts';
import { addedValues, columnsOf, labelsOf, onlyGrows, swapType } from './enums.ts';
import { dropOps, goneOps, rankOf } from './gone.ts';
import { makeOps, optionsByHand, replaceStatement, sayAgain } from './make.ts';
import { dropStatement } from './objects.ts';
import type { Op } from './op.ts';
import { sort, type Plan } from './plan.ts';
import { alterPolicy } from './policies.ts';
import { settingsAgain } from './settings.ts';
import { isPartition, tableOps } from './tables.ts';
import type { Change } from './target.ts';
import { followDependents, isOfSwapped, replaceReferences, startsOf } from './way.ts';

export async function opsBetween(client: Client, change: Change): Promise<Op[]> {
  const plan = sort(change);
  await settleReplacements(client, plan);
  replaceReferences(plan);
  const dependents = await dependentsOf(client, startsOf(plan));
  const along = new Set(dependents.filter(({ goesAlong }) => goesAlong).map(({ key }) => key));
  const ops = [...followDependents(plan, dependents)];
  const needsEntries =
    plan.replaced.size + plan.swapped.size > 0 || plan.gone.some((item) => dropStatement(item) === undefined);
  if (needsEntries) await change.from.load();
  for (const item of plan.gone) if (!along.has(item.key) || isData(item)) ops.push(...goneOps(plan, item));
  for (const { item, goesAlong, follows } of plan.replaced.values()) {
    if (!goesAlong) ops.push(...dropOps(plan, item, { phase: 'away', rank: rankOf(item) }));
    ops.push(...makeOps(plan, item.key, item.kind !== 'column' && (follows || item.kind !== 'type')));
  }
  for (const { key } of plan.made) ops.push(...makeOps(plan, key));
  for (const { from, to } of plan.changed) ops.push(...changedOps(plan, from, to));
  return [...ops, ...change.answers.updates];
}

/** What holds rows or values is dropped by name, even where it would go along: nothing of it goes unsaid. */
const isData = ({ kind }: Item): boolean => kind === 'table' || kind === 'column' || kind === 'sequence';

/** Decides which of the changed items have to be made anew; what the server can replace in place, it is asked. */
async function settleReplacements(client: Client, plan: Plan): Promise<void> {
  for (const { from, to } of plan.changed) {
    const replace = () => plan.replaced.set(from.key, { item: from, goesAlong: false, follows: false });
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
      if (!statement || !(await wouldTake(client, [statement]))) replace();
    } else if (from.kind === 'policy') {
      if (alterPolicy(from, to) === undefined) replace();
    } else if (!['table', 'schema', 'sequence', 'domain'].includes(from.kind)) replace();
  }
}

function changedOps(plan: Plan, from: Item, to: Item): Op[] {
  if (plan.replaced.has(from.key)) return [];
  const [a, b] = [plan.from.columns.get(from.key), plan.to.columns.get(to.key)];
  if (a && b) {
    if (a.inherited && b.inherited) return [];
    // Its type is made anew, and takes the column along.
    if (isOfSwapped(plan, from.key)) return [];
    // A comment by hand stays where the model has none.
    const comment = b.comment ?? (isTouched(plan.handwork, from.key) ? a.comment : undefined);
    const ops = alterColumn(a, { ...b, comment }, plan.answers.column(from.key));
    return plan.retyped.has(from.key)
      ? [...ops, ...settingsAgain(b, isTouched(plan.handwork, from.key) ? from : to)]
      : ops;
  }
  if (from.kind === 'table')
    return isPartition(from) && isPartition(to)
      ? []
      : tableOps(from, to, (line) => isAdded(plan.handwork, from.key, line));
  if (from.kind === 'type') return enumOps(plan, from, to);
  const policy = from.kind === 'policy' ? alterPolicy(from, to) : undefined;
  if (policy) return [{ key: from.key, phase: 'attach', rank: 0, statements: [policy] }];
  const statement = replaceStatement(plan, from.key);
  if (!statement) return [];
  const options = isTouched(plan.handwork, from.key) ? optionsByHand(from) : [];
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
  return [...swapType(to, b, columns, plan.answers.mapping(from.key)), ...sayAgain(plan, from.key)];
}
