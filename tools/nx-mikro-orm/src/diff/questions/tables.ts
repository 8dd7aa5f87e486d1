/** A table or a schema that is gone from ${calledIn(to)}: renamed, moved, dropped, or kept. */
import { firstFew } from '../../text/count.ts';
import type { Item } from '../../catalogue/index.ts';
import { nameOf } from '../../catalogue/kinds/naming.ts';
import { asTable } from '../../catalogue/kinds/table.ts';
import type { Rename } from '../rename.ts';
import { isPartition, isPartitionOf } from '../drop.ts';
import { belongsTo, tablesAnew } from '../recreate.ts';
import type { Side } from '../side.ts';
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

const everyRowStays = 'Every row stays.';

const tablesIn = ({ catalogue }: Side) => [...catalogue.values()].filter(({ kind }) => kind === 'table');

/** Tables and schemas that are gone. */
export const tables: QuestionSource = { order: 1, find: askOfTables };

function askOfTables(sides: Sides): Ambiguity[] {
  const { from, to, isLeftAlone } = sides;
  const gone = tablesIn(from).filter((item) => !to.catalogue.has(item.key) && !isLeftAlone(item));
  const come = tablesThatCome(sides);
  const moved = movedSchemas(from, to, gone, come);
  // Of a table that goes, stays, or is copied, its partitions need not be asked about.
  const isCopied = belongsTo(
    from,
    to,
    [...tablesAnew(from, to).keys()].map(({ key }) => key),
  );
  const inMoved = (item: Item) =>
    isCopied(item) ||
    gone.some((other) => isPartitionOf(item, other)) ||
    moved.some(({ rename }) => rename.name === item.schema);
  const candidates = matched(gone, [...come, ...partitionsThatCome(sides)], (one, other) =>
    placeOf(one) === placeOf(other)
      ? nameLikeness(one.name, other.name) + 2 * columnsInCommon(columnsIn(from, one), columnsIn(to, other))
      : -1,
  );
  return [
    ...moved.map((one) => askOfSchema(sides, one)),
    ...gone.filter((item) => !inMoved(item)).map((item) => askOfTable(sides, item, candidates.get(item))),
  ];
}

/** Of which table a table is a partition, and of which part: there is room for one. */
const placeOf = (item: Item): string => {
  const { parent, bound } = asTable(item)?.facts['partition of'] ?? {};
  return JSON.stringify([parent, bound]);
};

const columnsIn = ({ columns }: Side, { schema = 'public', name }: Item): string[] =>
  [...columns.values()]
    .filter((column) => column.schema === schema && column.table === name)
    .map((column) => `${column.name} ${column.type}`);

/** The share of columns that both have, by name and type: from 0 to 1. */
function columnsInCommon(one: readonly string[], other: readonly string[]): number {
  const shared = one.filter((column) => other.includes(column)).length;
  return (2 * shared) / Math.max(1, one.length + other.length);
}

interface Moved {
  rename: Rename;
  tables: string[];
}

/** Schemas that are gone, while another one came with tables of the same names. */
function movedSchemas(from: Side, to: Side, gone: readonly Item[], come: readonly Item[]): Moved[] {
  const schemas = (side: Side, other: Side) =>
    [...side.catalogue.values()].filter(({ kind, key }) => kind === 'schema' && !other.catalogue.has(key));
  return schemas(from, to).flatMap(({ name }) => {
    const tables = gone.filter(({ schema }) => schema === name).map((item) => item.name);
    const twin = schemas(to, from).find((other) =>
      come.some((item) => item.schema === other.name && tables.includes(item.name)),
    );
    return twin ? [{ rename: { kind: 'schema' as const, schema: undefined, name, to: twin.name }, tables }] : [];
  });
}

function askOfSchema({ to }: Sides, { rename, tables }: Moved): Ambiguity {
  const subject = subjectOf(undefined, rename.name);
  const value = subjectOf(undefined, rename.to);
  const renamed = renaming('schema', subject, [{ value, rename, data: everyRowStays }]);
  return {
    question: {
      text: `Schema ${subject} is gone from ${calledIn(to)}, and ${value} came with tables of the same names. Was it renamed?`,
      answers: [
        ...renamed.answers,
        {
          kind: 'drop',
          subject,
          thing: 'schema',
          effect: {
            sql: tables.map((table) => `drop table ${nameOf(rename.name, table)}`),
            data: `All rows of its ${tables.length} ${tables.length === 1 ? 'table' : 'tables'} are lost.`,
          },
        },
      ],
    },
    apply: renamed.apply,
  };
}

function askOfTable(
  { from, to }: Sides,
  item: Item,
  { all: candidates, areTaken }: Candidates<Item> = { all: [], areTaken: false },
): Ambiguity {
  const { schema, name } = item;
  const subject = subjectOf(schema, name);
  const came = candidates.map((other) => subjectOf(other.schema, other.name));
  const renamed = tableRenaming(item, candidates);
  const others: Answer[] = [
    {
      kind: 'drop',
      subject,
      thing: 'table',
      effect: { sql: [`drop table ${nameOf(schema, name)}`], data: 'All its rows are lost.' },
    },
    {
      kind: 'keep',
      subject,
      thing: 'table',
      effect: { sql: [], data: 'It stays as it is, and is left alone from now on.' },
    },
  ];
  return {
    question: {
      text:
        came.length > 0
          ? `Table ${subject} is gone from ${calledIn(to)}, and ${firstFew(came)} came. Was it renamed, or is it dropped with its rows?`
          : `Table ${subject} is gone from ${calledIn(to)}. Is it dropped with its rows, or left alone?`,
      answers: inOrder(renamed.answers, others, areTaken),
    },
    apply: (decision, outcome) => {
      renamed.apply(decision, outcome);
      if (decision.kind === 'keep') for (const key of keysOfTable(from, item)) outcome.kept.add(key);
    },
  };
}

/** That a table was renamed to one of these, or moved there. */
export const tableRenaming = ({ schema, name }: Item, candidates: readonly Item[]) =>
  renaming(
    'table',
    subjectOf(schema, name),
    candidates.map((other) => ({
      value: subjectOf(other.schema, other.name),
      rename: { kind: 'table', schema, name, to: other.name, toSchema: other.schema },
      data: everyRowStays,
    })),
  );

/** Tables that only the models have, and that may be renamed ones. */
export const tablesThatCome = ({ from, to }: Sides): Item[] =>
  tablesIn(to).filter((item) => !from.catalogue.has(item.key) && !isPartition(item));

const partitionsThatCome = ({ from, to }: Sides): Item[] =>
  tablesIn(to).filter((item) => !from.catalogue.has(item.key) && isPartition(item));

/** The table and all that hangs on it. */
const keysOfTable = (side: Side, item: Item): string[] => [
  ...[...side.catalogue.values()]
    .filter((other) => isPartitionOf(other, item))
    .flatMap((one) => keysOfTable(side, one)),
  ...ownKeys(side, item),
];

const ownKeys = ({ catalogue }: Side, { key, schema, name }: Item): string[] => [
  key,
  ...[...catalogue.values()].filter((item) => item.schema === schema && item.table === name).map((item) => item.key),
];
