/** A column that is gone from a model: renamed, dropped, or kept; one that came and may not be empty; one of another type. */
import type { Item } from '../../catalogue/index.ts';
import { asConstraint } from '../../catalogue/kinds/constraint.ts';
import type { Column } from '../column.ts';
import { isWithoutParents } from '../inherited.ts';
import { nameOf, quoted, typeName } from '../../catalogue/kinds/naming.ts';
import { firstFew } from '../../text/count.ts';
import {
  calledIn,
  type Ambiguity,
  type Candidates,
  inOrder,
  matched,
  nameLikeness,
  type QuestionSource,
  renaming,
  type Sides,
  subjectOf,
} from './ambiguity.ts';
import type { Answer } from './question.ts';
import { isOfType, isTurned, ownerOf, type Side } from '../side.ts';

export const subject = ({ schema, table, name }: Column): string => subjectOf(schema, table, name);
export const onSameTable = (a: Column, b: Column): boolean => a.schema === b.schema && a.table === b.table;

/** Columns whose table both sides have. */
export function columnsThatDiffer({ from, to, isLeftAlone }: Sides) {
  const tableKey = (side: Side) => (column: Column) => ownerOf(column.item, side.catalogue)?.key;
  const present = new Set([...from.columns.values()].map(tableKey(from)));
  const wanted = new Set([...to.columns.values()].map(tableKey(to)));
  const item = (column: Column) => from.catalogue.get(column.key) as Item;
  return {
    gone: [...from.columns.values()].filter(
      (column) =>
        !to.columns.has(column.key) &&
        wanted.has(tableKey(from)(column)) &&
        (!column.inherited || isWithoutParents(column, from, to)) &&
        !isLeftAlone(item(column)),
    ),
    come: [...to.columns.values()].filter(
      (column) =>
        !from.columns.has(column.key) &&
        present.has(tableKey(to)(column)) &&
        (!column.inherited || isWithoutParents(column, to, from)),
    ),
  };
}

/** The columns of both sides that are the same one, of tables that are. */
export const sharedColumns = ({ from, to }: Sides): { from: Column; to: Column }[] =>
  [...from.columns.values()].flatMap((column) => {
    const next = to.columns.get(column.key);
    return next && !isTurned(column.item, from.catalogue, to.catalogue) ? [{ from: column, to: next }] : [];
  });

/** Columns that are gone, and those that are computed from now on. */
export const columns: QuestionSource = { order: 4, find: askOfColumns };

function askOfColumns(sides: Sides): Ambiguity[] {
  const { gone, come } = columnsThatDiffer(sides);
  const computed = sharedColumns(sides).flatMap(({ from, to }) =>
    !from.generated && to.generated && !from.inherited ? [from] : [],
  );
  const candidates = matched(gone, come, columnLikeness(gone, come));
  const ofGone = gone.map((column) => askOfGone(sides, column, candidates.get(column)));
  return [...ofGone, ...computed.map((column) => askOfComputed(sides, column))];
}

/** By name, type, and place among the columns that differ. Negative for columns of different tables. */
const columnLikeness = (gone: readonly Column[], come: readonly Column[]) => {
  const places = [gone, come].map(
    (all) => new Map(all.map((one) => [one, all.filter((other) => onSameTable(one, other)).indexOf(one)])),
  );
  return (one: Column, other: Column): number =>
    onSameTable(one, other)
      ? nameLikeness(one.name, other.name) +
        (one.type === other.type ? 0.3 : 0) +
        (places[0]?.get(one) === places[1]?.get(other) ? 0.15 : 0)
      : -1;
};

/** A column that held values, and is computed from others from now on. */
function askOfComputed({ to }: Sides, column: Column): Ambiguity {
  const about = subject(column);
  const drop = `alter table ${nameOf(column.schema, column.table)} drop column ${quoted(column.name)}`;
  return {
    question: {
      text: `Column ${about} holds values, and is computed from other columns in ${calledIn(to)}. Drop its own values?`,
      answers: [
        {
          kind: 'drop',
          subject: about,
          thing: 'column',
          effect: { sql: [drop], data: 'Its values are lost, and computed instead.' },
        },
      ],
    },
    apply: () => undefined,
  };
}

function askOfGone(
  { from, to }: Sides,
  column: Column,
  { all: candidates, areTaken }: Candidates<Column> = { all: [], areTaken: false },
): Ambiguity {
  const about = subject(column);
  const { schema, table, name } = column;
  const computed = column.generated !== undefined;
  const renamed = columnRenaming(column, candidates, isOfType(column, from));
  const others: Answer[] = [
    {
      kind: 'drop',
      subject: about,
      thing: 'column',
      effect: {
        sql: [`alter table ${nameOf(schema, table)} drop column ${quoted(name)}`],
        data: 'Its values are lost.',
      },
    },
    {
      kind: 'keep',
      subject: about,
      thing: 'column',
      effect: { sql: [], data: 'It stays as it is, and is left alone from now on.' },
    },
  ];
  const came = firstFew(candidates.map((other) => subjectOf(undefined, other.name)));
  return {
    question: {
      text: came
        ? `Column ${about} is gone from ${calledIn(to)}, and ${came} came. Was it renamed, or is it dropped with its values?`
        : `Column ${about} is gone from ${calledIn(to)}. Is it dropped with its values, or left alone?`,
      answers: inOrder(renamed.answers, others, areTaken),
      // What is computed can be computed again.
      ...(computed && { optional: true }),
    },
    candidates: candidates.map(({ key }) => key),
    apply: (decision, outcome) => {
      renamed.apply(decision, outcome);
      if (decision.kind === 'keep') for (const key of withColumn(from, to, column)) outcome.kept.add(key);
    },
  };
}

/** That a column was renamed to one of these. `letsGo`: its table is made of a type. */
export const columnRenaming = (column: Column, candidates: readonly Column[], letsGo = false) =>
  renaming(
    'column',
    subject(column),
    candidates.map(({ name, type }) => ({
      value: subjectOf(undefined, name),
      rename: { kind: 'column', schema: column.schema, table: column.table, name: column.name, to: name, letsGo },
      data:
        type === column.type
          ? 'Its values stay.'
          : `Its values stay, and become ${typeName(type)} in place of ${typeName(column.type)}.`,
    })),
  );

/** The column, and the indexes and constraints on it that go with it. */
function withColumn(from: Side, to: Side, { key, schema, table, name }: Column): string[] {
  const on = [...from.catalogue.values()].filter(
    (item) =>
      item.schema === schema &&
      item.table === table &&
      item.kind !== 'column' &&
      !to.catalogue.has(item.key) &&
      columnsReadBy(item).includes(name),
  );
  return [key, ...on.map((item) => item.key)];
}

/** Columns of its table that a thing is about. */
export const columnsReadBy = (item: Item): readonly string[] =>
  asConstraint(item)?.facts.columns ?? (item.layout as { columns?: string[] }).columns ?? [];
