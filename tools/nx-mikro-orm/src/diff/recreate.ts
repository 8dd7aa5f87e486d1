/** A table that is made anew with its rows, where no statement of PostgreSQL's changes it in place. */
import { keyOf, spelled, withFacts, type Catalogue, type Item } from '../catalogue/index.ts';
import { literal, literalName, nameOf, quoted } from '../catalogue/kinds/naming.ts';
import { asTable } from '../catalogue/kinds/table.ts';
import { labelsOf } from '../catalogue/kinds/type.ts';
import { asideOf } from './aside.ts';
import type { Column } from './column.ts';
import { isPartition, isPartitionOf } from './drop.ts';
import { isOf, onlyGrows } from './enums.ts';
import type { Op, Phase } from './operation.ts';
import type { DiffPlan } from './plan.ts';
import { ownerKinds, sideOf, type Side } from './side.ts';
import { swappedValue } from './swap.ts';

/** The table of a key with its partitions, and theirs; without those that are tables of their own from now on. */
function family(from: Catalogue, to: Catalogue, key: string): Item[] {
  const item = from.get(key);
  return item
    ? [
        item,
        ...partitionsOf(from, item)
          .filter((one) => !staysAlone(to, one))
          .flatMap((one) => family(from, to, one.key)),
      ]
    : [];
}

const partitionsOf = (catalogue: Catalogue, item: Item): Item[] =>
  [...catalogue.values()].filter((other) => isPartitionOf(other, item));

const staysAlone = (to: Catalogue, { key }: Item): boolean => {
  const next = to.get(key);
  return next !== undefined && !isPartition(next);
};

/** Whether a thing of before is one of some tables, a partition of one, or hangs on one. */
export function belongsTo(from: Side, to: Side, tables: Iterable<string>): (item: Item) => boolean {
  const all = new Set([...tables].flatMap((key) => family(from.catalogue, to.catalogue, key).map((item) => item.key)));
  if (all.size === 0) return () => false;
  return ({ key, schema, table }) =>
    all.has(key) || (table !== undefined && ownerKinds.some((kind) => all.has(keyOf(kind, [schema, table]))));
}

/** A state without some tables and all that hangs on them. */
export function without(from: Side, to: Side, tables: ReadonlySet<string>): Side {
  if (tables.size === 0) return from;
  const belongs = belongsTo(from, to, tables);
  return sideOf(new Map([...from.catalogue].filter(([, item]) => !belongs(item))));
}

/** A partition that stays when its parent is made anew, as it is when it has been detached. */
export const detached = (plan: DiffPlan, item: Item): Item => {
  const parent = asTable(item)?.facts['partition of']?.parent;
  return parent && plan.recreated.has(keyOf('table', parent)) ? withFacts(item, { 'partition of': undefined }) : item;
};

/** The tables that can only be made anew, each with the reason as the middle of a sentence. Those within others go with them. */
export function tablesAnew(from: Side, to: Side): Map<Item, string> {
  const found = new Map<Item, string>();
  for (const item of from.catalogue.values()) {
    const { reason, ofKey } = whyAnew(from, to, item) ?? {};
    const whole = ofKey ? topOf(from, to, item) : item;
    if (reason !== undefined && !found.has(whole)) found.set(whole, reason);
  }
  for (const item of [...found.keys()]) {
    const within = family(from.catalogue, to.catalogue, item.key).slice(1);
    for (const one of within) found.delete(one);
  }
  return found;
}

/** The table that it is a part of from first to last: the type of a column is the same in all parts. */
function topOf(from: Side, to: Side, item: Item): Item {
  const parent = asTable(item)?.facts['partition of']?.parent;
  const above = parent && from.catalogue.get(keyOf('table', parent));
  const stays = above && to.catalogue.has(above.key) && !staysAlone(to.catalogue, item);
  return stays ? topOf(from, to, above) : item;
}

interface Reason {
  reason: string;
  /** The type of a column in the key is what changes. */
  ofKey?: true;
}

function whyAnew(from: Side, to: Side, item: Item): Reason | undefined {
  const [was, is] = [asTable(item)?.facts, asTable(to.catalogue.get(item.key))?.facts];
  if (!was || !is || item.kind !== 'table') return undefined;
  const name = spelledName(item);
  const [old, next] = [was['partition by'], is['partition by']];
  if (old !== next)
    return {
      reason: `${name} is partitioned by ${old ?? 'nothing'} in the history, and by ${next ?? 'nothing'} from now on`,
    };
  // A table lets go of its type in place.
  if (was.of !== is.of && is.of !== undefined)
    return { reason: `${name} is made of ${was.of ?? 'no type'} in the history, and of ${is.of} from now on` };
  return old === undefined ? undefined : whyAnewBy(old, { from, to, item, name });
}

const spelledName = ({ schema = 'public', name }: Item): string =>
  spelled([...(schema === 'public' ? [] : [schema]), name]);

