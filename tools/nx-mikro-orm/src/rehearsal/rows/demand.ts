import { escapeIdentifier } from 'pg';
import type { Description } from './describe.ts';
import { sameTable, type RowTable, type TableName } from './table.ts';

/** What a change will ask of rows that are there already, said of the table as it is before. */
export interface Demand {
  table: TableName;
  /** Columns that may not be null. */
  notNull?: readonly string[];
  unique?: readonly (readonly string[])[];
  /** Conditions, and the columns they are about. One that cannot be evaluated for a row (a cast) is not met. */
  checks?: readonly { columns: readonly string[]; expression: string }[];
  references?: readonly { columns: readonly string[]; to: TableName; toColumns: readonly string[] }[];
}

/** The tables, as if they asked for this today. */
export const addDemands = ({ tables }: Pick<Description, 'tables'>, demands: readonly Demand[]): RowTable[] =>
  tables.map((table) =>
    demands
      .filter((demand) => sameTable(demand.table, table))
      .reduce((asked, demand) => demanding(asked, demand, tables), table),
  );

function demanding(table: RowTable, demand: Demand, tables: readonly RowTable[]): RowTable {
  const { notNull = [], unique = [], checks = [] } = demand;
  const references = (demand.references ?? [])
    .filter(({ columns }) => !table.references.some((one) => String(one.columns) === String(columns)))
    .map((one) => ({ ...one, found: tables.find((other) => sameTable(other, one.to)) }));
  return {
    ...table,
    columns: table.columns.map((column) => (notNull.includes(column.name) ? { ...column, notNull: true } : column)),
    // Nobody but us looks at these, as with keys that the server would look at later.
    keys: [
      ...table.keys,
      ...unique
        .filter((columns) => !table.keys.some((key) => String(key.columns) === String(columns)))
        .map((columns) => ({ columns: [...columns], nullsNotDistinct: false, deferrable: true, exclusion: false })),
    ],
    checks: [
      ...table.checks,
      ...checks
        .filter(({ expression }) => !table.checks.some((check) => check.expression === expression))
        .map(({ columns, expression }) => ({ columns: [...columns], expression })),
      // A table that is not there yet will have no rows.
      ...references
        .filter(({ found }) => !found)
        .flatMap(({ columns: [first = ''] }) => ({
          columns: [first],
          expression: `${escapeIdentifier(first)} is null`,
        })),
    ],
    references: [
      ...table.references,
      ...references.flatMap(({ columns, toColumns, found }) =>
        found ? [{ columns: [...columns], to: found.id, toColumns: [...toColumns], full: false, operators: [] }] : [],
      ),
    ],
  };
}
