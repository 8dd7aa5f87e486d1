/** How an object comes: in MikroORM's own words where it has some, otherwise in the server's. */
import type { Item } from '../../catalogue/index.ts';
import { isTouched } from '../../scratch/handwork.ts';
import type { Entry } from '../ddl/entry.ts';
import type { Column } from './column.ts';
import { addColumn } from './columns.ts';
import { nameOf, quoted } from './names.ts';
import { attachedKinds } from './objects.ts';
import { alterTable, type Op, type Phase } from './op.ts';
import { ownerOf, type Change, type Made } from './target.ts';

/** The entry that makes the object, not one that says something of it. */
const making = (entries: readonly Entry[] | undefined, alone = false): Entry | undefined =>
  entries?.find(
    ({ of, dormant, statements }) =>
      !of && (alone || !dormant) && /^(create|alter table .+ add constraint) /is.test(statements[0] ?? ''),
  );

/** What is said of an object when it is there: privileges, comments, settings. */
const saying = (entries: readonly Entry[] | undefined): string[] => {
  const maker = making(entries);
  return (entries ?? []).filter((entry) => entry !== maker && !entry.dormant).flatMap(({ statements }) => statements);
};

const phaseOf = ({ kind }: Item): Phase => (attachedKinds.has(kind) ? 'attach' : 'structure');

/** In the order in which one thing usually needs the other. */
const ranks: Partial<Record<Item['kind'], number>> = {
  schema: -5,
  extension: -4,
  type: -3,
  domain: -2,
  sequence: -1,
  table: 0,
  function: 1,
  procedure: 1,
};

/** With `late`, when all columns are as they should be. */
export function makeOps(change: Change, key: string, late = false): Op[] {
  const item = change.to.catalogue.get(key);
  if (!item) return [];
  const { from, to, answers } = change;
  const owner = ownerOf(item, to.catalogue);
  const ownerIsNew = owner !== undefined && !from.catalogue.has(owner.key);
  const said = saidOf(change, key);
  if (item.kind === 'column') {
    const column = to.columns.get(key);
    if (!column) return [];
    if (!ownerIsNew && !column.inherited)
      return [
        ...addColumn(column, answers.column(key), waitsForFill(change, column)),
        ...sayOps(key, said, column.comment),
      ];
    return to.makes?.has(owner?.key ?? '') ? [] : sayOps(key, said, undefined);
  }
  const made = item.kind === 'schema' ? schemaMade(item) : to.makes?.get(key);
  // What stands inside of a `create table` is made by itself where the table is there.
  const create = made?.statements ?? making(entriesOf(change, key), !ownerIsNew)?.statements;
  // It came with its table.
  if (!create) return sayOps(key, said, undefined);
  const ops = createOps(item, create, ownerIsNew, made?.rank).map((op) =>
    late ? { ...op, phase: 'attach' as const } : op,
  );
  // MikroORM's own statements have the comment in them.
  return made && item.kind !== 'schema' && !isSaidByHand(change, key) ? ops : [...ops, ...sayOps(key, said, undefined)];
}

/** What no wanted state describes is made as it was. */
const entriesOf = ({ from, to }: Change, key: string) => to.entries.get(key) ?? from.entries.get(key);

const isSaidByHand = ({ from, handwork }: Change, key: string): boolean =>
  from.catalogue.has(key) && isTouched(handwork, key);

/** What has to be said of an object that is made anew; what somebody said of it by hand is said again. */
function saidOf(change: Change, key: string): string[] {
  if (!isSaidByHand(change, key)) return saying(entriesOf(change, key));
  return [...saying(change.from.entries.get(key)), ...optionsByHand(change.from.catalogue.get(key))];
}

/** The same, as statements by themselves. */
export const sayAgain = (change: Change, key: string): Op[] => sayOps(key, saidOf(change, key), undefined);

/** Whether it is computed from a column whose rows get their values by an update: until then it would be null. */
const waitsForFill = ({ from, to, answers }: Change, { schema, table, generated }: Column): boolean =>
  generated !== undefined &&
  [...to.columns.values()].some((column) => {
    const { fill, fillReads } = answers.column(column.key);
    const isUpdated = fill !== undefined && (fillReads || from.columns.has(column.key));
    return isUpdated && column.schema === schema && column.table === table && mentions(generated.as, column.name);
  });

/** Whether the server's text of an expression has the name in it, quoted or not. */
const mentions = (expression: string, name: string): boolean =>
  new Set(expression.match(/\w+/g)).has(name) || expression.includes(quoted(name));

/** What `create view` of a model does not say, and somebody set: as `security_barrier`. */
export function optionsByHand(item: Item | undefined): string[] {
  const options = item?.kind === 'view' ? /^with \((.*)\)$/m.exec(item.definition)?.[1] : undefined;
  return item && options ? [`alter view ${nameOf(item.schema, item.name)} set (${options})`] : [];
}

/** The runner makes the ledger's schema before any revision runs. */
const schemaMade = ({ name }: Item): Made => ({ statements: [`create schema if not exists ${quoted(name)}`], rank: 0 });

function createOps(item: Item, statements: readonly string[], ownerIsNew: boolean, rank: number | undefined): Op[] {
  const { key, kind, schema, table, definition } = item;
  const isForeignKey = definition.startsWith('FOREIGN KEY');
  const place = { phase: phaseOf(item), rank: (ranks[kind] ?? (isForeignKey ? 2 : 0)) + (rank ?? 0) / 1e6 };
  const add =
    /^alter table (?:only )?(?:"(?:[^"]|"")+"|[^\s".]+)(?:\.(?:"(?:[^"]|"")+"|[^\s".]+))? (add constraint .*)$/is;
  const action = kind === 'constraint' && statements.length === 1 ? add.exec(statements[0] ?? '')?.[1] : undefined;
  // A foreign key takes a weaker lock, on two tables.
  if (action !== undefined && table !== undefined && !isForeignKey && !ownerIsNew)
    return [alterTable(key, nameOf(schema, table), [action], place)];
  return [{ key, ...place, statements: [...statements] }];
}

/** A comment that is given goes without saying here: the column's own statements have it. */
const sayOps = (key: string, statements: readonly string[], comment: string | undefined): Op[] =>
  statements
    .filter((sql) => comment === undefined || !sql.startsWith('comment on column'))
    .map((sql) => ({ key, phase: 'attach', rank: 8, statements: [sql] }));

/** `create or replace …`, for what can be replaced in place. */
export function replaceStatement({ to }: Change, key: string): string | undefined {
  const create = to.makes?.get(key)?.statements[0] ?? making(to.entries.get(key))?.statements[0];
  if (create === undefined) return undefined;
  if (/^create or replace /i.test(create)) return create;
  return /^create (view|function|procedure) /i.test(create)
    ? create.replace(/^create /i, 'create or replace ')
    : undefined;
}
