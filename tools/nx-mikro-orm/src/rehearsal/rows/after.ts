import { escapeIdentifier, escapeLiteral } from 'pg';
import type { Client } from '../../catalogue/index.ts';
import type { Demand } from './demand.ts';
import { describeTables } from './describe.ts';
import { columnAfter, tableAfter, type RenamedThing } from './names.ts';
import type { HeldRows, HeldColumn, Reading } from './read.ts';
import { sameTable, type RowTable, type TableName } from './table.ts';

export interface DemandOptions {
  names?: readonly RenamedThing[];
  /** Columns, by their names of before, that get a value where they are null when null is no longer allowed. */
  filled?: readonly { table: TableName; column: string }[];
}

/**
 * What tables ask of their rows after a change, said of the columns of before, so that rows can be made that meet both. To be
 * asked while the change is made, of tables without rows; `before` is what was read until then. Of a column that gets
 * another type only that may be said which does not depend on how its values are converted.
 */
export async function demandsAfter(
  client: Client,
  before: Reading,
  { names = [], filled = [] }: DemandOptions = {},
): Promise<Demand[]> {
  const pairs = before.map((held) => ({ held, name: tableAfter(held, names) }));
  const { tables } = await describeTables(
    client,
    pairs.map(({ name }) => name),
  );
  const formerly = ({ schema, name }: TableName): HeldRows | undefined =>
    pairs.find((pair) => sameTable(pair.name, { schema, name }))?.held;
  return pairs.flatMap(({ held, name }) => {
    const table = tables.find((one) => sameTable(one, name));
    if (!table) return [];
    const columns = new Map(held.columns.map((column) => [columnAfter(held, column.name, names), column]));
    const before = (list: readonly string[]) => list.flatMap((one) => columns.get(one)?.name ?? []);
    const isOld = (list: readonly string[]) => list.length > 0 && list.every((one) => columns.has(one));
    const isFilled = ({ name: column }: HeldColumn) =>
      filled.some((one) => sameTable(one.table, held) && one.column === column);
    const demand: Demand = {
      table: { schema: held.schema, name: held.name },
      notNull: table.columns.flatMap((column) => {
        const old = columns.get(column.name);
        return old && column.notNull && !old.notNull && !isFilled(old) ? [old.name] : [];
      }),
      unique: table.keys.filter((key) => !key.exclusion && isOld(key.columns)).map((key) => before(key.columns)),
      checks: [
        ...table.checks.flatMap(({ columns: list = [], expression }) =>
          isOld(list) && list.every((one) => columns.get(one)?.type === formatOf(table, one))
            ? [{ columns: before(list), expression: renamed(expression, list, columns) }]
            : [],
        ),
        ...labels(table, columns, names),
      ],
      references: [],
    };
    return [withReferences(demand, table, { columns, tables, formerly, names })];
  });
}

const formatOf = (table: RowTable, column: string): string | undefined =>
  table.columns.find(({ name }) => name === column)?.format;

/** A condition that names columns as they will be called. */
function renamed(expression: string, list: readonly string[], columns: ReadonlyMap<string, HeldColumn>): string {
  if (list.every((one) => columns.get(one)?.name === one)) return expression;
  const now = list.map((one) => `${escapeIdentifier(columns.get(one)?.name ?? '')} as ${escapeIdentifier(one)}`);
  return `(select ${expression} from (select ${now.join(', ')}) renamed)`;
}

/** Labels that are gone, and that nobody said what to do with: there must be no row with them. */
function labels(table: RowTable, columns: ReadonlyMap<string, HeldColumn>, names: readonly RenamedThing[]) {
  return table.columns.flatMap(({ name, labels: now }) => {
    const old = columns.get(name);
    if (!old?.values || !now) return [];
    const { values } = old;
    const mapped = names.filter(
      (one) => one.kind === 'value' && one.table === values.name && (one.schema ?? 'public') === values.schema,
    );
    const gone = values.labels.filter((label) => !now.includes(label) && !mapped.some((one) => one.name === label));
    if (gone.length === 0) return [];
    const list = `array[${gone.map((label) => escapeLiteral(label)).join(', ')}]`;
    const column = escapeIdentifier(old.name);
    const expression = old.type.endsWith('[]')
      ? `not ${column}::text[] && ${list}`
      : `${column}::text <> all (${list})`;
    return [{ columns: [old.name], expression }];
  });
}

/** Adds references of old columns. A table that was not read is taken to be called as it was. */
function withReferences(
  demand: Demand,
  table: RowTable,
  after: {
    columns: ReadonlyMap<string, HeldColumn>;
    tables: readonly RowTable[];
    formerly: (name: TableName) => HeldRows | undefined;
    names: readonly RenamedThing[];
  },
): Demand {
  const { columns, tables, formerly, names } = after;
  const references = table.references.flatMap((reference) => {
    const list = reference.columns.flatMap((one) => columns.get(one)?.name ?? []);
    const to = tables.find(({ id }) => id === reference.to);
    if (!to || list.length < reference.columns.length) return [];
    const held = formerly(to);
    const old = (name: string) => held?.columns.find((column) => columnAfter(held, column.name, names) === name)?.name;
    const { schema, name } = held ?? to;
    return [{ columns: list, to: { schema, name }, toColumns: reference.toColumns.map((one) => old(one) ?? one) }];
  });
  return { ...demand, references };
}