/** Of a table that stays partitioned as it is. */
function whyAnewBy(
  old: string,
  { from, to, item, name }: { from: Side; to: Side; item: Item; name: string },
): Reason | undefined {
  const key = columnsOf(from, item).find((one) => mentions(old, one.name) && getsAnother(from, to, one));
  if (key)
    return {
      reason: `${name} is partitioned by ${old}, and the type of column ${key.name} is another from now on`,
      ofKey: true,
    };
  return old.startsWith('HASH') && isDividedAnew(from, to, item)
    ? { reason: `${name} is partitioned by ${old}, and its rows are divided otherwise from now on` }
    : undefined;
}

/** Whether partitions by hash get another part of the rows: hardly one of them would fit. */
const isDividedAnew = (from: Side, to: Side, item: Item): boolean =>
  partitionsOf(from.catalogue, item).some((one) => {
    const next = to.catalogue.get(one.key);
    return next !== undefined && isPartitionOf(next, item) && boundOf(next) !== boundOf(one);
  });

const boundOf = (item: Item): string | undefined => asTable(item)?.facts['partition of']?.bound;

const columnsOf = ({ columns }: Side, { schema, name }: Item): Column[] =>
  [...columns.values()].filter((column) => column.schema === schema && column.table === name);

/** Whether the server's text has the name in it, quoted or not. */
const mentions = (text: string, name: string): boolean =>
  new Set(text.match(/\w+/g)).has(name) || text.includes(quoted(name));

/** Whether a column gets another type, or one that is called the same and made anew. */
function getsAnother(from: Side, to: Side, column: Column): boolean {
  const next = to.columns.get(column.key);
  if (next && next.type !== column.type) return true;
  return [...from.catalogue.values()].some((type) => {
    const [old, labels] = [labelsOf(type), labelsOf(to.catalogue.get(type.key))];
    return old !== undefined && labels !== undefined && isOf(type, column.type) && !onlyGrows(old, labels);
  });
}

/** The rows wait in a table of their own while theirs goes and comes; counters go on where they were. */
export const recreateOps = (plan: DiffPlan): Op[] =>
  [...plan.recreated].flatMap((key) => {
    const item = plan.from.catalogue.get(key);
    return item ? recreate(plan, item) : [];
  });

function recreate(plan: DiffPlan, item: Item): Op[] {
  const { key, schema, name } = item;
  const table = nameOf(schema, name);
  const rows = nameOf(schema, asideOf(name));
  const counters = nameOf(schema, asideOf(name, '__new'));
  const old = columnsOf(plan.from, item);
  const next = columnsOf(plan.to, item).filter(({ generated }) => !generated);
  const counted = old.flatMap((one) => {
    const then = next.find(({ name: called }) => called === one.name)?.sequence;
    return one.sequence && then ? [{ column: one.name, was: one.sequence, is: then }] : [];
  });
  const values = next.flatMap((to) => {
    const value = valueFor(
      plan,
      old.find(({ name: called }) => called === to.name),
      to,
    );
    return value === undefined ? [] : [{ column: quoted(to.name), value }];
  });
  const op = (phase: Phase, rank: number, sql: string): Op => ({ key, phase, rank, statements: [sql] });
  const list = (part: 'column' | 'value') => values.map((one) => one[part]).join(', ');
  const selects = counted.map(
    ({ column, was }) =>
      `select ${literal(column)} as name, last_value, is_called from ${nameOf(was.schema, was.name)}`,
  );
  return [
    ...partitionsOf(plan.from.catalogue, item)
      .filter((one) => staysAlone(plan.to.catalogue, one))
      .map((one) => op('away', 19, `alter table ${table} detach partition ${nameOf(one.schema, one.name)}`)),
    op('away', 20, `create table ${rows} as select * from ${table}`),
    ...(selects.length > 0 ? [op('away', 20, `create table ${counters} as ${selects.join(' union all ')}`)] : []),
    op('away', 21, `drop table ${table}`),
    // All of it or nothing: the rows are nowhere else.
    {
      key,
      phase: 'fill',
      rank: -5,
      statements: [
        `insert into ${table} (${list('column')}) overriding system value select ${list('value')} from ${rows}`,
        ...counted.map(({ column, is }) => {
          const value = `setval(${literalName(is.schema, is.name)}, last_value, is_called)`;
          return `select ${value} from ${counters} where name = ${literal(column)}`;
        }),
        `drop table ${rows}`,
        ...(selects.length > 0 ? [`drop table ${counters}`] : []),
      ],
    },
  ];
}

/** What a row gets; undefined for what the column gives by itself. */
function valueFor(plan: DiffPlan, from: Column | undefined, to: Column): string | undefined {
  const { fill, using, anew } = plan.answers.column(to.key);
  if (!from || anew) return fill;
  const value = using ?? swappedValue(plan, quoted(from.name), from.type, true);
  return fill !== undefined && to.notNull && !from.notNull ? `coalesce(${value}, ${fill})` : value;
}
